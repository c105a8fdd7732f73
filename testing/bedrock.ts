import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import type { ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { assertAnswer, assertTokenCount, json } from "./answers.js";
import { type Certified, madeUpCertificate } from "./certificate.js";
import { checkRequest } from "./checks/index.js";
import { defaultAnswer } from "./default_answer.js";
import { deliver, dropConnection, prepareDelivery, refuse, scriptingError, sendError, sendRecording, sendStored, sendTokenCount, type Exchange } from "./delivery.js";
import { answerRecord } from "./records.js";
import { embeddingAnswer } from "./embeddings.js";
import { serviceError, type ServiceError } from "./errors.js";
import { guardrailAnswer, isAboutGuardrails } from "./guardrails.js";
import { isJobOperation, Jobs, type RecordOutcome } from "./jobs.js";
import { listen, type Listener } from "./listener.js";
import { completionOf, describeRequest, parseBody, readBody, type Incoming } from "./requests.js";
import { Recorder } from "./recording.js";
import { Replay } from "./replay.js";
import { retrievalAnswer } from "./retrieval.js";
import { isS3Operation, namedByS3, ObjectStore } from "./s3.js";
import { serviceOf } from "./services.js";
import { checkAuthorization } from "./signature.js";
import { estimateTokens } from "./tokens.js";
import { forward, isSignedAnew } from "./upstream.js";
import type { Answer, BedrockRequest, Connection, Credentials, JobFault, Operation, RequestBody, StartBedrockOptions, TokenCount, TokenCountFunction } from "./types.js";

/** Invented: AWS issues no such key. */
const MADE_UP_CREDENTIALS: Credentials = {
  accessKeyId: "AKIALOCALBEDROCKTEST",
  secretAccessKey: "local-bedrock-endpoint-secret-made-up-00",
};

/**
 * Starts a local Converse endpoint.
 *
 * @throws Error when the port is in use or an option is invalid.
 */
export async function startBedrock(options: StartBedrockOptions = {}): Promise<Bedrock> {
  const { port = 0, pace = 0 } = options;
  if (!Number.isInteger(port) || port < 0 || port > 65535) {
    throw new RangeError(`The port must be a whole number from 0 to 65535, not ${port}.`);
  }
  if (options.now !== undefined && typeof options.now !== "function") throw new TypeError("`now` must be a function that returns the endpoint's time as a Date.");
  if (Array.isArray(options.credentials) && options.credentials.length === 0) throw new RangeError("`credentials` must have at least one key pair.");
  if (pace !== "recorded" && !(pace >= 0)) throw new RangeError(`The pace must be a number of milliseconds, 0 or more, not ${pace}.`);
  return Bedrock.start(options);
}

/** A running local Converse endpoint. It serves HTTP/1.1 and HTTP/2 on 127.0.0.1. */
export class Bedrock implements AsyncDisposable {
  readonly port: number;
  readonly url: string;
  /** With TLS, the file with the certificate that a client has to trust; it is deleted when the endpoint closes. */
  readonly certificateFile: string | undefined;
  readonly region: string;
  readonly credentials: Credentials;
  /** What a client needs, to be spread into the options of `ChatBedrockConverse`. */
  readonly connection: Connection;
  /** The requests received so far, also those that were refused, oldest first. */
  readonly requests: BedrockRequest[] = [];
  /** The objects of its S3, which batch inference reads and writes. */
  readonly s3: ObjectStore = new ObjectStore();
  /** The number of connections accepted since the start. */
  connections = 0;

  readonly #accepted: readonly Credentials[];
  readonly #listener: Listener;
  readonly #options: StartBedrockOptions;
  readonly #replay: Replay | undefined;
  readonly #recorder: Recorder | undefined;
  readonly #queue: Answer[] = [];
  readonly #guardrailQueue: Answer[] = [];
  readonly #operationQueues = new Map<Operation, Answer[]>();
  readonly #jobs: Jobs;
  #otherwise: Answer = defaultAnswer;
  #tokenCount: TokenCount | TokenCountFunction = estimateTokens;
  #closing: Promise<void> | undefined;

  private constructor(listener: Listener, certificateFile: string | undefined, sources: Sources, options: StartBedrockOptions) {
    this.port = listener.port;
    this.url = listener.url;
    this.certificateFile = certificateFile;
    this.region = options.region ?? "us-east-1";
    this.#accepted = [options.credentials ?? MADE_UP_CREDENTIALS].flat();
    this.credentials = this.#accepted[0]!;
    this.#options = options;
    this.#listener = listener;
    this.#replay = sources.replay;
    this.#recorder = sources.recorder;
    this.connection = this.#describeConnection();
    this.#jobs = new Jobs(this.s3, this.region, options.batchQuotas, (modelId, body) => this.#answerRecord(modelId, body));
  }

  /** The part of `startBedrock` after the options were checked. */
  static async start(options: StartBedrockOptions): Promise<Bedrock> {
    const sources = openSources(options);
    const tls: (Certified & { authority?: string }) | undefined = options.tls === true ? madeUpCertificate() : options.tls || undefined;
    const listener = await listen(options.port ?? 0, tls, {
      onConnection: () => bedrock.connections++,
      onRequest: (incoming, response) => void bedrock.#handle(incoming, response),
    }).catch((error: unknown) => {
      sources.recorder?.close();
      throw error;
    });
    const bedrock = new Bedrock(listener, tls && writeCertificate(tls.authority ?? tls.cert), sources, options);
    return bedrock;
  }

  /** Queues answers: each is sent once, in this order. Throws a `TypeError` for a value that is not an answer. */
  reply(...answers: Answer[]): this {
    answers.forEach(assertAnswer);
    this.#queue.push(...answers);
    return this;
  }

  /** Sets the answer for when the queue is empty. `defaultAnswer` restores the initial one. */
  replyAlways(answer: Answer): this {
    assertAnswer(answer);
    this.#otherwise = answer;
    return this;
  }

  /** Sets the answer to `count-tokens`, which is an estimate otherwise. The queue is not used. */
  replyToCountTokens(count: TokenCount | TokenCountFunction): this {
    if (typeof count !== "function") assertTokenCount(count);
    this.#tokenCount = count;
    return this;
  }

  /**
   * Queues answers to ApplyGuardrail and InvokeGuardrailChecks: `guardrailIntervention()`, `json()`, an error or a fault. Each is sent once, in this order;
   * otherwise nothing is found. The other queue is not used.
   */
  replyToGuardrails(...answers: Answer[]): this {
    answers.forEach(assertAnswer);
    this.#guardrailQueue.push(...answers);
    return this;
  }

  /** Queues answers to one operation, such as `s3-upload-part` or `get-model-invocation-job`: an error, a fault or `json()`. Each is sent once, in this order. */
  replyTo(operation: Operation, ...answers: Answer[]): this {
    answers.forEach(assertAnswer);
    this.#operationQueues.set(operation, [...(this.#operationQueues.get(operation) ?? []), ...answers]);
    return this;
  }

  /** Queues what goes wrong in jobs of batch inference: each job that is created takes the next. `{}` is a job in which nothing goes wrong. */
  replyToJobs(...faults: JobFault[]): this {
    this.#jobs.addFaults(faults);
    return this;
  }

  /** Clears the queued answers and the received requests. */
  reset(): void {
    this.#queue.length = 0;
    this.#guardrailQueue.length = 0;
    this.#operationQueues.clear();
    this.requests.length = 0;
  }

  /** Stops at once: all connections are closed, also during an answer. */
  close(): Promise<void> {
    if (this.certificateFile !== undefined) rmSync(dirname(this.certificateFile), { recursive: true, force: true });
    this.#closing ??= this.#listener.close().then(() => this.#recorder?.close());
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #describeConnection(): Connection {
    const { accessKeyId, secretAccessKey, sessionToken } = this.credentials;
    const { bearerToken } = this.#options;
    return {
      endpointUrl: this.url,
      region: this.region,
      credentials: { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) },
      ...(bearerToken === undefined ? {} : { bedrockBearerToken: bearerToken }),
      ...(this.certificateFile === undefined ? {} : { caBundle: this.certificateFile }),
    };
  }

  async #handle(incoming: Incoming, response: ServerResponse): Promise<void> {
    const rawBody = await readBody(incoming);
    if (rawBody === undefined) return;
    if (this.#options.now) response.setHeader("date", this.#options.now().toUTCString());
    const body = parseBody(rawBody);
    const exchange = this.#record(incoming, response, rawBody, body ?? {});
    const refusal = this.#refusalOf(exchange.request, body !== undefined);
    if (refusal) return refuse(refusal, exchange);
    try {
      await this.#answer(exchange);
    } catch (error) {
      if (response.headersSent) dropConnection(exchange);
      else sendError(scriptingError(error), exchange);
    }
  }

  async #answer(exchange: Exchange): Promise<void> {
    const { request } = exchange;
    const own = this.#operationQueues.get(request.operation)?.shift();
    if (own !== undefined) return deliver(await prepareDelivery(own, request), exchange);
    if (isS3Operation(request.operation)) return sendStored(this.s3.answer(request), exchange);
    if (isJobOperation(request.operation)) return this.#answerJob(exchange);
    if (request.operation === "count-tokens") {
      if (this.#tokenCount === estimateTokens && (this.#options.upstream || this.#replay)) return this.#answerAsRecorded(exchange);
      return sendTokenCount(this.#tokenCount, exchange);
    }
    const scripted = (isAboutGuardrails(request) ? this.#guardrailQueue : this.#queue).shift();
    if (scripted !== undefined) return deliver(await prepareDelivery(scripted, request), exchange);
    if (this.#options.upstream || this.#replay) return this.#answerAsRecorded(exchange);
    await this.#answerOtherwise(exchange);
  }

  async #answerJob(exchange: Exchange): Promise<void> {
    const answer = await this.#jobs.handle(exchange.request);
    if ("status" in answer && "message" in answer && "name" in answer) return sendError(answer as ServiceError, exchange);
    await deliver({ kind: "json", body: answer }, exchange);
  }

  /** A record of a job takes its answer from the queue of the model's answers, in the order of the records. */
  async #answerRecord(modelId: string, body: RequestBody): Promise<RecordOutcome> {
    const isStrict = this.#options.strict !== false;
    return answerRecord(modelId, body, isStrict, () => this.#queue.shift() ?? this.#otherwise);
  }

  /** The answer when the queue is empty: of an embedding model vectors, of a retriever passages, that depend on the request only; of a guardrail that it found nothing. */
  async #answerOtherwise(exchange: Exchange): Promise<void> {
    const { request } = exchange;
    const body = guardrailAnswer(request) ?? (this.#otherwise === defaultAnswer ? madeUpBody(request) : undefined);
    await deliver(await prepareDelivery(body === undefined ? this.#otherwise : json(body), request), exchange);
  }

  /** The answer from the recordings, else from upstream, else, unless `strict` is on, a generated one. */
  async #answerAsRecorded(exchange: Exchange): Promise<void> {
    const { request } = exchange;
    const { upstream, strict } = this.#options;
    const recording = this.#replay?.next(request);
    if (recording) return sendRecording(recording, exchange);
    if (upstream) {
      const recorded = await forward(exchange, upstream, this.region);
      if (recorded) this.#recorder?.write(recorded);
      return;
    }
    if (this.#replay && strict !== false) return refuse(this.#replay.unrecorded(request), exchange);
    if (request.operation === "count-tokens") return sendTokenCount(estimateTokens, exchange);
    await this.#answerOtherwise(exchange);
  }

  #record(incoming: Incoming, response: ServerResponse, rawBody: Buffer, body: RequestBody): Exchange {
    const start = performance.now();
    const isComplete = completionOf(response);
    let endedHere = false;
    const closed = new Promise<void>((resolve) => {
      const end = (): void => {
        request.aborted = !isComplete() && !endedHere && this.#closing === undefined;
        request.response.duration = performance.now() - start;
        resolve();
        this.#options.onRequest?.(request);
      };
      // A client that left while its body was read has been reported already.
      if (isClosed(response)) void Promise.resolve().then(end);
      else response.once("close", end);
    });
    const request: BedrockRequest = { ...describeRequest(incoming, rawBody, body), closed };
    this.requests.push(request);
    const { pace = 0 } = this.#options;
    return { request, response, pace, start, onDrop: () => (endedHere = true) };
  }

  /** The error for a request that is refused; the queue is not used. */
  #refusalOf(request: BedrockRequest, isJson: boolean): ServiceError | undefined {
    if (request.operation === "unknown") {
      return serviceError("UnknownOperationException", `There is no operation ${request.method} ${request.url}.`);
    }
    const { upstream, strict, bearerToken, now = machineTime } = this.#options;
    if (upstream && !isSignedAnew(upstream)) return undefined;
    const signed = { method: request.method, url: request.url, headers: request.headers, body: request.rawBody };
    const rules = { service: serviceOf(request.operation).name, region: this.region, credentials: this.#accepted, bearerToken };
    const refusal = checkAuthorization(signed, rules, now());
    const isS3 = isS3Operation(request.operation);
    if (refusal) return isS3 ? namedByS3(refusal) : refusal;
    const hasBody = !isS3 && request.method === "POST" && request.operation !== "stop-model-invocation-job";
    if (hasBody && !isJson) return serviceError("SerializationException", "The request body is not a JSON object.");
    return strict === false || upstream ? undefined : checkRequest(request);
  }
}

/** Over HTTP/2 the stream knows. */
function isClosed(response: ServerResponse): boolean {
  return response.closed || (response as { stream?: { destroyed: boolean } }).stream?.destroyed === true;
}

function machineTime(): Date {
  return new Date();
}

/** What another service than Converse answers by default. */
function madeUpBody(request: BedrockRequest): object | undefined {
  return retrievalAnswer(request) ?? (request.operation === "invoke" ? embeddingAnswer(request) : undefined);
}

/** Clients in all languages take certificates as files. */
function writeCertificate(certificate: string | Buffer): string {
  const file = join(mkdtempSync(join(tmpdir(), "langchain-aws-native-")), "certificate.pem");
  writeFileSync(file, certificate);
  return file;
}

/** The files for replay and record. */
interface Sources {
  replay: Replay | undefined;
  recorder: Recorder | undefined;
}

/** Opened before the server listens, so that errors are reported at the start. */
function openSources({ replay, record, upstream }: StartBedrockOptions): Sources {
  if (record !== undefined && !upstream) {
    throw new Error("`record` needs `upstream`, which says where requests go: { credentials } or { bearerToken } for Amazon Bedrock, or { url }.");
  }
  return {
    replay: replay === undefined ? undefined : new Replay([replay].flat()),
    recorder: record === undefined ? undefined : new Recorder(record, [upstream?.credentials, upstream?.bearerToken]),
  };
}
