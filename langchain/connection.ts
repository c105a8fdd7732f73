import type { UsageMetadata } from "@langchain/core/messages";
import { followSignal, untilAborted } from "./cancellation.js";
import { acquireClient, type ClientOptions, releaseClient, type SharedClient } from "./clients.js";
import { Places } from "./concurrency.js";
import { readCredentials } from "./credentials.js";
import { RequestTrace } from "./diagnostics.js";
import { convertToError, type ResponseMetadata } from "./errors.js";
import { handOver } from "./hand_over.js";
import { addon, type NativeCallOptions, type NativeFailure, type NativeStream, type NativeStreamOptions } from "./native.js";
import type { Request } from "./request.js";
import type { CredentialType } from "./types.js";

export interface CallOptions {
  signal?: AbortSignal;
  credentials?: CredentialType;
  bearerToken?: string | (() => string | Promise<string>);
  headers?: Record<string, string>;
  connectTimeout?: number;
  /** Milliseconds; `undefined` for ever. */
  responseTimeout?: number;
}

/** What the core says of an answer and a chunk that diagnostics want to know. */
interface Measured {
  usage_metadata?: UsageMetadata;
  usage?: UsageMetadata;
  message?: { usage_metadata?: UsageMetadata };
  response_metadata?: object;
}

/** Gives back the places of streams whose readers went away without a word: a generator that is collected runs no `finally`. */
const abandoned = new FinalizationRegistry<Places>((places) => places.leave());

/** A model's way to Bedrock: the addon's client with JavaScript's manners. Failures are thrown, and an `AbortSignal` stops a call. */
export class Connection {
  readonly #options: ClientOptions;
  readonly #places: Places | undefined;
  /** By connect timeout; the model's own under `undefined`. */
  readonly #clients = new Map<number | undefined, SharedClient>();
  #isClosed = false;

  constructor(options: ClientOptions, maxConcurrency: number | undefined) {
    // Where the addon is missing, a program had better know before its first call.
    addon();
    this.#options = options;
    this.#places = maxConcurrency === undefined || maxConcurrency === Infinity ? undefined : new Places(maxConcurrency);
  }

  /** Resolves with the answer, as `NativeMessage` in `messages.ts` has it. */
  async converse<Message extends Measured>(request: Request, options: CallOptions): Promise<Message> {
    const { signal, responseTimeout } = options;
    const client = this.#client(options);
    if (this.#places) await this.#places.take(signal);
    const trace = RequestTrace.start("converse", request.modelId, this.#options.region);
    const link = followSignal(signal);
    try {
      const { native, mailbox } = client;
      const own = await ownOptions(options);
      const handedOver = await handOver(request, client);
      const outcome = await mailbox.ask((call) => native.converse(call, handedOver, responseTimeout, link.token, own));
      if (typeof outcome !== "string") throw errorOf(outcome as NativeFailure, client, signal);
      const message = JSON.parse(outcome) as Message;
      trace?.end(metadataOf(message), message.usage_metadata);
      return message;
    } catch (error) {
      trace?.error(error);
      throw error;
    } finally {
      link.release();
      this.#places?.leave();
    }
  }

  /** Yields what is ready, in batches. Leaving the loop ends the request. */
  async *stream<Element extends object>(request: Request, form: NativeStreamOptions, options: CallOptions): AsyncGenerator<Element[]> {
    const { signal, responseTimeout } = options;
    const client = this.#client(options);
    if (this.#places) await this.#places.take(signal);
    const trace = RequestTrace.start("converse-stream", request.modelId, this.#options.region);
    const link = followSignal(signal);
    try {
      const { native, mailbox } = client;
      const own = await ownOptions(options);
      const handedOver = await handOver(request, client);
      const opened = await mailbox.ask((call) => native.converseStream(call, handedOver, responseTimeout, link.token, own, form));
      const stream = opened as NativeStream | NativeFailure;
      if (!("next" in stream)) throw errorOf(stream, client, signal);
      if (this.#places) abandoned.register(stream, this.#places, stream);
      try {
        let usage: UsageMetadata | undefined;
        for (;;) {
          const batch = await mailbox.ask((call) => stream.next(call));
          if (batch === undefined) break;
          if (typeof batch !== "string") throw errorOf(batch as NativeFailure, client, signal);
          const elements = JSON.parse(batch) as Element[];
          if (trace) {
            trace.firstEvent();
            usage = usageOf(elements) ?? usage;
          }
          yield elements;
        }
        trace?.end(JSON.parse(stream.metadata) as ResponseMetadata, usage);
      } finally {
        abandoned.unregister(stream);
        stream.close();
      }
    } catch (error) {
      trace?.error(error);
      throw error;
    } finally {
      link.release();
      this.#places?.leave();
    }
  }

  /** Resolves credentials and opens a connection ahead of the first call. */
  async prewarm(signal: AbortSignal | undefined): Promise<void> {
    const client = this.#client({});
    const link = followSignal(signal);
    try {
      const failure = (await client.mailbox.ask((call) => client.native.prewarm(call, link.token))) as NativeFailure | undefined;
      if (failure !== undefined) throw errorOf(failure, client, signal);
    } finally {
      link.release();
    }
  }

  /** Closes what no other model uses; calls that are under way go on. */
  close(): void {
    this.#isClosed = true;
    for (const [connectTimeout, client] of this.#clients) releaseClient(this.#withConnectTimeout(connectTimeout), client);
    this.#clients.clear();
  }

  /** A call with a connect timeout of its own has connections of its own. */
  #client({ connectTimeout }: CallOptions): SharedClient {
    if (this.#isClosed) throw new Error("ChatBedrockConverse: this model was closed; close() ends its connection for good.");
    const client = this.#clients.get(connectTimeout) ?? acquireClient(this.#withConnectTimeout(connectTimeout));
    this.#clients.set(connectTimeout, client);
    return client;
  }

  #withConnectTimeout(connectTimeout: number | undefined): ClientOptions {
    if (connectTimeout === undefined) return this.#options;
    return { ...this.#options, network: { ...this.#options.network, connectTimeout: connectTimeout || undefined } };
  }
}

function ownOptions(options: CallOptions): NativeCallOptions | Promise<NativeCallOptions> | undefined {
  const { credentials, bearerToken, headers } = options;
  if (credentials !== undefined || typeof bearerToken === "function") return askForSecrets(options);
  return bearerToken === undefined && headers === undefined ? undefined : { bearerToken, headers };
}

/** Functions of the user's are called here, once per call. */
async function askForSecrets({ credentials, bearerToken, headers, signal }: CallOptions): Promise<NativeCallOptions> {
  return {
    headers,
    credentials: credentials && (await untilAborted(readCredentials(credentials), signal)),
    bearerToken: typeof bearerToken === "function" ? await untilAborted(Promise.resolve().then(bearerToken), signal) : bearerToken,
  };
}

function metadataOf({ response_metadata }: Measured): ResponseMetadata {
  return (response_metadata as { $metadata?: ResponseMetadata } | undefined)?.$metadata ?? {};
}

function usageOf(elements: Measured[]): UsageMetadata | undefined {
  const measured = elements.find((element) => element.usage ?? element.message?.usage_metadata);
  return measured?.usage ?? measured?.message?.usage_metadata;
}

function errorOf(failure: NativeFailure, client: SharedClient, signal: AbortSignal | undefined): unknown {
  return convertToError(failure, signal, client.credentials?.thrown);
}
