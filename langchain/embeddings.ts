import { AsyncLocalStorage } from "node:async_hooks";
import { setMaxListeners } from "node:events";
import { Embeddings } from "@langchain/core/embeddings";
import { getEnvironmentVariable } from "@langchain/core/utils/env";
import { resolveSecrets } from "./configuration/authentication.js";
import { prewarmOptions, resolveCallOptions } from "./configuration/call_options.js";
import { connectionOptions, resolveRegion, withClientOptions } from "./configuration/connection_options.js";
import { checkCallOptions, checkConstructorOptions, EMBEDDINGS_CALL_OPTIONS, EMBEDDINGS_OPTIONS } from "./configuration/option_checks.js";
import { checkText, checkTexts } from "./configuration/text_checks.js";
import type { CallOptions } from "./connection/call.js";
import { ModelConnection } from "./connection/model_connection.js";
import { addon } from "./native.js";
import { type EmbeddingParameters, type EmbeddingPurpose, writeEmbeddingRequest } from "./request/embedding_request.js";
import { estimateEmbedding } from "./request/quota.js";
import type { Request } from "./request/request.js";
import { embeddingError } from "./response/errors.js";
import { toVectors } from "./response/vectors.js";
import type { BedrockRuntimeClient, ClientOptions } from "./types/aws_client.js";
import type { ConnectionOptions } from "./types/connection.js";
import type { BedrockEmbeddingsCallOptions, BedrockEmbeddingsParams } from "./types/embeddings.js";

/** As error messages name it; a bundler may rename the class. */
const CLASS_NAME = "BedrockEmbeddings";

/** Requests of one instance at once. */
const DEFAULT_MAX_CONCURRENCY = 16;

/** As LangChain's `AsyncCaller`: embedding many documents is what Bedrock throttles. */
const DEFAULT_MAX_RETRIES = 6;

/** Fields that may hold secrets: they can be read, but are not enumerable, so that no dump shows them. */
const SECRETS = ["bedrockBearerToken", "clientOptions", "credentials"] as const;

/** What the text is for that an overridden `_embedText` was called with; such a method takes the text alone. */
const purposes = new AsyncLocalStorage<EmbeddingPurpose>();

/**
 * Embeddings of texts by the models of Amazon Bedrock, with the names, types and results of the class of the same name in `@langchain/aws`. Titan,
 * Cohere, Nova and Marengo are asked as each requires; any other model is asked as Titan.
 *
 * ```ts
 * const embeddings = new BedrockEmbeddings({ model: "cohere.embed-v4:0", region: "us-east-1" });
 * const vectors = await embeddings.embedDocuments(["The sky is blue.", "Grass is green."]);
 * ```
 *
 * A call throws an `Error` whose message is "An error occurred while embedding documents with Bedrock: …" and whose `cause` is the error of the request;
 * its signal's reason when that fires; and one sentence for a text that cannot be embedded.
 */
export class BedrockEmbeddings extends Embeddings {
  model: string;
  applicationInferenceProfile?: string;
  batchSize: number;
  modelParameters?: Record<string, unknown>;
  dimensions?: number;
  responseTimeout?: number;
  bedrockBearerToken?: ConnectionOptions["bedrockBearerToken"];
  credentials?: ConnectionOptions["credentials"];
  clientOptions?: ClientOptions;
  /** Empty when only the AWS profile or the instance metadata has it, which the first call reads. */
  region: string;
  /**
   * A client of AWS's for JavaScript, made when it is first read. Requests go through it only where it was given, assigned or changed (`send`, middleware);
   * otherwise they go through the native client.
   */
  declare client: BedrockRuntimeClient;
  readonly #connection: ModelConnection;
  readonly #maxConcurrency: number;
  readonly #limitsTokens: boolean;

  constructor(given: BedrockEmbeddingsParams = {}) {
    const fields = withClientOptions(given);
    checkConstructorOptions(CLASS_NAME, fields, EMBEDDINGS_OPTIONS);
    const { maxConcurrency = DEFAULT_MAX_CONCURRENCY, maxRetries = defaultMaxRetries(), ...others } = fields;
    super({ ...given, maxConcurrency });
    this.#maxConcurrency = maxConcurrency;
    this.#limitsTokens = fields.rateLimit?.tokensPerMinute != null;
    this.model = fields.model ?? "amazon.titan-embed-text-v1";
    this.applicationInferenceProfile = fields.applicationInferenceProfile;
    this.batchSize = fields.batchSize ?? 512;
    this.modelParameters = fields.modelParameters;
    this.dimensions = fields.dimensions;
    this.responseTimeout = fields.responseTimeout;
    this.region = resolveRegion(fields);
    this.clientOptions = fields.clientOptions;
    this.credentials = fields.credentials;
    const secrets = resolveSecrets(fields);
    this.bedrockBearerToken = secrets.bedrockBearerToken;
    this.#connection = new ModelConnection(this, connectionOptions(CLASS_NAME, { ...others, maxConcurrency }, this.region, secrets, { maxRetries }));
    for (const secret of SECRETS) Object.defineProperty(this, secret, { enumerable: false });
  }

