import { request as requestOverHttp, type IncomingMessage } from "node:http";
import { request as requestOverHttps } from "node:https";
import { dropConnection, sendError, writeHead, type Exchange } from "./delivery.js";
import { serviceError } from "./errors.js";
import { FrameReader } from "./frame_reader.js";
import { askedIn, faithfulJson, recordedEvent, type RecordedEvent, type Recording } from "./recording.js";
import { type Service, serviceOf } from "./services.js";
import { signatureHeaders } from "./signing.js";
import type { BedrockRequest, Upstream } from "./types.js";

const EVENT_STREAM = "application/vnd.amazon.eventstream";

/** Headers of one connection only, and headers that are written again. */
const OWN_HEADERS = new Set(["host", ":authority", "connection", "keep-alive", "content-length", "transfer-encoding", "expect", "accept-encoding"]);
const SIGNATURE_HEADERS = new Set(["authorization", "x-amz-date", "x-amz-security-token", "x-amz-content-sha256"]);

/** The URL for a region. */
export function upstreamUrl({ url, region }: Upstream, regionHere: string, { host }: Service = serviceOf("converse")): string {
  return (url ?? `https://${host}.${region ?? regionHere}.amazonaws.com`).replace(/\/$/, "");
}

/** Whether requests are signed again; otherwise they keep the authentication of their client. */
export function isSignedAnew({ credentials, bearerToken }: Upstream): boolean {
  return credentials !== undefined || bearerToken !== undefined;
}

/** Forwards a request and streams its answer back unchanged. Returns the recording; nothing if the client disconnected or there was no answer. */
export async function forward(exchange: Exchange, upstream: Upstream, regionHere: string): Promise<Recording | undefined> {
  const { start } = exchange;
  const url = upstreamUrl(upstream, regionHere, serviceOf(exchange.request.operation));
  let hasLeft = false;
  exchange.response.once("close", () => (hasLeft = true));
  let answer: IncomingMessage;
  try {
    answer = await send(exchange, url, upstream, regionHere);
  } catch (error) {
    const reason = (error as Error).message || (error as NodeJS.ErrnoException).code;
    if (!hasLeft) sendError(serviceError("UpstreamException", `${url} did not answer: ${reason}.`, 502), exchange);
    return undefined;
  }
  const isStream = answer.headers["content-type"] === EVENT_STREAM;
  const recording = { ...askedIn(exchange.request), ...headOf(answer), ms: since(start) };
  const { ending, ...passed } = isStream ? await passStream(answer, exchange) : await passBody(answer, exchange);
  return ending === "left" ? undefined : { ...recording, ...passed, ...(ending === "cut" ? { cut: true } : {}) };
}

function send({ request, response }: Exchange, url: string, upstream: Upstream, regionHere: string): Promise<IncomingMessage> {
  const target = new URL(url + request.url);
  const open = target.protocol === "https:" ? requestOverHttps : requestOverHttp;
  const headers = headersFor(request, target, upstream, upstream.region ?? regionHere);
  return new Promise((resolve, reject) => {
    // The path is forwarded unchanged: parsing the URL would change its encoding, and so its signature.
    const options = { method: request.method, path: pathOf(target, request.url), headers, ...(upstream.ca === undefined ? {} : { ca: upstream.ca }) };
    const outgoing = open(target.origin, options, resolve);
    outgoing.once("error", reject);
    response.once("close", () => outgoing.destroy());
    outgoing.end(request.rawBody);
  });
}

/** A gateway may have a path of its own before those of Bedrock. */
function pathOf(target: URL, requestUrl: string): string {
  const prefix = target.pathname.slice(0, target.pathname.indexOf("/model/"));
  return `${prefix}${requestUrl}`;
}

function headersFor(request: BedrockRequest, target: URL, upstream: Upstream, region: string): Record<string, string> {
  const dropped = (name: string): boolean => OWN_HEADERS.has(name) || (isSignedAnew(upstream) && SIGNATURE_HEADERS.has(name));
  const kept = Object.fromEntries(Object.entries(request.headers).filter(([name]) => !dropped(name)));
  const headers: Record<string, string> = { ...kept, host: target.host, "content-length": String(request.rawBody.length) };
  if (upstream.bearerToken !== undefined) return { ...headers, authorization: `Bearer ${upstream.bearerToken}` };
  if (upstream.credentials === undefined) return headers;
  const signed = { method: request.method, url: pathOf(target, request.url), headers, body: request.rawBody };
  return { ...headers, ...signatureHeaders(signed, { service: serviceOf(request.operation).name, region }, upstream.credentials, new Date()) };
}

function headOf(answer: IncomingMessage): Pick<Recording, "status" | "contentType" | "errorType"> {
  const errorType = answer.headers["x-amzn-errortype"];
  return {
    status: answer.statusCode ?? 0,
    contentType: answer.headers["content-type"] ?? "",
    ...(typeof errorType === "string" ? { errorType } : {}),
  };
}

/** The headers of an answer that are forwarded. */
function pass(answer: IncomingMessage, exchange: Exchange): void {
  const names = ["content-type", "x-amzn-errortype", "retry-after"];
  const headers = Object.fromEntries(names.flatMap((name) => (typeof answer.headers[name] === "string" ? [[name, String(answer.headers[name])]] : [])));
  const requestId = answer.headers["x-amzn-requestid"];
  if (typeof requestId === "string") exchange.request.response.requestId = requestId;
  const errorType = answer.headers["x-amzn-errortype"];
  if (typeof errorType === "string") exchange.request.response.errorType = errorType;
  writeHead(exchange, answer.statusCode ?? 502, headers);
}

type Passed = Pick<Recording, "events" | "response"> & { ending: Ending };

/** How the answer from upstream ended: complete, broken there, or aborted by the client here. */
type Ending = "whole" | "cut" | "left";

async function passStream(answer: IncomingMessage, exchange: Exchange): Promise<Passed> {
  const frames = new FrameReader();
  const events: RecordedEvent[] = [];
  pass(answer, exchange);
  exchange.response.flushHeaders();
  const ending = await passOn(answer, exchange, (bytes) => {
    events.push(...frames.read(bytes).map((frame) => recordedEvent(frame, since(exchange.start))));
  });
  return { events, ending: ending === "whole" && !frames.isComplete ? "cut" : ending };
}

async function passBody(answer: IncomingMessage, exchange: Exchange): Promise<Passed> {
  const chunks: Buffer[] = [];
  pass(answer, exchange);
  const ending = await passOn(answer, exchange, (bytes) => void chunks.push(bytes));
  return { response: faithfulJson(Buffer.concat(chunks).toString()), ending };
}

async function passOn(answer: IncomingMessage, exchange: Exchange, onBytes: (bytes: Buffer) => void): Promise<Ending> {
  const { response } = exchange;
  let hasLeft = false;
  response.once("close", () => (hasLeft = true));
  try {
    for await (const bytes of answer) {
      onBytes(bytes as Buffer);
      response.write(bytes);
    }
  } catch {
    if (hasLeft) return "left";
    dropConnection(exchange);
    return "cut";
  }
  if (hasLeft) return "left";
  response.end();
  return "whole";
}

function since(start: number): number {
  return Math.round(performance.now() - start);
}
