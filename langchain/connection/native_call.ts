import type { NativeCallOptions, NativeCancellationToken, NativeFailure, NativeRequest, NativeServiceRequest, NativeStream, NativeVectors } from "../native.js";
import { type Request, withOwnBytes } from "../request/request.js";
import { convertToError, withRegion } from "../response/errors.js";
import type { Exchange } from "../types/exchange.js";
import { Call, type Called, type CallOptions } from "./call.js";
import { followSignal, type SignalLink } from "./cancellation.js";
import { readBearerToken, readCredentials } from "./credentials.js";
import type { RequestTrace } from "./diagnostics.js";
import { type Outcome, takeOutcome } from "./mailbox.js";
import { toNativeRequest } from "./native_request.js";
import type { QuotaUse } from "./rate_limits.js";
import type { Semaphore } from "./semaphore.js";
import { request, type SharedClient } from "./shared_client.js";

/** What a call gives the core, in the order of the addon's arguments. */
type Start = (
  call: number,
  request: string | NativeRequest,
  responseTimeout: number | undefined,
  cancellation: NativeCancellationToken | undefined,
  own: NativeCallOptions | undefined,
) => void;

/** One request of the native client under way. */
export class NativeCall extends Call {
  readonly #client: SharedClient;
  readonly #link: SignalLink;
  #stream: NativeStream | undefined;
  /** What the request was signed anew with. */
  #renewed: Set<NativeFailure["resend"]> | undefined;

  constructor(operation: Called, client: SharedClient, options: CallOptions, trace: RequestTrace | undefined, semaphore: Semaphore | undefined, quotaUse: QuotaUse | undefined) {
    super(operation, options, trace, semaphore, quotaUse);
    this.#client = client;
    this.#link = followSignal(options.signal);
  }

  /** Sends the request by `start` and resolves with the answer, or with the opened stream. Throws what the core reports as a failure. */
  async send<Result extends string | NativeVectors | NativeStream>(given: Request, start: Start): Promise<Result> {
    // Most calls have nothing to wait for, and each `await` costs a turn of the microtask queue.
    const sent = this.#callsUser ? withOwnBytes(given) : given;
    const ownOrPromise = this.#own(sent.exchange);
    const own = ownOrPromise instanceof Promise ? await ownOrPromise : ownOrPromise;
    let outcome: Outcome;
    do {
      const requestOrPromise = toNativeRequest(sent, this.#client);
      const nativeRequest = requestOrPromise instanceof Promise ? await requestOrPromise : requestOrPromise;
      outcome = takeOutcome(await request(this.#client, (call) => start(call, nativeRequest, this.options.responseTimeout, this.#link.token, own)));
    } while (this.#isSentAgain(outcome));
    const result = this.#unwrap(outcome) as Result;
    if (typeof result === "object" && "close" in result) this.#stream = result;
    return result;
  }

  /** Sends a request to another service and resolves with JSON: `answer` and `$metadata`. */
  async request(given: NativeServiceRequest): Promise<string> {
    const { native } = this.#client;
    const own = await this.#own();
    let outcome: Outcome;
    do {
      outcome = takeOutcome(await request(this.#client, (call) => native.request(call, given, this.options.responseTimeout, this.#link.token, own)));
    } while (this.#isSentAgain(outcome));
    return this.#unwrap(outcome) as string;
  }

  /** Makes a call of the addon that is about S3, with the call's own options, and resolves with its outcome; `undefined` for nothing. */
  async callS3(start: (call: number, responseTimeout: number | undefined, cancellation: NativeCancellationToken | undefined, own: NativeCallOptions | undefined) => void): Promise<string | undefined> {
    const own = await this.ownOptions();
    return this.continueS3((call) => start(call, this.options.responseTimeout, this.#link.token, own));
  }

  /** Makes a call of the addon that goes on with what another one began, and has its options. */
  async continueS3(start: (call: number, cancellation: NativeCancellationToken | undefined) => void): Promise<string | undefined> {
    const outcome = takeOutcome(await request(this.#client, (call) => start(call, this.#link.token)));
    return (this.#unwrap(outcome) ?? undefined) as string | undefined;
  }

  /** The call's own headers and secrets; `undefined` if it has none. */
  async ownOptions(): Promise<NativeCallOptions | undefined> {
    return this.#own();
  }

  /** Once more for each thing that the core learns of the model from a refusal, which it then leaves out, once with new keys, and once with another time. */
  #isSentAgain(outcome: Outcome): boolean {
    if (typeof outcome !== "object" || !isFailure(outcome)) return false;
    const { resend } = outcome;
    if (resend === undefined || this.#renewed?.has(resend)) return false;
    if (resend !== "learned") (this.#renewed ??= new Set()).add(resend);
    return true;
  }

  /** All events of the stream that have come and were not read; `undefined` at the end. */
  async next<Element extends object>(stream: NativeStream): Promise<Element[] | undefined> {
    const { native, mailbox } = this.#client;
    const permit = this.acquirePermit();
    if (permit !== undefined) await permit;
    const batch = this.#unwrap(takeOutcome(await mailbox.call((call) => native.next(call, stream)))) as string | undefined;
    if (batch === undefined) return undefined;
    this.firstEvent();
    return JSON.parse(batch) as Element[];
  }

  override release(): void {
    this.#stream?.close();
    this.#link.release();
    super.release();
  }

  get #callsUser(): boolean {
    return typeof this.options.credentials === "function" || typeof this.#bearerToken === "function";
  }

  /** The call's own headers and secrets, and what its answer comes with; `undefined` if it has none. */
  #own(exchange?: Exchange): NativeCallOptions | undefined | Promise<NativeCallOptions> {
    const { credentials, headers, retries } = this.options;
    const bearerToken = this.#bearerToken;
    if (credentials !== undefined || typeof bearerToken === "function") return this.#resolveSecrets(exchange);
    if (bearerToken === undefined && headers === undefined && exchange === undefined && retries === undefined && this.waited === 0) return undefined;
    return { ...retries, bearerToken, headers, includeHeaders: exchange?.wantsHeaders, includeRaw: exchange?.wantsRaw, waited: this.waited };
  }

  /** A call's credentials are those of another tenant, so the model's token must not be used. */
  get #bearerToken(): CallOptions["bearerToken"] {
    const { bearerToken, credentials, modelBearerToken } = this.options;
    return bearerToken ?? (credentials ? undefined : modelBearerToken);
  }

  /** Calls the user's functions, once per request. Each has the time limit of the answer. */
  async #resolveSecrets(exchange: Exchange | undefined): Promise<NativeCallOptions> {
    const { credentials, headers, retries } = this.options;
    const bearerToken = this.#bearerToken;
    return {
      ...retries,
      headers,
      includeHeaders: exchange?.wantsHeaders,
      includeRaw: exchange?.wantsRaw,
      waited: this.waited,
      credentials: credentials && (await this.within(readCredentials(credentials), "credentials")),
      bearerToken: typeof bearerToken === "function" ? await this.within(readBearerToken(bearerToken), "bearer token") : bearerToken,
    };
  }

  #unwrap(outcome: Outcome): Outcome {
    if (typeof outcome !== "object" || !isFailure(outcome)) return outcome;
    throw withRegion(convertToError(outcome, this.options.signal, this.#client.credentials?.thrown), this.#client.native.region);
  }
}

function isFailure(outcome: object): outcome is NativeFailure {
  return "kind" in outcome;
}
