import { addon, type NativeConverseRequest, type NativeFailure, type NativeStream, type NativeStreamOptions, type NativeVectors } from "../native.js";
import type { Request } from "../request/request.js";
import type { ServiceRequest } from "../request/service_request.js";
import { convertToError, type ResponseMetadata } from "../response/errors.js";
import { publicHeaders } from "../response/headers.js";
import { readTokenCount, type TokenCount } from "../response/token_count.js";
import type { CallOptions } from "./call.js";
import { followSignal } from "./cancellation.js";
import { addLateWarnings, addWarnings, type CallLimits, type Connection, enter, takeExchange, takeWarnings } from "./connection.js";
import { convertElsewhere } from "./conversion.js";
import { type Operation, RequestTrace, type Traced } from "./diagnostics.js";
import { type Measured, measuredInput, metadataOf } from "./measured.js";
import { takeOutcome } from "./mailbox.js";
import { fetchMedia } from "./media_fetch.js";
import { NativeCall } from "./native_call.js";
import type { Sent } from "./rate_limits.js";
import { acquireClient, type ClientConfiguration, releaseClient, request as send, retireClient, type SharedClient } from "./shared_client.js";
import { type TokenMemory, tokenMemoryOf } from "./token_memory.js";

type WeakClients = Map<number | undefined, WeakRef<SharedClient>>;

/** The clients of a model by connect timeout in milliseconds; the model's own under `undefined`. */
class Clients {
  /** Clients of further connect timeouts, with connections each. One more takes the place of the oldest. */
  static readonly MAX_FURTHER = 4;
  readonly #configuration: ClientConfiguration;
  readonly #clients = new Map<number | undefined, SharedClient>();
  readonly #weakly: WeakClients;

  /** `weakly` gets the same clients. */
  constructor(configuration: ClientConfiguration, weakly: WeakClients) {
    this.#configuration = configuration;
    this.#weakly = weakly;
  }

  /** A call with a connect timeout of its own has a client of its own. */
  get(connectTimeout: number | undefined): SharedClient {
    const existing = this.#clients.get(connectTimeout);
    if (existing !== undefined) return existing;
    const client = acquireClient(this.#withConnectTimeout(connectTimeout));
    this.#clients.set(connectTimeout, client);
    this.#weakly.set(connectTimeout, new WeakRef(client));
    if (connectTimeout !== undefined) this.#limitFurther();
    return client;
  }

  /** Any of them, once there is one. */
  get any(): SharedClient | undefined {
    for (const client of this.#clients.values()) return client;
    return undefined;
  }

  #limitFurther(): void {
    const further = [...this.#clients.keys()].filter((connectTimeout) => connectTimeout !== undefined);
    for (const connectTimeout of further.slice(0, -Clients.MAX_FURTHER)) {
      retireClient(this.#clients.get(connectTimeout)!);
      this.#clients.delete(connectTimeout);
      this.#weakly.delete(connectTimeout);
    }
  }

  /** Closes the connections that no other model uses. */
  release(): void {
    for (const client of this.#clients.values()) releaseClient(client);
    this.#clients.clear();
    this.#weakly.clear();
  }

  #withConnectTimeout(connectTimeout: number | undefined): ClientConfiguration {
    if (connectTimeout === undefined) return this.#configuration;
    return { ...this.#configuration, network: { ...this.#configuration.network, connectTimeout: connectTimeout || undefined } };
  }
}

/**
 * Releases the clients of models that were collected without `close()`: others of the same configuration count their users. Weakly, since a configuration has
 * the user's functions, and these may refer to the model.
 */
const collected = new FinalizationRegistry<WeakClients>((clients) => {
  for (const weak of clients.values()) {
    const client = weak.deref();
    if (client !== undefined) releaseClient(client);
  }
});

/** The way by the addon's client. */
export class NativeConnection implements Connection {
  readonly #region: string | undefined;
  readonly #endpointUrl: string | undefined;
  readonly #limits: CallLimits;
  readonly #clients: Clients;
  #isClosed = false;

  constructor(configuration: ClientConfiguration, limits: CallLimits) {
    // A missing addon is reported by the constructor, before the first call.
    addon();
    this.#region = configuration.region;
    this.#endpointUrl = configuration.endpointUrl;
    const weakly: WeakClients = new Map();
    this.#clients = new Clients(configuration, weakly);
    collected.register(this, weakly, this);
    this.#limits = limits;
  }

  converse<Message extends Measured>(request: Request, options: CallOptions): Promise<Message> {
    return this.#ask("converse", request, options, async (call, sent, { native }) => {
      const json = await call.send<string>(sent, (number, json, timeout, token, own) => native.converse(number, json, timeout, token, own));
      const message = JSON.parse(json) as Message;
      takeWarnings(message, sent);
      takeExchange(message, sent);
      call.end(metadataOf(message), sent.warnings, message);
      return message;
    });
  }

  embed(request: Request, options: CallOptions): Promise<Float64Array> {
    return this.#ask("invoke-model", request, options, async (call, sent, { native }) => {
      const vectors = await call.send<NativeVectors>(sent, (number, json, timeout, token, own) => native.embed(number, json, timeout, token, own));
      if (call.isObserved) call.end(JSON.parse(vectors.metadata) as ResponseMetadata, undefined, measuredInput(vectors.inputTokens));
      return vectors.numbers;
    });
  }

