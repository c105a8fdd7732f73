import { serviceError, type ServiceError } from "../errors.js";
import { isJsonObject, type JsonObject, type JsonValue } from "../json.js";
import { isAboutGuardrails } from "../guardrails.js";
import type { BedrockRequest } from "../types.js";
import { CACHE_POINT_RULES } from "./cache_points.js";
import { readConversation, type Rule } from "./conversation.js";
import { checkEmbedding } from "./embeddings.js";
import { checkGuardrailRequest, GUARDRAIL_RULES } from "./guardrails.js";
import { CREATE_JOB_REQUEST } from "./job_shapes.js";
import { MEDIA_RULES } from "./media.js";
import { checkBlobs, checkLimits, checkTypes, checkUnions } from "./members.js";
import { REASONING_RULES } from "./reasoning.js";
import { KENDRA_REQUEST, RETRIEVE_REQUEST } from "./retrieval_shapes.js";
import { SAMPLING_RULES } from "./sampling.js";
import { SCHEMA_RULES } from "./schemas.js";
import { CONVERSE_REQUEST, CONVERSE_STREAM_REQUEST, COUNT_TOKENS_REQUEST, type Shape } from "./shapes.js";
import { TOOL_RULES } from "./tools.js";
import { TURN_RULES } from "./turns.js";
import { NOT_WELL_FORMED } from "./wordings.js";

const RULES: Rule[] = [...TURN_RULES, ...TOOL_RULES, ...MEDIA_RULES, ...SCHEMA_RULES, ...SAMPLING_RULES, ...REASONING_RULES, ...CACHE_POINT_RULES, ...GUARDRAIL_RULES];

/** Bedrock's error for a body that breaks its rules, in Bedrock's order of checks; `undefined` if it would accept the body. */
export function checkRequest(request: Pick<BedrockRequest, "operation" | "modelId" | "body"> & { url?: string }): ServiceError | undefined {
  const { operation, modelId, body, url = "" } = request;
  if (isAboutGuardrails(request)) return checkGuardrailRequest({ operation, modelId, body, url });
  if (operation.startsWith("s3-")) return undefined;
  if (operation.includes("model-invocation-job")) return operation.startsWith("create") ? checkJob(body) : undefined;
  if (operation === "invoke") {
    const sentence = checkModelId(modelId) ?? checkEmbedding(modelId, body);
    return sentence === undefined ? undefined : serviceError("ValidationException", sentence);
  }
  if (operation === "retrieve" || operation.startsWith("kendra")) return checkRetrieval(modelId, body, operation === "retrieve" ? RETRIEVE_REQUEST : KENDRA_REQUEST);
  const isCount = operation === "count-tokens";
  const converse = operation === "converse-stream" ? CONVERSE_STREAM_REQUEST : CONVERSE_REQUEST;
  const shape = isCount ? COUNT_TOKENS_REQUEST : converse;
  const unreadable = checkTypes(body, shape);
  if (unreadable !== undefined) return serviceError("SerializationException", unreadable);
  const conversation = isCount ? conversationToCount(body) : (body as JsonObject);
  const refusal = checkModelId(modelId) ?? checkMembers(body, shape) ?? (conversation && checkRules(modelId, conversation, operation === "converse-stream"));
  return typeof refusal === "string" ? serviceError("ValidationException", refusal) : refusal;
}

function checkJob(body: BedrockRequest["body"]): ServiceError | undefined {
  const unreadable = checkTypes(body, CREATE_JOB_REQUEST);
  if (unreadable !== undefined) return serviceError("SerializationException", unreadable);
  const sentence = checkLimits(body, CREATE_JOB_REQUEST) ?? checkUnions(body, CREATE_JOB_REQUEST) ?? checkModelId(String(body["modelId"]));
  return sentence === undefined ? undefined : serviceError("ValidationException", sentence);
}

function checkRetrieval(resource: string, body: BedrockRequest["body"], shape: Shape): ServiceError | undefined {
  const unreadable = checkTypes(body, shape);
  if (unreadable !== undefined) return serviceError("SerializationException", unreadable);
  const sentence = shape === RETRIEVE_REQUEST && !/^[0-9a-zA-Z]{1,10}$/.test(resource) ? INVALID_KNOWLEDGE_BASE : (checkLimits(body, shape) ?? checkUnions(body, shape));
  return sentence === undefined ? undefined : serviceError("ValidationException", sentence);
}

const INVALID_KNOWLEDGE_BASE = "1 validation error detected: Value at 'knowledgeBaseId' failed to satisfy constraint: Member must satisfy regular expression pattern: [0-9a-zA-Z]+";

/** The conversation whose tokens are counted; none if the input is for another API. */
function conversationToCount(body: BedrockRequest["body"]): JsonObject | undefined {
  const input = body["input"] as JsonValue | undefined;
  return isJsonObject(input) && isJsonObject(input["converse"]) ? input["converse"] : undefined;
}

function checkModelId(modelId: string): string | undefined {
  const isLegal = /^arn:aws(-[^:]+)?:(bedrock|sagemaker):[^\s]+$|^[a-zA-Z0-9._:-]+$/.test(modelId);
  return isLegal ? undefined : "The provided model identifier is invalid.";
}

function checkMembers(body: unknown, shape: Shape): string | undefined {
  return checkLimits(body, shape) ?? checkUnions(body, shape) ?? checkBlobs(body, shape);
}

function checkRules(modelId: string, body: JsonObject, isStream: boolean): string | ServiceError | undefined {
  const conversation = readConversation(modelId, body, isStream);
  for (const rule of RULES) {
    const refusal = rule(conversation);
    if (refusal !== undefined) return refusal;
  }
  return isWellFormed(body) ? undefined : NOT_WELL_FORMED;
}

/** Whether no text has half a surrogate pair. */
function isWellFormed(value: JsonValue | undefined): boolean {
  if (typeof value === "string") return value.isWellFormed();
  if (Array.isArray(value)) return value.every(isWellFormed);
  return !isJsonObject(value) || Object.entries(value).every(([name, member]) => name.isWellFormed() && isWellFormed(member));
}
