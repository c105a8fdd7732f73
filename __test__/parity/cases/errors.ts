import { corrupt, error, events, html, reset, status, text, throttling, truncated, validation, type ErrorName, type StreamEvent } from "langchain-aws-native/testing";
import type { Case, Subject } from "../types.js";

const ERRORS: [ErrorName, number?][] = [
  ["AccessDeniedException"],
  ["ConflictException"],
  ["InternalServerException"],
  ["ModelErrorException"],
  ["ModelNotReadyException"],
  ["ModelTimeoutException"],
  ["ResourceNotFoundException"],
  ["ServiceQuotaExceededException"],
  ["ServiceUnavailableException"],
  ["ThrottlingException"],
  ["UnrecognizedClientException"],
  ["ValidationException"],
];
const EXCEPTIONS = ["internalServerException", "modelStreamErrorException", "serviceUnavailableException", "throttlingException", "validationException"];
const BEGUN: StreamEvent[] = [{ messageStart: { role: "assistant" } }, { contentBlockDelta: { contentBlockIndex: 0, delta: { text: "Blu" } } }];

const refusals: Case[] = ERRORS.map(([name]) => ({ name, answer: error(name, `This is a ${name}.`) }));
const exceptions: Case[] = EXCEPTIONS.map((name) => ({ name: `${name} in a stream`, answer: events([...BEGUN, { [name]: { message: "It broke." } }]) }));

export const errors: Subject = {
  subject: "errors",
  cases: [
    ...refusals,
    ...exceptions,
    { name: "a throttling with Bedrock's words", answer: throttling() },
    { name: "an input that is too long", answer: validation("Input is too long for requested model.") },
    { name: "an exception that is new", answer: events([...BEGUN, { sparkleException: { message: "Too many sparks." } }]) },
    { name: "an error event that the API does not know", answer: events([...BEGUN, { ":message-type": "error", ":error-code": "InternalError", ":error-message": "It broke.", payload: "" }]) },
    { name: "a page of HTML", answer: html(502) },
    { name: "a status without a body", answer: status(503) },
    { name: "a connection that is reset", answer: reset() },
    { name: "a connection that breaks off", answer: truncated(text("Blue light scatters more."), { abrupt: true }) },
    { name: "a checksum that is wrong", answer: corrupt(text("Blue light scatters more."), { event: 1 }) },
  ],
};
