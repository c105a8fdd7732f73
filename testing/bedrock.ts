import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { assertAnswer, assertTokenCount } from "./answers.js";
import { checkRequest } from "./checks/index.js";
import { defaultAnswer } from "./default_answer.js";
import { deliver, dropConnection, prepareDelivery, scriptingError, sendError, sendTokenCount, type Exchange } from "./delivery.js";
import { serviceError, type ServiceError } from "./errors.js";
import { describeRequest, parseBody, readBody, type Incoming } from "./requests.js";
import { checkAuthorization } from "./signature.js";
import { estimateTokens } from "./tokens.js";
import type { Answer, BedrockRequest, Connection, Credentials, RequestBody, StartBedrockOptions, TokenCount, TokenCountFunction } from "./types.js";

const HOST = "127.0.0.1";

/** Stands for nobody: AWS gives out no such key. */
const MADE_UP_CREDENTIALS: Credentials = {
  accessKeyId: "AKIALOCALBEDROCKTEST",
  secretAccessKey: "local-bedrock-endpoint-secret-made-up-00",
};

/**
 * Starts a local Converse endpoint.
 *
 * @throws Error when the port is taken or an option makes no sense.
 */
export async function startBedrock(options: StartBedrockOptions = {}): Promise<Bedrock> {
  const { port = 0, pace = 0 } = options;
  if (!Number.isInteger(port) || port < 0 || port > 65535) {
    throw new RangeError(`The port must be a whole number from 0 to 65535, not ${port}.`);
  }
  if (pace !== "recorded" && !(pace >= 0)) throw new RangeError(`The pace must be a number of milliseconds, 0 or more, not ${pace}.`);
  const server = createServer();
  await listen(server, port);
  return new Bedrock(server, options);
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "EADDRINUSE") return reject(error);
      reject(new Error(`Port ${port} of ${HOST} is already taken; leave out \`port\` to get a free one.`, { cause: error }));
    });
    server.listen(port, HOST, resolve);
  });
}

/** A running local Converse endpoint. It speaks HTTP/1.1 on 127.0.0.1. */
export class Bedrock implements AsyncDisposable {
  readonly port: number;
  readonly url: string;
  readonly region: string;
  readonly credentials: Credentials;
  /** What a client needs, to be spread into the options of `ChatBedrockConverse`. */
  readonly connection: Connection;
  /** The requests received so far, also those that were refused, oldest first. */
  readonly requests: BedrockRequest[] = [];
  /** How many connections were accepted since the start. */
  connections = 0;

  readonly #server: Server;
  readonly #options: StartBedrockOptions;
  readonly #queue: Answer[] = [];
  #otherwise: Answer = defaultAnswer;
  #tokenCount: TokenCount | TokenCountFunction = estimateTokens;
  #closing: Promise<void> | undefined;

  /** Takes over a server that listens; `startBedrock` is the way to get here. */
  constructor(server: Server, options: StartBedrockOptions) {
    this.port = (server.address() as AddressInfo).port;
    this.url = `http://${HOST}:${this.port}`;
    this.region = options.region ?? "us-east-1";
    this.credentials = options.credentials ?? MADE_UP_CREDENTIALS;
    this.#options = options;
    this.#server = server;
    this.connection = this.#describeConnection();
    // A connection that is closed while a client is about to use it again fails that client's request: a test would fail now and then.
    server.keepAliveTimeout = 0;
    server.on("connection", () => this.connections++);
    server.on("request", (incoming, response) => void this.#handle(incoming, response));
  }

  /** Queues answers: each is given once, in this order. Throws a `TypeError` for what is no answer. */
  reply(...answers: Answer[]): this {
    answers.forEach(assertAnswer);
    this.#queue.push(...answers);
    return this;
  }

  /** Sets the answer for when the queue is empty. `defaultAnswer` brings back what it was at the start. */
  replyAlways(answer: Answer): this {
    assertAnswer(answer);
    this.#otherwise = answer;
    return this;
  }

  /** Sets the answer to `count-tokens`, which is an estimate otherwise. It takes nothing from the queue. */
  replyToCountTokens(count: TokenCount | TokenCountFunction): this {
    if (typeof count !== "function") assertTokenCount(count);
    this.#tokenCount = count;
    return this;
  }

  /** Forgets the queued answers and the recorded requests. */
  reset(): void {
    this.#queue.length = 0;
    this.requests.length = 0;
  }

  /** Stops at once: open connections are ended, also those in the middle of an answer. */
  close(): Promise<void> {
    this.#closing ??= new Promise((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
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
    };
  }

  async #handle(incoming: Incoming, response: ServerResponse): Promise<void> {
    const rawBody = await readBody(incoming);
    if (rawBody === undefined) return;
    const body = parseBody(rawBody);
    const exchange = this.#record(incoming, response, rawBody, body ?? {});
    const refusal = this.#refusalOf(exchange.request, body !== undefined);
    if (refusal) return sendError(refusal, exchange);
    try {
      await this.#answer(exchange);
    } catch (error) {
      if (response.headersSent) dropConnection(exchange);
      else sendError(scriptingError(error), exchange);
    }
  }

  async #answer(exchange: Exchange): Promise<void> {
    const { request } = exchange;
    if (request.operation === "count-tokens") return sendTokenCount(this.#tokenCount, exchange);
    await deliver(await prepareDelivery(this.#queue.shift() ?? this.#otherwise, request), exchange);
  }

  #record(incoming: Incoming, response: ServerResponse, rawBody: Buffer, body: RequestBody): Exchange {
    const start = performance.now();
    let isFinished = false;
    let endedHere = false;
    response.once("finish", () => (isFinished = true));
    const closed = new Promise<void>((resolve) => {
      response.once("close", () => {
        request.aborted = !isFinished && !endedHere && this.#closing === undefined;
        request.response.duration = performance.now() - start;
        resolve();
        this.#options.onRequest?.(request);
      });
    });
    const request: BedrockRequest = { ...describeRequest(incoming, rawBody, body), closed };
    this.requests.push(request);
    const { pace = 0 } = this.#options;
    return { request, response, pace, onDrop: () => (endedHere = true) };
  }

  /** The error for a request that gets no answer; it uses up none of the queue. */
  #refusalOf(request: BedrockRequest, isJson: boolean): ServiceError | undefined {
    if (request.operation === "unknown") {
      return serviceError("UnknownOperationException", `There is no operation ${request.method} ${request.url}.`);
    }
    const signed = { method: request.method, url: request.url, headers: request.headers, body: request.rawBody };
    const rules = { region: this.region, credentials: this.credentials, bearerToken: this.#options.bearerToken };
    const refusal = checkAuthorization(signed, rules, new Date());
    if (refusal) return refusal;
    if (!isJson) return serviceError("SerializationException", "The request body is not a JSON object.");
    return this.#options.strict === false ? undefined : checkRequest(request);
  }
}
