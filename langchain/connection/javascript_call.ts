import { clearTimeout, setTimeout } from "node:timers";
import { performance } from "node:perf_hooks";
import { foreignError, foreignStreamError, isServiceException, withRegion, type ResponseMetadata } from "../response/errors.js";
import type { AwsCommand } from "./aws_commands.js";
import { Call, type CallOptions } from "./call.js";
import type { AwsClient } from "./client_property.js";
import { onAbort } from "./cancellation.js";
import type { Operation, RequestTrace } from "./diagnostics.js";
import type { QuotaUse } from "./rate_limits.js";
import type { Semaphore } from "./semaphore.js";

/** Milliseconds for reading the rest of a body after its last event, usually nothing: a connection is reused only if its answer was read to the end. */
const MAX_DRAIN_TIME = 1000;

/** An event of a stream, as AWS's client gives it: one member, named by its type. */
export type StreamEvent = Record<string, unknown>;

/** A stream that is read, and what ends its request. */
interface OpenStream {
  events: AsyncIterator<StreamEvent> | undefined;
  controller: AbortController;
}

/** Ends the requests of streams that nobody reads any more, without having left them: AWS's client keeps them open, and the process alive by them. */
const collected = new FinalizationRegistry<OpenStream>(endRequest);

/** One request of AWS's JavaScript client under way. */
export class JavaScriptCall extends Call {
  readonly #client: AwsClient;
  readonly #region: string | undefined;
  readonly #since: number = performance.now();
  readonly #controller: AbortController = new AbortController();
  readonly #unfollow: () => void;
  #events: AsyncIterator<StreamEvent> | undefined;
  #metadata: ResponseMetadata = {};
  #hasFirstEvent = false;

  constructor(
    operation: Operation,
    client: AwsClient,
    options: CallOptions,
    trace: RequestTrace | undefined,
    semaphore: Semaphore | undefined,
    quotaUse: QuotaUse | undefined,
    region?: string,
  ) {
    super(operation, options, trace, semaphore, quotaUse);
    this.#client = client;
    this.#region = region || undefined;
    const { signal } = options;
    // The signal may live longer, and must not keep the call.
    const controller = this.#controller;
    this.#unfollow = signal === undefined ? () => undefined : onAbort(signal, () => controller.abort(signal.reason));
  }

  /** Whether the caller's signal has fired. */
  get isAborted(): boolean {
    return this.options.signal?.aborted === true;
  }

  /** Resolves with the client's answer. */
  async send<Output>(command: AwsCommand, phase: string = "answer"): Promise<Output> {
    try {
      return await this.within(this.#sendNow<Output>(command), phase);
    } catch (error) {
      throw this.#failure(error, foreignError);
    }
  }

  // Async, so that a client that throws at once rejects.
  async #sendNow<Output>(command: AwsCommand): Promise<Output> {
    return (await this.#client.send(command, { abortSignal: this.#controller.signal })) as Output;
  }

  /** Sends a command whose answer is a stream of events. Resolves with its `$metadata`. */
  async open(command: AwsCommand): Promise<ResponseMetadata> {
    const answer = await this.send<{ stream?: AsyncIterable<StreamEvent>; $metadata?: ResponseMetadata } | undefined>(command, "initial response");
    const events = (this.#events = iterate(answer?.stream));
    collected.register(this, { events, controller: this.#controller }, this);
    return (this.#metadata = answer?.$metadata ?? {});
  }

  /** The stream's next event; `undefined` at the end. `idleTimeout`: milliseconds since the event before. */
  async next(idleTimeout: number | undefined): Promise<StreamEvent | undefined> {
    const permit = this.acquirePermit();
    if (permit !== undefined) await permit;
    const events = this.#events;
    if (events === undefined) return undefined;
    try {
      const { done, value } = await (this.#hasFirstEvent
        ? this.within(events.next(), "next chunk", idleTimeout, idleTimeout)
        : this.within(events.next(), "initial response", this.options.responseTimeout, this.#remaining));
      if (!done) return value;
    } catch (error) {
      throw this.#failure(error, (thrown) => this.streamError(thrown));
    }
    this.#events = undefined;
    return undefined;
  }

  /** What to throw for an error that a stream's event is, or that reading it threw. */
  streamError(error: unknown): unknown {
    return foreignStreamError(error, this.#metadata);
  }

  /** Reports that output of the stream has come. */
  received(): void {
    this.#hasFirstEvent = true;
    this.firstEvent();
  }

  /** Reads to the end of the body, but waits no longer than `MAX_DRAIN_TIME`: a server may keep the connection open. */
  async drain(): Promise<void> {
    const events = this.#events;
    if (events === undefined) return;
    let timer: NodeJS.Timeout | undefined;
    const waited = new Promise<boolean>((resolve) => void (timer = setTimeout(() => resolve(false), MAX_DRAIN_TIME)));
    const ended = events.next().then(
      () => true,
      () => true,
    );
    if (await Promise.race([ended, waited])) this.#events = undefined;
    clearTimeout(timer);
  }

  override release(): void {
    collected.unregister(this);
    if (this.#events !== undefined) endRequest({ events: this.#events, controller: this.#controller });
    this.#unfollow();
    super.release();
  }

  get #remaining(): number | undefined {
    const { responseTimeout } = this.options;
    return responseTimeout === undefined ? undefined : Math.max(0, responseTimeout - this.waited - (performance.now() - this.#since));
  }

  /** What to throw for `error`, which may be the client's answer to the abort. */
  #failure(error: unknown, convert: (error: unknown) => unknown): unknown {
    const { signal } = this.options;
    if (signal?.aborted) return signal.reason;
    // An exception of Bedrock's ended its request, and the call may send another one.
    if (!isServiceException(error)) this.#controller.abort();
    return withRegion(convert(error), this.#region);
  }
}

/** Ends a request whose stream has not ended. */
function endRequest({ events, controller }: OpenStream): void {
  controller.abort();
  // A generator that waits for its next event returns only after it: nobody waits for that.
  events?.return?.().catch(() => undefined);
}

/** `undefined` without a stream: such an answer is incomplete. */
function iterate(stream: AsyncIterable<StreamEvent> | undefined): AsyncIterator<StreamEvent> | undefined {
  if (stream === undefined || stream === null) return undefined;
  if (typeof stream[Symbol.asyncIterator] === "function") return stream[Symbol.asyncIterator]();
  throw new Error("The client's answer has a `stream` that cannot be iterated: it must be an async iterable of events.");
}