  /** Fetches credentials and opens a connection, so that the first call finds both. Rejects as that call would. */
  prewarm(options?: { signal?: AbortSignal }): Promise<void> {
    return this.#connection.prewarm(prewarmOptions(options?.signal, this));
  }

  /** Closes the connections that nothing else uses; requests under way go on, later ones are refused, those of a call under way too. */
  close(): void {
    this.#connection.close();
  }

  /** The vector of a question. */
  override async embedQuery(document: string, options: BedrockEmbeddingsCallOptions = {}): Promise<number[]> {
    checkText(CLASS_NAME, "the text of embedQuery", document);
    if (this.#isOverridden) return purposes.run("query", () => this._embedText(document));
    return this.#embedOne(document, "query", this.#callOptions(options));
  }

  /** The vectors of documents, in their order. They are sent together where the model takes several, else side by side. The first failure ends all. */
  override async embedDocuments(documents: string[], options: BedrockEmbeddingsCallOptions = {}): Promise<number[][]> {
    checkTexts(CLASS_NAME, "embedDocuments", documents);
    if (this.#isOverridden) return Promise.all(documents.map((document) => purposes.run("document", () => this._embedText(document))));
    const failed = new AbortController();
    const signal = options.signal ? AbortSignal.any([options.signal, failed.signal]) : failed.signal;
    // LangChain's caller listens once for each request: from ten on Node.js would warn of a leak.
    setMaxListeners(0, signal);
    const call = this.#callOptions({ ...options, signal });
    try {
      return await this.#embedBatches(this.#split(documents), this.#parameters("document"), call);
    } catch (error) {
      failed.abort();
      throw error;
    }
  }

  /** The vector of one text. A subclass may override it; `embedQuery` and `embedDocuments` then call it for each text. */
  protected async _embedText(text: string): Promise<number[]> {
    checkText(CLASS_NAME, "the text of _embedText", text);
    return this.#embedOne(text, purposes.getStore() ?? "document", this.#callOptions({}));
  }

  get #isOverridden(): boolean {
    return this._embedText !== BedrockEmbeddings.prototype._embedText;
  }

  #callOptions(options: BedrockEmbeddingsCallOptions): CallOptions {
    checkCallOptions(CLASS_NAME, options, EMBEDDINGS_CALL_OPTIONS);
    options.signal?.throwIfAborted();
    return resolveCallOptions(options, this);
  }

  async #embedOne(text: string, purpose: EmbeddingPurpose, call: CallOptions): Promise<number[]> {
    const [vector] = await this.#embed([text], this.#parameters(purpose), call);
    return vector as number[];
  }

  /** As many requests at once as may be. Each next one begins when one has its vectors, so that none begins after a failure. */
  async #embedBatches(batches: string[][], parameters: EmbeddingParameters, call: CallOptions): Promise<number[][]> {
    const vectors: number[][][] = [];
    const remaining = batches.entries();
    const work = async (): Promise<void> => {
      for (const [index, batch] of remaining) vectors[index] = await this.#embed(batch, parameters, call);
    };
    await Promise.all(Array.from({ length: Math.min(this.#maxConcurrency, batches.length) }, work));
    return vectors.flat();
  }

  /** One request. */
  async #embed(texts: string[], parameters: EmbeddingParameters, call: CallOptions): Promise<number[][]> {
    try {
      const request = writeEmbeddingRequest(texts, parameters);
      if (this.#limitsTokens) request.quota = () => estimateEmbedding(texts);
      return toVectors(await this.#send(request, call), texts.length);
    } catch (error) {
      throw call.signal?.aborted ? call.signal.reason : embeddingError(error);
    }
  }

  /** Read once for a call: all its requests are to one model, whatever is assigned meanwhile. */
  #parameters(purpose: EmbeddingPurpose): EmbeddingParameters {
    const { model, dimensions, modelParameters } = this;
    return { modelId: this.applicationInferenceProfile ?? model, model, purpose, dimensions, modelParameters };
  }

  /** Through AWS's client for JavaScript, LangChain's caller retries, as in `@langchain/aws`. */
  #send(request: Request, call: CallOptions): Promise<Float64Array> {
    if (this.#connection.isNative) return this.#connection.embed(request, call);
    return this.caller.callWithOptions({ signal: call.signal }, () => this.#connection.embed(request, call));
  }

  #split(texts: string[]): string[][] {
    const size = Math.min(this.batchSize, new (addon().EmbeddingModel)(this.model).maxTexts);
    return Array.from({ length: Math.ceil(texts.length / size) }, (_, index) => texts.slice(index * size, (index + 1) * size));
  }
}

/** `undefined` if the environment says how often to try. */
function defaultMaxRetries(): number | undefined {
  return getEnvironmentVariable("AWS_MAX_ATTEMPTS") === undefined ? DEFAULT_MAX_RETRIES : undefined;
}
