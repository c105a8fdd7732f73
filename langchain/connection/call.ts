import type { UsageMetadata } from "@langchain/core/messages";
import type { NativeCallOptions, NativeCancellationToken, NativeFailure, NativeRequest, NativeStream, NativeVectors } from "../native.js";
import { type Request, withOwnBytes } from "../request/request.js";
import { convertToError, type ResponseMetadata } from "../response/errors.js";
import type { CredentialType } from "../types/connection.js";
import { followSignal, type SignalLink, untilAborted, withTimeLimit } from "./cancellation.js";
import { readBearerToken, readCredentials } from "./credentials.js";
import type { Operation, RequestTrace } from "./diagnostics.js";
import type { Outcome } from "./mailbox.js";
import { toNativeRequest } from "./native_request.js";
import type { Semaphore } from "./semaphore.js";
import type { SharedClient } from "./shared_client.js";

export interface CallOptions {
  signal?: AbortSignal;
  credentials?: CredentialType;
  bearerToken?: string | (() => string | Promise<string>);
  headers?: Record<string, string>;
  /** Milliseconds. */
  connectTimeout?: number;
  /** Milliseconds; `undefined` for no limit. */
  responseTimeout?: number;
}

/** What a call gives the core, in the order of the addon's arguments. */
type Start = (
  call: number,
  request: string | NativeRequest,
  responseTimeout: number | undefined,
  cancellation: NativeCancellationToken | undefined,
  own: NativeCallOptions | undefined,
) => void;

/** As errors name them. */
const API_NAMES: Record<Operation, string> = { converse: "Bedrock Converse", "converse-stream": "Bedrock Converse", "invoke-model": "Bedrock InvokeModel" };

/** One request under way: its signal, its trace and its permit. Whoever makes one must `release` it. */
export class Call {
  readonly #operation: Operation;
  readonly #client: SharedClient;
  readonly #options: CallOptions;
  readonly #link: SignalLink;
  readonly #trace: RequestTrace | undefined;
  readonly #semaphore: Semaphore | undefined;
  #holdsPermit: boolean;
  #stream: NativeStream | undefined;

  /** `semaphore`: one of whose permits the call holds. */
  constructor(operation: Operation, client: SharedClient, options: CallOptions, trace: RequestTrace | undefined, semaphore: Semaphore | undefined) {
    this.#operation = operation;
    this.#client = client;
    this.#options = options;
    this.#link = followSignal(options.signal);
    this.#trace = trace;
    this.#semaphore = semaphore;
    this.#holdsPermit = semaphore !== undefined;
  }

  /** Sends the request by `start` and resolves with the answer, or with the opened stream. Throws what the core reports as a failure. */
  async send<Result extends string | NativeVectors | NativeStream>(request: Request, start: Start): Promise<Result> {
    // Most calls have nothing to wait for, and each `await` costs a turn of the microtask queue.
    const { credentials, bearerToken, headers } = this.#options;
    const callsUser = typeof credentials === "function" || typeof bearerToken === "function";
    const sent = callsUser ? withOwnBytes(request) : request;
    let own: NativeCallOptions | undefined;
    if (callsUser || credentials !== undefined) own = await this.#resolveSecrets();
    else if (bearerToken !== undefined || headers !== undefined) own = { bearerToken, headers };
    const requestOrPromise = toNativeRequest(sent, this.#client);
    const nativeRequest = requestOrPromise instanceof Promise ? await requestOrPromise : requestOrPromise;
    const outcome = await this.#client.mailbox.call((call) => start(call, nativeRequest, this.#options.responseTimeout, this.#link.token, own));
    const result = this.#unwrap(outcome) as Result;
    if (typeof result === "object" && "close" in result) this.#stream = result;
    return result;
  }

  /** The JSON of the stream's next events, an array; `undefined` at the end. */
  async next(stream: NativeStream): Promise<string | undefined> {
    const { native, mailbox } = this.#client;
    if (this.#semaphore !== undefined && !this.#holdsPermit) {
      await this.#semaphore.acquire(this.#options.signal);
      this.#holdsPermit = true;
    }
    const batch = this.#unwrap(await mailbox.call((call) => native.next(call, stream))) as string | undefined;
    if (batch !== undefined) this.#trace?.firstEvent();
    return batch;
  }

  /** Whether somebody listens to diagnostics. */
  get isTraced(): boolean {
    return this.#trace !== undefined;
  }

  end(metadata: ResponseMetadata, usage: UsageMetadata | undefined): void {
    this.#trace?.end(metadata, usage);
  }

  /** Reports `error` to diagnostics and returns it, to be thrown. */
  fail(error: unknown): unknown {
    this.#trace?.error(error);
    return error;
  }

  /** Gives the permit back while the reader handles events: the reader may make a call that waits for one. `next` takes one again. */
  releasePermit(): void {
    if (this.#holdsPermit) this.#semaphore?.release();
    this.#holdsPermit = false;
  }

  /** Ends the request if it has not ended, and gives back what the call holds. */
  release(): void {
    this.#stream?.close();
    this.#link.release();
    this.releasePermit();
  }

  /** Calls the user's functions, once per request. Each has the time limit of the answer. */
  async #resolveSecrets(): Promise<NativeCallOptions> {
    const { credentials, bearerToken, headers } = this.#options;
    return {
      headers,
      credentials: credentials && (await this.#withinLimits(readCredentials(credentials), "credentials")),
      bearerToken: typeof bearerToken === "function" ? await this.#withinLimits(readBearerToken(bearerToken), "bearer token") : bearerToken,
    };
  }

  #withinLimits<T>(work: Promise<T>, phase: string): Promise<T> {
    const { responseTimeout, signal } = this.#options;
    // The timer ends with the abort too: it would keep the process alive.
    return withTimeLimit(untilAborted(work, signal), responseTimeout, API_NAMES[this.#operation], phase);
  }

  #unwrap(outcome: Outcome): Outcome {
    if (typeof outcome !== "object" || !isFailure(outcome)) return outcome;
    throw convertToError(outcome, this.#options.signal, this.#client.credentials?.thrown);
  }
}

function isFailure(outcome: object): outcome is NativeFailure {
  return "kind" in outcome;
}
