import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Http2ServerRequest, Http2ServerResponse } from "node:http2";
import { jobCallOf } from "./jobs.js";
import { isObject } from "./json.js";
import { isForS3, s3OperationOf } from "./s3.js";
import type { BedrockRequest, Operation, RequestBody } from "./types.js";

/** A request of either version of HTTP. */
export type Incoming = IncomingMessage | Http2ServerRequest;

/** Whether all of a closed response was sent. (An HTTP/2 response is `writableFinished` also after it was aborted.) */
export function completionOf(response: ServerResponse | Http2ServerResponse): () => boolean {
  if ("stream" in response) return () => !response.stream.aborted;
  return () => response.writableFinished;
}

/** The whole body, or nothing if the client disconnected before it was complete. */
export async function readBody(incoming: Incoming): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
  } catch {
    return undefined;
  }
  return Buffer.concat(chunks);
}

/** The body as JSON; `undefined` when it is no JSON object. */
export function parseBody(rawBody: Buffer): RequestBody | undefined {
  try {
    const body: unknown = JSON.parse(rawBody.toString());
    return isObject(body) ? body : undefined;
  } catch {
    return undefined;
  }
}

/** The members of a request that are known when it arrives. */
export function describeRequest(incoming: Incoming, rawBody: Buffer, body: RequestBody): Omit<BedrockRequest, "closed"> {
  return {
    ...callOf(incoming, body),
    method: incoming.method ?? "",
    url: incoming.url ?? "",
    headers: flattenHeaders(incoming),
    rawBody,
    body,
    response: { status: undefined, requestId: randomUUID() },
    aborted: false,
  };
}

interface Called {
  operation: Operation;
  modelId: string;
}

const UNKNOWN: Called = { operation: "unknown", modelId: "" };

function callOf(incoming: Incoming, body: RequestBody): Called {
  const { url = "", method = "" } = incoming;
  if (isForS3(incoming.headers.authorization)) return s3Call(method, url);
  const job = jobCallOf(method, url, body);
  if (job !== undefined) return job;
  if (method !== "POST") return UNKNOWN;
  const [path = ""] = url.split("?", 1);
  const target = String(incoming.headers["x-amz-target"] ?? "");
  return path === "/" && target !== "" ? kendraCall(target, body) : pathCall(path);
}

const MODEL_PATH = /^\/(?:model\/(.+)\/(converse|converse-stream|count-tokens|invoke)|knowledgebases\/(.+)\/(retrieve))$/;
const GUARDRAIL_PATH = /^\/guardrail\/(.+)\/version\/[^/]+\/apply$/;

function pathCall(path: string): Called {
  if (path === "/guardrail-checks/invoke") return { operation: "guardrail-checks", modelId: "" };
  const match = MODEL_PATH.exec(path);
  const guardrail = GUARDRAIL_PATH.exec(path)?.[1];
  const operation = guardrail === undefined ? (match?.[2] ?? match?.[4]) : "apply-guardrail";
  if (operation === undefined) return UNKNOWN;
  try {
    return { operation: operation as Operation, modelId: decodeURIComponent(guardrail ?? match?.[1] ?? match?.[3] ?? "") };
  } catch {
    return UNKNOWN;
  }
}

function s3Call(method: string, url: string): Called {
  const operation = s3OperationOf(method, url);
  const [path = ""] = url.split("?", 1);
  if (operation === undefined) return UNKNOWN;
  try {
    const name = decodeURIComponent(path.slice(1));
    return { operation, modelId: operation === "s3-list-objects" ? name.replace(/\/$/, "") : name };
  } catch {
    return UNKNOWN;
  }
}

function kendraCall(target: string, { IndexId }: RequestBody): Called {
  const match = /^AWSKendraFrontendService\.(Retrieve|Query)$/.exec(target);
  return match ? { operation: match[1] === "Query" ? "kendra-query" : "kendra-retrieve", modelId: String(IndexId ?? "") } : UNKNOWN;
}

/** In HTTP/2 the host is `:authority`, which AWS's client for JavaScript signs. */
function flattenHeaders(incoming: Incoming): Record<string, string> {
  const headers = Object.entries(incoming.headers).filter(([name]) => !name.startsWith(":") || name === ":authority");
  const authority = incoming.headers[":authority"];
  const host: [string, string][] = typeof authority === "string" ? [["host", authority]] : [];
  return Object.fromEntries([...host, ...headers.map(([name, value]) => [name, Array.isArray(value) ? value.join(", ") : (value ?? "")])]);
}
