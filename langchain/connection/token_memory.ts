import { createHash } from "node:crypto";
import { performance } from "node:perf_hooks";
import type { Request } from "../request/request.js";
import { countFailure } from "../response/token_count.js";
import { acquire } from "./connection.js";
import { Semaphore } from "./semaphore.js";

/** Counts that are kept; one more takes the place of the one that was used longest ago. */
const MAX_COUNTS = 1000;

/** Requests at once: `trimMessages` counts all messages of a history at the same time. */
const MAX_CONCURRENCY = 8;

/** Milliseconds without requests after one that failed by throttling, the network or credentials: nobody should wait for the next ones to fail. */
const PAUSE = 30_000;

/** What has been learnt by `CountTokens`. No text is kept. */
export class TokenMemory {
  /** By content; `undefined` for what cannot be counted. */
  readonly #counts = new Map<string, Promise<number | undefined>>();
  /** Models that are not counted, or not for these credentials. */
  readonly #refused = new Set<string>();
  readonly #semaphore: Semaphore = new Semaphore(MAX_CONCURRENCY);
  #pausedUntil = 0;

  /** The count of a request, which `ask` fetches if it is not known; `undefined` if it cannot be had. Rejects only if `signal` fires. */
  async count(request: Request, signal: AbortSignal | undefined, ask: (request: Request) => Promise<number | undefined>): Promise<number | undefined> {
    if (this.#refused.has(request.modelId)) return undefined;
    const key = keyOf(request);
    const counting = this.#counts.get(key) ?? this.#ask(key, request, signal, ask);
    this.#counts.delete(key);
    this.#counts.set(key, counting);
    this.#limit();
    const count = await counting;
    signal?.throwIfAborted();
    return count;
  }

  async #ask(key: string, request: Request, signal: AbortSignal | undefined, ask: (request: Request) => Promise<number | undefined>): Promise<number | undefined> {
    try {
      const sent = await acquire(this.#semaphore, request, signal);
      try {
        if (!this.#refused.has(request.modelId) && performance.now() >= this.#pausedUntil) return await ask(sent);
      } finally {
        this.#semaphore.release();
      }
    } catch (error) {
      const failure = signal?.aborted ? undefined : countFailure(error);
      if (failure === "input") return undefined;
      if (failure === "model") this.#refused.add(request.modelId);
      if (failure === "moment") this.#pausedUntil = performance.now() + PAUSE;
    }
    this.#counts.delete(key);
    return undefined;
  }

  #limit(): void {
    const [oldest] = this.#counts.keys();
    if (this.#counts.size > MAX_COUNTS && oldest !== undefined) this.#counts.delete(oldest);
  }
}

const memories = new WeakMap<object, TokenMemory>();

/** What is remembered for a client, as long as that lives: models of one configuration share their client. */
export function tokenMemoryOf(client: object): TokenMemory {
  const memory = memories.get(client) ?? new TokenMemory();
  memories.set(client, memory);
  return memory;
}

/** A hash of all that decides the count: of the model and of the request's body before it is converted. */
function keyOf({ json, texts = [], attachments }: Request): string {
  const hash = createHash("sha256");
  for (const part of [json, ...texts, ...attachments]) hash.update(`${part.length}:`).update(part);
  return hash.digest("base64url");
}
