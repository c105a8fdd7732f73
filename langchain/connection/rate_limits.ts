import { createHash } from "node:crypto";
import type { UsageMetadata } from "@langchain/core/messages";
import { type Request, withOwnBytes } from "../request/request.js";
import type { ResponseMetadata } from "../response/errors.js";
import type { RateLimit } from "../types/connection.js";
import { apiNameOf, type CallOptions } from "./call.js";
import { untilAborted, withTimeLimit } from "./cancellation.js";
import { metadataOfError, type Operation } from "./diagnostics.js";
import { type Measured, usageOf } from "./measured.js";
import { RateLimiter, type Reservation } from "./rate_limiter.js";
import type { Semaphore } from "./semaphore.js";
import { identityOf } from "./shared_client.js";

/** Those that know nothing any more are forgotten when there are so many: model ids and keys come from callers. */
const MAX_LIMITERS = 256;

/** Where the process keeps its limiters: this module may be loaded twice, as an ES module and as CommonJS. */
const LIMITERS = Symbol.for("langchain-aws-native.rateLimiters.1");

/** The limits of a model's calls. Bedrock's quotas are those of an account, in a region, for a model. */
export class RateLimits {
  readonly #limit: RateLimit;
  readonly #identity: string;

  /** `identity`: of account and region. */
  constructor(limit: RateLimit, identity: string) {
    this.#limit = limit;
    this.#identity = identity;
  }

  /** The same limit for what is sent by a client whose account is not known. */
  by(client: object): RateLimits {
    return new RateLimits(this.#limit, identityOf(client));
  }

  /** Waits until the request is within the limit, then for a permit: a call that waits for the limit has none. Resolves with the request to send. */
  async enter(semaphore: Semaphore | undefined, operation: Operation, request: Request, options: CallOptions): Promise<Sent> {
    const limiter = this.#limiterOf(request.modelId, options);
    const { tokens = 0, outputBurndown = 1 } = request.quota?.() ?? {};
    let reservation = limiter.tryReserve(tokens);
    const own = reservation === undefined || semaphore?.isFree === false ? withOwnBytes(request) : request;
    reservation ??= await limiter.reserve(tokens, (turn) =>
      withTimeLimit(untilAborted(turn, options.signal), options.responseTimeout, apiNameOf(operation), "rate limit"),
    );
    const quotaUse = new QuotaUse(reservation, outputBurndown);
    try {
      await semaphore?.acquire(options.signal);
    } catch (error) {
      quotaUse.release();
      throw error;
    }
    return { ...own, quotaUse };
  }

  #limiterOf(modelId: string, options: CallOptions): RateLimiter {
    const { requestsPerMinute, tokensPerMinute } = this.#limit;
    const key = [this.#identity, ownIdentity(options), modelId, requestsPerMinute, tokensPerMinute].join(" ");
    const holder = globalThis as { [LIMITERS]?: Map<string, RateLimiter> };
    const limiters = (holder[LIMITERS] ??= new Map<string, RateLimiter>());
    const limiter = limiters.get(key) ?? new RateLimiter(this.#limit);
    if (!limiters.has(key)) {
      if (limiters.size >= MAX_LIMITERS) forgetIdle(limiters);
      limiters.set(key, limiter);
    }
    return limiter;
  }
}

/** If none is idle, the one that was made first: there are more accounts and models at once than anybody limits. */
function forgetIdle(limiters: Map<string, RateLimiter>): void {
  for (const [key, limiter] of limiters) if (limiter.isIdle) limiters.delete(key);
  const [first] = limiters.keys();
  if (limiters.size >= MAX_LIMITERS && first !== undefined) limiters.delete(first);
}

/** Of keys that a call brings. Whose keys a function fetches is not known, so such calls count as the model's own. */
function ownIdentity({ credentials, bearerToken, modelBearerToken }: CallOptions): string {
  if (typeof bearerToken === "string") return hash(bearerToken);
  if (typeof credentials === "object") return hash(credentials.accessKeyId);
  return modelBearerToken === undefined ? "" : identityOf(modelBearerToken);
}

function hash(text: string): string {
  return createHash("sha256").update(text).digest("base64url");
}

/** A request that has been let through. */
export interface Sent extends Request {
  quotaUse?: QuotaUse;
}

/** A call's use of the quota: assumed at first, counted at its end. */
export class QuotaUse {
  readonly #reservation: Reservation;
  readonly #outputBurndown: number;
  #usage: UsageMetadata | undefined;

  constructor(reservation: Reservation, outputBurndown: number) {
    this.#reservation = reservation;
    this.#outputBurndown = outputBurndown;
  }

  /** Milliseconds that the call waited. */
  get waited(): number {
    return this.#reservation.waited;
  }

  begin(): void {
    this.#reservation.begin();
  }

  /** Keeps what answers and elements of streams say of their tokens. */
  observe(answers: Measured[]): void {
    for (const answer of answers) this.#usage = usageOf(answer) ?? this.#usage;
  }

  answered({ attempts = 1, throttledAttempts = 0 }: ResponseMetadata): void {
    this.#reservation.settle({ attempts, isThrottled: throttledAttempts > 0, tokens: this.#used });
  }

  /** What Bedrock refused, and what did not reach it, used no tokens. Where the model may have been at work, what was assumed stays counted. */
  failed(error: unknown): void {
    const { name, code } = (error ?? {}) as { name?: unknown; code?: unknown };
    if (code === "ETIMEDOUT" || name === "TimeoutError" || name === "IncompleteStreamError") return;
    const { httpStatusCode: status = 0, attempts = status === 0 ? 0 : 1, throttledAttempts = 0 } = metadataOfError(error);
    const isThrottled = name === "ThrottlingException" || throttledAttempts > 0;
    this.#reservation.settle({ attempts, isThrottled, tokens: status === 200 ? this.#used : 0 });
  }

  release(): void {
    this.#reservation.release();
  }

  /** As Bedrock counts at the end: what was read from the prompt cache is free (AWS, quotas-token-burndown). LangChain's input tokens have it. */
  get #used(): number | undefined {
    if (this.#usage === undefined) return undefined;
    const { input_tokens, output_tokens, input_token_details } = this.#usage;
    return input_tokens - (input_token_details?.cache_read ?? 0) + output_tokens * this.#outputBurndown;
  }
}
