import { isObject } from "./json.js";
import { unansweredError } from "./unanswered.js";
import { askedIn, readRecordings, type Recording } from "./recording.js";
import type { ServiceError } from "./errors.js";
import type { BedrockRequest } from "./types.js";

/** Finds the recordings that answer requests: those of the same operation, model and body, in their order, each once. */
export class Replay {
  readonly #left: { recording: Recording; key: string }[];

  /** @throws Error that names the file, and the line, that cannot be read. */
  constructor(files: string[]) {
    this.#left = files.flatMap(readRecordings).map((recording) => ({ recording, key: keyOf(recording) }));
  }

  /** The next recording of the same request, which is removed. */
  next(request: BedrockRequest): Recording | undefined {
    const key = keyOf(askedIn(request));
    const index = this.#left.findIndex((one) => one.key === key);
    return index === -1 ? undefined : this.#left.splice(index, 1)[0]?.recording;
  }

  /** The error for a request without a recording: its description, and its first difference from the next recording. */
  unrecorded(request: BedrockRequest): ServiceError {
    const next = this.#left.find(({ recording }) => recording.operation === request.operation)?.recording;
    const difference = next && firstDifference({ modelId: next.modelId, ...bodyOf(next.request) }, { modelId: request.modelId, ...askedBody(request) }, "");
    const left = difference ? `${difference} in the next recording` : "no recording of this operation is left";
    return unansweredError(request, `Nobody recorded an answer to this request (${left})`);
  }
}

function askedBody(request: BedrockRequest): object {
  return bodyOf(askedIn(request).request);
}

function bodyOf(request: unknown): object {
  return isObject(request) ? request : {};
}

function keyOf({ operation, modelId, request }: Pick<Recording, "operation" | "modelId" | "request">): string {
  return JSON.stringify([operation, modelId, sorted(request)]).replace(ACCOUNT, "");
}

/** Recordings have other account ids than requests. */
const ACCOUNT = /(?<!\d)\d{12}(?!\d)/g;

/** The order of members is ignored. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.keys(value).sort().map((name) => [name, sorted(value[name])]));
}

/** The first difference of two values: `messages.0.content.0.text is "Hello"`, of the first value. */
function firstDifference(recorded: unknown, asked: unknown, path: string): string | undefined {
  if (isBranch(recorded) && isBranch(asked) && Array.isArray(recorded) === Array.isArray(asked)) {
    for (const name of new Set([...Object.keys(recorded), ...Object.keys(asked)])) {
      const difference = firstDifference(recorded[name], asked[name], path === "" ? name : `${path}.${name}`);
      if (difference !== undefined) return difference;
    }
    return undefined;
  }
  if (JSON.stringify(recorded) === JSON.stringify(asked)) return undefined;
  const shown = JSON.stringify(recorded) ?? "absent";
  return `${path} is ${shown.length > 80 ? `${shown.slice(0, 80)}…` : shown}`;
}

function isBranch(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
