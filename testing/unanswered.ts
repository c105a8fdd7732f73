import { serviceError, type ServiceError } from "./errors.js";
import { isObject } from "./json.js";
import type { BedrockRequest, RequestBody } from "./types.js";

/** The error for a request without an answer, with a description of the request. Clients do not retry it. */
export function unansweredError(request: BedrockRequest, reason: string): ServiceError {
  const { operation, modelId, rawBody } = request;
  return serviceError("ValidationException", `${reason}: ${operation} of ${modelId} with ${shorten(rawBody.toString(), 1000)}`);
}

/** The last text of a request, on one line, by which people recognise it. */
export function questionOf({ body, operation }: BedrockRequest): string {
  const input = isObject(body["input"]) && isObject(body["input"]["converse"]) ? body["input"]["converse"] : {};
  const { messages } = (operation === "count-tokens" ? input : body) as RequestBody;
  const blocks = Array.isArray(messages) ? messages.flatMap((message) => (Array.isArray(message?.content) ? message.content : [])) : [];
  const last = blocks.filter(isObject).at(-1);
  if (last === undefined) return "";
  return typeof last["text"] === "string" ? JSON.stringify(shorten(last["text"].trim(), 60)) : `(${Object.keys(last).join()})`;
}

function shorten(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length)}…` : text;
}