  countTokens(request: Request, options: CallOptions): Promise<number | undefined> {
    return this.#ask("count-tokens", request, options, async (call, sent, { native }) => {
      const json = await call.send<string>(sent, (number, json, timeout, token, own) => native.countTokens(number, json, timeout, token, own));
      const answer = JSON.parse(json) as TokenCount;
      call.end(answer.$metadata ?? {});
      return readTokenCount(answer);
    });
  }

  /** The request with the files that it names by URLs, which are to be released. No permit is held meanwhile. */
  fetchMedia(request: Request, options: CallOptions): Promise<Request> {
    return fetchMedia(request, this.#client(options), options);
  }

  /** The converted request, for another client to send. */
  convert(request: Request): Promise<NativeConverseRequest> {
    return convertElsewhere(request, this.#client({}));
  }

  get client(): SharedClient {
    return this.#client({});
  }

  get tokenMemory(): TokenMemory {
    return tokenMemoryOf(this.#client({}));
  }

  async request<Answer extends object>(request: ServiceRequest, options: CallOptions): Promise<Answer> {
    const { operation, resource, service, path, target, body } = request;
    const client = this.#client(options);
    if (this.#limits.semaphore !== undefined) await this.#limits.semaphore.acquire(options.signal);
    const call = this.#start(operation, client, { modelId: resource }, options);
    try {
      const { answer, $metadata } = JSON.parse(await call.request({ service, path, target, body: JSON.stringify(body) })) as { answer: Answer; $metadata: ResponseMetadata };
      call.end($metadata);
      return answer;
    } catch (error) {
      throw call.fail(error);
    } finally {
      call.release();
    }
  }

  /** One request with one answer. */
  async #ask<Answer>(
    operation: Operation,
    request: Request,
    options: CallOptions,
    ask: (call: NativeCall, sent: Request, client: SharedClient) => Promise<Answer>,
  ): Promise<Answer> {
    const client = this.#client(options);
    // Most calls have nothing to wait for, and each `await` costs a turn of the microtask queue.
    const entered = enter(this.#limits, operation, request, options);
    const sent = entered instanceof Promise ? await entered : entered;
    const call = this.#start(operation, client, sent, options);
    try {
      return await ask(call, sent, client);
    } catch (error) {
      throw call.fail(error);
    } finally {
      call.release();
    }
  }

  async *stream<Element extends object>(request: Request, streamOptions: NativeStreamOptions, options: CallOptions): AsyncGenerator<Element[]> {
    const client = this.#client(options);
    const sent = await enter(this.#limits, "converse-stream", request, options);
    const call = this.#start("converse-stream", client, sent, options);
    try {
      const stream = await call.send<NativeStream>(sent, (number, json, timeout, token, own) =>
        client.native.converseStream(number, json, timeout, token, own, streamOptions),
      );
      addWarnings(stream.warnings, sent);
      if (sent.exchange?.wantsHeaders && stream.headers != null) sent.exchange.headers = publicHeaders(JSON.parse(stream.headers) as Record<string, string>);
      const { hasLateWarnings } = stream;
      for (let elements = await call.next<Element>(stream); elements !== undefined; elements = await call.next<Element>(stream)) {
        call.observe(elements);
        if (hasLateWarnings) addLateWarnings(stream, sent);
        call.releasePermit();
        yield elements;
      }
      if (call.isObserved) call.end(JSON.parse(stream.metadata) as ResponseMetadata, sent.warnings);
    } catch (error) {
      throw call.fail(error);
    } finally {
      call.release();
    }
  }

  async prewarm({ signal, responseTimeout }: CallOptions): Promise<void> {
    const client = this.#client({});
    const link = followSignal(signal);
    try {
      const failure = takeOutcome(await send(client, (call) => client.native.prewarm(call, responseTimeout, link.token))) as NativeFailure | undefined;
      if (failure !== undefined) throw convertToError(failure, signal, client.credentials?.thrown);
    } finally {
      link.release();
    }
  }

  /** The region of requests; of one that only the AWS profile or the instance knows, once there was a request. */
  get region(): string | undefined {
    return this.#region ?? this.#clients.any?.native.region ?? undefined;
  }

  /** How often a call is attempted at most, once there was a request. */
  get maxAttempts(): number | undefined {
    return this.#clients.any?.native.maxAttempts ?? undefined;
  }

  /** Closes the connections that no other model uses. Calls that are under way go on, later ones are refused. */
  close(): void {
    this.#isClosed = true;
    collected.unregister(this);
    this.#clients.release();
  }

  /** `options.signal` and a permit of the semaphore belong to the call from here on. */
  #start(operation: Operation, client: SharedClient, sent: Traced & Pick<Sent, "quotaUse">, options: CallOptions): NativeCall {
    const trace = RequestTrace.start(operation, sent, this.#region, this.#endpointUrl, options.switched);
    return new NativeCall(operation, client, options, trace, this.#limits.semaphore, sent.quotaUse);
  }

  #client({ connectTimeout }: CallOptions): SharedClient {
    if (this.#isClosed) throw new Error("The model was closed: close() ends its connection for good.");
    return this.#clients.get(connectTimeout);
  }
}
