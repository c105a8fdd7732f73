/**
 * A local endpoint with the Converse API of Amazon Bedrock: for tests, demos and work without an AWS account.
 *
 * @module
 */
export { citations, error, events, guardrailIntervention, json, reasoning, text, throttling, throughProfile, toolUse, unscripted, validation } from "./answers.js";
export { corrupt, hang, html, reset, slow, stall, status, truncated, withHeaders } from "./answers.js";
export { startBedrock } from "./bedrock.js";
export type { Bedrock } from "./bedrock.js";
export { madeUpCertificate } from "./certificate.js";
export { defaultAnswer } from "./default_answer.js";
export type { ErrorName } from "./errors.js";
export { bedrockMatchers } from "./matchers.js";
export type { BedrockMatchers, BodySubset, MatcherResult } from "./matchers.js";
export { readScript } from "./script.js";
export type { ObjectStore } from "./s3.js";
export type { JsonObject, JsonValue } from "./json.js";
export type {
  Answer,
  AnswerFunction,
  BatchQuotas,
  BedrockRequest,
  Citation,
  Connection,
  ContentBlock,
  CorruptPart,
  Credentials,
  Delays,
  GuardrailFound,
  JobFault,
  JobState,
  Message,
  MessageAnswer,
  Operation,
  RecordedResponse,
  RequestBody,
  ScriptedAnswer,
  StartBedrockOptions,
  StreamEvent,
  TokenCount,
  TokenCountFunction,
  Upstream,
  Usage,
} from "./types.js";
