import type { JobOperation } from "../request/service_request.js";
import type { ResponseMetadata } from "../response/errors.js";
import type { RequestWarning } from "../types/warnings.js";
import type { CredentialType } from "../types/credentials.js";
import { Superseded, untilAborted, withTimeLimit } from "./cancellation.js";
import type { Operation, RequestTrace, Switch } from "./diagnostics.js";
import type { Measured } from "./measured.js";
import type { Semaphore } from "./semaphore.js";

export interface CallOptions {
  signal?: AbortSignal;
  credentials?: CredentialType;
  bearerToken?: string | (() => string | Promise<string>);
  /** The model's own function, called for each request that brings neither credentials nor a token. */
  modelBearerToken?: () => string | Promise<string>;
  headers?: Record<string, string>;
  /** Milliseconds. */
  connectTimeout?: number;
  /** Milliseconds; `undefined` for no limit. */
  responseTimeout?: number;
  /** With failover: what the request leaves of the retries of its call. */
  retries?: SharedRetries;
  /** With failover: the target that was asked before. */
  switched?: Switch;
}

/** The retries of a call, which are those of all its targets together. */
export interface SharedRetries {
  /** Attempts that are made at other targets, or kept for them. */
  attemptsElsewhere: number;
  /** Whether another target is asked in place of a wait that the response asks for. */
  handsOver: boolean;
}

/** What is called: diagnostics do not tell of jobs and of S3. */
export type Called = Operation | JobOperation | "s3";

const API_NAMES: Record<Called, string> = {
  converse: "Bedrock Converse",
  "converse-stream": "Bedrock Converse",
  "invoke-model": "Bedrock InvokeModel",
  "count-tokens": "Bedrock CountTokens",
  "apply-guardrail": "Bedrock ApplyGuardrail",
  "guardrail-checks": "Bedrock InvokeGuardrailChecks",
  retrieve: "Bedrock Retrieve",
  "kendra-retrieve": "Kendra",
  "kendra-query": "Kendra",
  "create-model-invocation-job": "Bedrock",
  "get-model-invocation-job": "Bedrock",
  "list-model-invocation-jobs": "Bedrock",
  "stop-model-invocation-job": "Bedrock",
  s3: "S3",
};

/** As errors name it. */
export function apiNameOf(operation: Called): string {
  return API_NAMES[operation];
}

/** What counts a call against a limit of its rate. */
interface QuotaUse {
  readonly waited: number;
  begin(): void;
  observe(answers: Measured[]): void;
  answered(metadata: ResponseMetadata): void;
  failed(error: unknown): void;
  release(): void;
}

/** One request under way: its options, its trace and its permit. Whoever makes one must `release` it. */
export abstract class Call {
  readonly #operation: Called;
  protected readonly options: CallOptions;
  readonly #trace: RequestTrace | undefined;
  readonly #semaphore: Semaphore | undefined;
  readonly #quotaUse: QuotaUse | undefined;
  #holdsPermit: boolean;

  /** `semaphore`: one of whose permits the call holds. */
  constructor(operation: Called, options: CallOptions, trace: RequestTrace | undefined, semaphore: Semaphore | undefined, quotaUse: QuotaUse | undefined) {
    this.#operation = operation;
    this.options = options;
    this.#trace = trace;
    this.#semaphore = semaphore;
    this.#holdsPermit = semaphore !== undefined;
    this.#quotaUse = quotaUse;
    quotaUse?.begin();
    trace?.cancelWith(this);
  }

  /** Whether anybody wants to know what the answer says of itself: who listens to diagnostics, or a limit of tokens. */
  get isObserved(): boolean {
    return this.#trace !== undefined || this.#quotaUse !== undefined;
  }

  /** Milliseconds of the time limit that have passed before the call was sent. */
  protected get waited(): number {
    return this.#quotaUse?.waited ?? 0;
  }

  /** Reports that an event of a stream has come. */
  protected firstEvent(): void {
    this.#trace?.firstEvent();
  }

  /** Takes from the elements of a stream what is known of its answer. */
  observe(elements: Measured[]): void {
    this.#trace?.observe(elements);
    this.#quotaUse?.observe(elements);
  }

  /** `answer`: the whole one, where it was not streamed. */
  end(metadata: ResponseMetadata, warnings?: RequestWarning[], answer?: Measured): void {
    if (answer !== undefined && this.isObserved) this.observe([answer]);
    this.#trace?.end(metadata, warnings);
    this.#quotaUse?.answered(metadata);
  }

  /** Reports `error` and returns it, to be thrown. */
  fail(error: unknown): unknown {
    if (error instanceof Superseded) this.#trace?.cancel(true);
    else this.#trace?.error(error);
    // The model may be at work for a call whose signal has fired.
    if (this.options.signal?.aborted !== true) this.#quotaUse?.failed(error);
    return error;
  }

  /** Takes a permit again that `releasePermit` gave back; `undefined` if there is nothing to wait for, since each `await` costs a turn of the microtask queue. */
  protected acquirePermit(): Promise<void> | undefined {
    if (this.#semaphore === undefined || this.#holdsPermit) return undefined;
    return this.#semaphore.acquire(this.options.signal).then(() => void (this.#holdsPermit = true));
  }

  /** Gives the permit back while the reader handles events: the reader may make a call that waits for one. Reading on takes one again. */
  releasePermit(): void {
    if (this.#holdsPermit) this.#semaphore?.release();
    this.#holdsPermit = false;
  }

  /**
   * Resolves as `work` does, but ends with the caller's signal and after `limit` milliseconds, of which `remaining` are left. `phase` is what the
   * call waits for.
   */
  within<T>(work: Promise<T>, phase: string, limit: number | undefined = this.options.responseTimeout, remaining: number | undefined = this.#remainingOf(limit)): Promise<T> {
    // The timer ends with the abort too: it would keep the process alive.
    return withTimeLimit(untilAborted(work, this.options.signal), limit, API_NAMES[this.#operation], phase, remaining);
  }

  #remainingOf(limit: number | undefined): number | undefined {
    return limit === undefined ? undefined : Math.max(0, limit - this.waited);
  }

  /** Ends the request if it has not ended, and gives back what the call holds. */
  release(): void {
    this.releasePermit();
    this.#quotaUse?.release();
    if (this.#trace?.isOver === false) this.#leave(this.#trace);
  }

  /** Reports that the reader of a stream has left it: by itself, or because the caller's signal has fired. */
  #leave(trace: RequestTrace): void {
    const { signal } = this.options;
    if (!signal?.aborted) trace.cancel();
    else this.fail(signal.reason);
  }
}
