import type { NativeConverseRequest, NativeStreamOptions } from "../native.js";
import type { Request } from "../request/request.js";
import type { ServiceRequest } from "../request/service_request.js";
import type { RateLimit } from "../types/connection.js";
import type { CredentialType } from "../types/credentials.js";
import type { CallOptions } from "./call.js";
import { type AwsClient, ClientProperty, type JavaScriptConfiguration } from "./client_property.js";
import type { CallLimits, Connection } from "./connection.js";
import { type Availability, FailoverConnection } from "./failover_connection.js";
import { JavaScriptConnection } from "./javascript_connection.js";
import type { Measured } from "./measured.js";
import { mayNameMedia, releaseMedia } from "./media_fetch.js";
import { NativeConnection } from "./native_connection.js";
import { RateLimits } from "./rate_limits.js";
import { Semaphore } from "./semaphore.js";
import { acquireClient, type ClientConfiguration, quotaIdentityOf, type SharedClient } from "./shared_client.js";
import type { TokenMemory } from "./token_memory.js";

/** How a model reaches Bedrock. */
export interface ModelConnectionOptions {
  native: ClientConfiguration;
  /** `undefined` where a call asks the one target. */
  availability?: Availability;
  javaScript: JavaScriptConfiguration;
  /** Calls at once. */
  maxConcurrency: number | undefined;
  /** Calls in a minute. */
  rateLimit: RateLimit | null | undefined;
}

/** Why a model that sends by AWS's client for JavaScript cannot have several targets. */
export const NEEDS_NATIVE =
  "failover and hedge need the native client, but this model sends by AWS's JavaScript client (`client`, or an option that only that client has), which has one region. Leave one of them out.";

/** The options of the request that is sent after a fetch, which has used up a part of its time. */
function afterFetch(options: CallOptions, { fetched }: Request): CallOptions {
  const { responseTimeout } = options;
  if (fetched === undefined || responseTimeout === undefined) return options;
  return { ...options, responseTimeout: Math.max(1, responseTimeout - fetched.duration) };
}

/** A model's two ways to Bedrock: by the native client, and by AWS's client for JavaScript where the user has touched `client`. */
export class ModelConnection implements Connection {
  readonly #options: ModelConnectionOptions;
  readonly #limits: CallLimits;
  readonly #native: NativeConnection;
  readonly #failover: FailoverConnection | undefined;
  readonly #property: ClientProperty;
  #javaScript: { client: AwsClient; connection: JavaScriptConnection } | undefined;
  #isClosed = false;

  /** Defines the property of `owner` that holds AWS's client for JavaScript. */
  constructor(owner: object, options: ModelConnectionOptions) {
    const { native, javaScript, maxConcurrency, rateLimit, availability } = options;
    this.#options = options;
    const rateLimitsOf = (client: ClientConfiguration): RateLimits | undefined => (rateLimit == null ? undefined : new RateLimits(rateLimit, quotaIdentityOf(client)));
    this.#limits = {
      semaphore: maxConcurrency === undefined || maxConcurrency === Infinity ? undefined : new Semaphore(maxConcurrency),
      rateLimits: rateLimitsOf(native),
    };
    this.#native = new NativeConnection(native, this.#limits);
    this.#failover = availability && new FailoverConnection(availability, this.#limits.semaphore, rateLimitsOf);
    this.#property = new ClientProperty(owner, javaScript);
  }

  /** Whether a call may be made at several targets, or twice. */
  get hasTargets(): boolean {
    return this.#failover !== undefined;
  }

  /** Whether requests go by the native client now. */
  get isNative(): boolean {
    return this.#property.inUse === undefined;
  }

  /** The client of requests that name neither credentials nor a time limit for connecting of their own. */
  get nativeClient(): SharedClient {
    return this.#native.client;
  }

  /** A client with these credentials, and else as the model's. */
  nativeClientWith(credentials: CredentialType): SharedClient {
    return acquireClient({ ...this.#options.native, credentials, bearerToken: undefined, isUnsigned: undefined, webIdentity: undefined });
  }

  /** The endpoint that options or environment name; `undefined` where AWS's files, the region or a JavaScript client decide. */
  get endpointUrl(): string | undefined {
    return this.isNative ? this.#options.native.endpointUrl : undefined;
  }

  converse<Message extends Measured>(request: Request, options: CallOptions): Promise<Message> {
    return mayNameMedia(request) ? this.#converseWithMedia(request, options) : this.#answering.converse(request, options);
  }

  async #converseWithMedia<Message extends Measured>(request: Request, options: CallOptions): Promise<Message> {
    const sent = await this.#native.fetchMedia(request, options);
    try {
      return await this.#answering.converse(sent, afterFetch(options, sent));
    } finally {
      releaseMedia(sent);
    }
  }

  stream<Element extends object>(request: Request, streamOptions: NativeStreamOptions, options: CallOptions): AsyncGenerator<Element[]> {
    return mayNameMedia(request) ? this.#streamWithMedia(request, streamOptions, options) : this.#answering.stream(request, streamOptions, options);
  }

  async *#streamWithMedia<Element extends object>(request: Request, streamOptions: NativeStreamOptions, options: CallOptions): AsyncGenerator<Element[]> {
    const sent = await this.#native.fetchMedia(request, options);
    try {
      for await (const batch of this.#answering.stream<Element>(sent, streamOptions, afterFetch(options, sent))) {
        // The request was sent, and the answer may take minutes.
        releaseMedia(sent);
        yield batch;
      }
    } finally {
      releaseMedia(sent);
    }
  }

  embed(request: Request, options: CallOptions): Promise<Float64Array> {
    return this.#way().embed(request, options);
  }

  countTokens(request: Request, options: CallOptions): Promise<number | undefined> {
    return this.#way().countTokens(request, options);
  }

  /** What was learnt by counts of this client. */
  get tokenMemory(): TokenMemory {
    return this.#way().tokenMemory;
  }

  request<Answer extends object>(request: ServiceRequest, options: CallOptions): Promise<Answer> {
    return this.#way().request(request, options);
  }

  prewarm(options: CallOptions): Promise<void> {
    return this.#way().prewarm(options);
  }

  /** Closes the connections that no other model uses. Calls that are under way go on, later ones are refused. */
  close(): void {
    this.#isClosed = true;
    this.#native.close();
    this.#failover?.close();
    this.#property.destroy();
  }

  /** The way to an answer of the model. */
  get #answering(): Pick<Connection, "converse" | "stream"> {
    const way = this.#way();
    if (this.#failover === undefined) return way;
    if (way !== this.#native) throw new Error(NEEDS_NATIVE);
    return this.#failover;
  }

  #way(): NativeConnection | JavaScriptConnection {
    const client = this.#isClosed ? undefined : this.#property.inUse;
    if (client === undefined) return this.#native;
    if (this.#javaScript?.client !== client) this.#javaScript = { client, connection: this.#connectionOf(client) };
    return this.#javaScript.connection;
  }

  #connectionOf(client: AwsClient): JavaScriptConnection {
    const { native, javaScript } = this.#options;
    const { semaphore, rateLimits } = this.#limits;
    // A client of the user's has keys of its own.
    const limits = { semaphore, rateLimits: this.#property.isMade(client) ? rateLimits : rateLimits?.by(client) };
    const convert = (request: Request): Promise<NativeConverseRequest> => this.#native.convert(request);
    return new JavaScriptConnection(javaScript.service, client, native.region ?? "", javaScript.headers, limits, convert);
  }
}
