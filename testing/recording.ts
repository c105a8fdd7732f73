import { closeSync, openSync, writeSync } from "node:fs";
import type { Frame } from "./frame_reader.js";
import { isObject } from "./json.js";
import { readEntries } from "./script.js";
import type { BedrockRequest, Credentials, StreamEvent } from "./types.js";

/** One request and its answer, as a line of a file. Bodies are JSON, or text if JSON would not restore the same bytes. */
export interface Recording {
  operation: string;
  modelId: string;
  request: unknown;
  status: number;
  contentType: string;
  /** The name of the error, as the header `x-amzn-errortype` had it. */
  errorType?: string;
  /** Milliseconds from the request to the head of the answer. */
  ms: number;
  /** The body, unless it was a stream. */
  response?: unknown;
  /** The events of a stream, each with `ms`, the milliseconds from the request to its last byte. */
  events?: RecordedEvent[];
  /** Whether the connection broke before the answer was complete. */
  cut?: true;
}

/** An event in the form that `events()` takes, and when it came. */
export interface RecordedEvent extends StreamEvent {
  ms: number;
}

/** Appends recordings to a file. Lines are written at once, so that they survive the end of the process. */
export class Recorder {
  readonly #file: number;
  readonly #secrets: string[];

  /** @throws Error when the file cannot be written. */
  constructor(file: string, credentials: (Credentials | string | undefined)[]) {
    try {
      // For the owner only: a recording has prompts in it.
      this.#file = openSync(file, "a", 0o600);
    } catch (error) {
      throw new Error(`${file}: Recordings cannot be written here: ${(error as Error).message}.`, { cause: error });
    }
    // A value this short is no secret, and removing it would damage other texts.
    this.#secrets = credentials.flatMap(secretsOf).filter((secret) => secret.length >= 8);
  }

  write(recording: Recording): void {
    writeSync(this.#file, `${redact(JSON.stringify(recording), this.#secrets)}\n`);
  }

  close(): void {
    closeSync(this.#file);
  }
}

/** Reads the recordings of a file. Throws an Error that names an invalid line. */
export function readRecordings(file: string): Recording[] {
  return readEntries(file).map(({ place, value }) => {
    const missing = ["operation", "modelId", "request", "status"].filter((name) => !isObject(value) || value[name] === undefined);
    if (missing.length > 0) throw new Error(`${place}: This is no recording: it has no ${missing.join(", no ")}.`);
    return value as unknown as Recording;
  });
}

/** The part of a recording by which its request is recognised. */
export function askedIn({ operation, modelId, body }: Pick<BedrockRequest, "operation" | "modelId" | "body">): Pick<Recording, "operation" | "modelId" | "request"> {
  return JSON.parse(redact(JSON.stringify({ operation, modelId, request: body }), [])) as Recording;
}

/** The JSON of a text, unless serializing it again would change it. */
export function faithfulJson(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return JSON.stringify(value) === text ? value : text;
  } catch {
    return text;
  }
}

/** An event as recordings have it: in the short form if that is complete. */
export function recordedEvent({ headers, payload }: Frame, ms: number): RecordedEvent {
  const body = faithfulJson(payload.toString());
  const { ":event-type": event, ":exception-type": exception, ":message-type": type, ":content-type": contentType } = headers;
  const name = type === "event" ? event : exception;
  const isShort = Object.keys(headers).length === 3 && contentType === "application/json" && name !== undefined && name !== "ms";
  return isShort ? { ms, [name]: body } : { ms, ...headers, payload: body };
}

/** The event as headers and payload. */
export function frameOf({ ms: _ms, ...event }: RecordedEvent): StreamEvent {
  if (Object.keys(event).some((name) => name.startsWith(":"))) return event;
  const [name = "", payload] = Object.entries(event)[0] ?? [];
  const isException = name.endsWith("Exception");
  const type = { [isException ? ":exception-type" : ":event-type"]: name };
  return { ...type, ":content-type": "application/json", ":message-type": isException ? "exception" : "event", payload };
}

const NO_ACCOUNT = "000000000000";
const ACCOUNTS = /(?<=arn:aws[a-z-]*:[a-z0-9-]*:[a-z0-9-]*:|"bucketOwner":")\d{12}(?=[:"])/g;

/** A text of JSON without account ids, keys of AWS and the given secrets. An account id found in an ARN or a bucket name is removed everywhere. */
export function redact(json: string, secrets: string[]): string {
  const accounts = [...new Set(json.match(ACCOUNTS) ?? [])];
  const withoutAccounts = accounts.reduce((text, account) => text.replaceAll(new RegExp(`(?<!\\d)${account}(?!\\d)`, "g"), NO_ACCOUNT), json);
  return secrets
    .reduce((text, secret) => text.replaceAll(secret, "REDACTED"), withoutAccounts)
    .replace(/\b(AKIA|ASIA)[A-Z0-9]{16}\b/g, "$1REDACTED")
    .replace(/\b(bedrock-api-key-|ABSK)[A-Za-z0-9+/=_-]{20,}/g, "$1REDACTED");
}

function secretsOf(credentials: Credentials | string | undefined): string[] {
  if (credentials === undefined) return [];
  if (typeof credentials === "string") return [credentials];
  return [credentials.accessKeyId, credentials.secretAccessKey, credentials.sessionToken].filter((secret) => secret !== undefined);
}
