import type { ResponseMetadata } from "../response/errors.js";
import type { RequestWarning } from "../types/warnings.js";
import type { CredentialType } from "../types/credentials.js";
import { untilAborted, withTimeLimit } from "./cancellation.js";
import type { Operation, RequestTrace } from "./diagnostics.js";
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
}

/** As errors name them. */
const API_NAMES: Record<Operation, string> = {
  converse: "Bedrock Converse",
  "converse-stream": "Bedrock Converse",
  "invoke-model": "Bedrock InvokeModel",
  "count-tokens": "Bedrock CountTokens",
  "apply-guardrail": "Bedrock ApplyGuardrail",
  "guardrail-checks": "Bedrock InvokeGuardrailChecks",
  retrieve: "Bedrock Retrieve",
  "kendra-retrieve": "Kendra",
  "kendra-query": "Kendra",
};

/** One request under way: its options, its trace and its permit. Whoever makes one must `release` it. */
export abstract class Call {
  readonly #operation: Operation;
  protected readonly options: CallOptions;
  readonly #trace: RequestTrace | undefined;
  readonly #semaphore: Semaphore | undefined;
  #holdsPermit: boolean;

  /** `semaphore`: one of whose permits the call holds. */
  constructor(operation: Operation, options: CallOptions, trace: RequestTrace | undefined, semaphore: Semaphore | undefined) {
    this.#operation = operation;
    this.options = options;
    this.#trace = trace;
    this.#semaphore = semaphore;
    this.#holdsPermit = semaphore !== undefined;
    trace?.cancelWith(this);
  }

  /** Whether somebody listens to diagnostics. */
  get isTraced(): boolean {
    return this.#trace !== undefined;
  }

  /** Reports that an event of a stream has come. */
  protected firstEvent(): void {
    this.#trace?.firstEvent();
  }

  /** Takes from the elements of a stream what diagnostics report at its end. */
  observe(elements: Measured[]): void {
    this.#trace?.observe(elements);
  }

  /** `answer`: the whole one, where it was not streamed. */
  end(metadata: ResponseMetadata, warnings?: RequestWarning[], answer?: Measured): void {
    if (answer !== undefined) this.#trace?.observe([answer]);
    this.#trace?.end(metadata, warnings);
  }

  /** Reports `error` to diagnostics and returns it, to be thrown. */
  fail(error: unknown): unknown {
    this.#trace?.error(error);
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
  within<T>(work: Promise<T>, phase: string, limit: number | undefined = this.options.responseTimeout, remaining: number | undefined = limit): Promise<T> {
    // The timer ends with the abort too: it would keep the process alive.
    return withTimeLimit(untilAborted(work, this.options.signal), limit, API_NAMES[this.#operation], phase, remaining);
  }

  /** Ends the request if it has not ended, and gives back what the call holds. */
  release(): void {
    this.releasePermit();
    if (this.#trace?.isOver === false) this.#leave(this.#trace);
  }

  /** Reports that the reader of a stream has left it: by itself, or because the caller's signal has fired. */
  #leave(trace: RequestTrace): void {
    const { signal } = this.options;
    if (signal?.aborted) trace.error(signal.reason);
    else trace.cancel();
  }
}
