import { addon, type NativeConverseRequest, type NativeStreamConverter, type NativeStreamOptions } from "../native.js";
import { toConverseInput, toCountTokensInput } from "../request/converse_input.js";
import type { Request } from "../request/request.js";
import type { ServiceRequest } from "../request/service_request.js";
import { convertToError, isServiceException, type ResponseMetadata } from "../response/errors.js";
import { publicHeaders } from "../response/headers.js";
import { readTokenCount, type TokenCount } from "../response/token_count.js";
import { toWireJson } from "../response/converse_output.js";
import type { Exchange } from "../types/exchange.js";
import type { AwsService } from "../aws_client.js";
import { type AwsCommand, followHeader, makeCommand, takeHeaders } from "./aws_commands.js";
import type { CallOptions } from "./call.js";
import type { AwsClient } from "./client_property.js";
import { addLateWarnings, addWarnings, type CallLimits, type Connection, enter, takeExchange, takeWarnings } from "./connection.js";
import { convert, unwrap } from "./conversion.js";
import { type Operation, RequestTrace, type Traced } from "./diagnostics.js";
import { JavaScriptCall, type StreamEvent } from "./javascript_call.js";
import { type Measured, measuredInput } from "./measured.js";
import { toNativeRequestAtOnce } from "./native_request.js";
import type { Sent } from "./rate_limits.js";
import { type TokenMemory, tokenMemoryOf } from "./token_memory.js";

/** Options of a call that AWS's client has for all its calls only. */
const REFUSED = { credentials: "credentials", bearerToken: "bedrockBearerToken", connectTimeout: "connectTimeout" } as const satisfies Partial<Record<keyof CallOptions, string>>;

/** The header of an answer of `InvokeModel` with the tokens of the request. */
const INPUT_TOKENS = "x-amzn-bedrock-input-token-count";

/** The way by a client of AWS's for JavaScript. The conversions are native, on this thread unless they take long; the client has its own connections, retries and errors. */
export class JavaScriptConnection implements Connection {
  readonly #service: AwsService;
  readonly #client: AwsClient;
  readonly #region: string;
  readonly #headers: Record<string, string> | undefined;
  readonly #limits: CallLimits;
  readonly #convertElsewhere: (request: Request) => Promise<NativeConverseRequest>;

  /** `headers` are those of every request; `convertElsewhere` converts on another thread. */
  constructor(
    service: AwsService,
    client: AwsClient,
    region: string,
    headers: Record<string, string> | undefined,
    limits: CallLimits,
    convertElsewhere: (request: Request) => Promise<NativeConverseRequest>,
  ) {
    this.#service = service;
    this.#client = client;
    this.#region = region;
    this.#headers = headers;
    this.#limits = limits;
    this.#convertElsewhere = convertElsewhere;
  }

  async converse<Message extends Measured>(request: Request, options: CallOptions): Promise<Message> {
    return this.#ask("converse", request, options, async (call, sent) => {
      type Answered = { $metadata?: ResponseMetadata } | undefined;
      const { converted, answer: answered } = await this.#exchange(sent, (request) => call.send<Answered>(this.#converse("ConverseCommand", request, options, sent.exchange)));
      const { $metadata, ...answer } = answered ?? {};
      const body = toWireJson(answer);
      const message = JSON.parse(unwrap(converted.convertAnswer(body, metadataJson($metadata)))) as Message;
      takeWarnings(message, sent);
      if (sent.exchange?.wantsRaw) message.raw = JSON.parse(body);
      takeExchange(message, sent);
      restoreMetadata(message, $metadata);
      call.end($metadata ?? {}, sent.warnings, message);
      return message;
    });
  }

  async embed(request: Request, options: CallOptions): Promise<Float64Array> {
    return this.#ask("invoke-model", request, options, async (call, sent) => {
      const converted = unwrap(addon().EmbeddingRequest.convert(toNativeRequestAtOnce(sent)));
      const { modelId, body } = converted;
      const command = this.#command("InvokeModelCommand", { modelId, body, contentType: "application/json", accept: "application/json" }, options);
      const inputTokens = call.isObserved ? followHeader(command, INPUT_TOKENS) : undefined;
      const answer = await call.send<{ body?: Uint8Array | string; $metadata?: ResponseMetadata }>(command);
      const numbers = unwrap(converted.convertAnswer(Buffer.from(answer?.body ?? "")));
      call.end(answer?.$metadata ?? {}, undefined, measuredInput(Number(inputTokens?.())));
      return numbers;
    });
  }

  /** Converts and sends the request: once more for each thing that the core learns of the model from a refusal, which it then leaves out. */
  async #exchange<Answer>(sent: Request, send: (request: NativeConverseRequest) => Promise<Answer>): Promise<{ converted: NativeConverseRequest; answer: Answer }> {
    for (;;) {
      const converted = isLarge(sent) ? await this.#convertElsewhere(sent) : convert(sent);
      try {
        return { converted, answer: await send(converted) };
      } catch (error) {
        const { name, message } = error as Error;
        if (!converted.learn(String(name), String(message))) throw error;
      }
    }
  }

  #converse(command: string, { modelId, body }: NativeConverseRequest, options: CallOptions, exchange: Exchange | undefined): AwsCommand {
    return this.#command(command, toConverseInput(modelId, body), options, exchange);
  }

  /** Opens a stream; of a model that streams no answer while it has tools, resolves with the body of the whole answer. */
  async #open(call: JavaScriptCall, request: NativeConverseRequest, options: CallOptions, exchange: Exchange | undefined): Promise<{ $metadata?: ResponseMetadata; body?: string }> {
    if (request.streams) return { $metadata: await call.open(this.#converse("ConverseStreamCommand", request, options, exchange)) };
    const failure = request.reportWholeAnswer();
    if (failure) throw convertToError(failure);
    const { $metadata, ...answer } = (await call.send<{ $metadata?: ResponseMetadata } | undefined>(this.#converse("ConverseCommand", request, options, exchange))) ?? {};
    return { $metadata, body: toWireJson(answer) };
  }

  async countTokens(request: Request, options: CallOptions): Promise<number | undefined> {
    return this.#ask("count-tokens", request, options, async (call, sent) => {
      const converted = convert(sent);
      const command = this.#command("CountTokensCommand", toCountTokensInput(converted.modelId, unwrap(converted.countTokensBody())), options);
      const answer = (await call.send<TokenCount | undefined>(command)) ?? {};
      call.end(answer.$metadata ?? {});
      return readTokenCount(answer);
    });
  }

  get tokenMemory(): TokenMemory {
    return tokenMemoryOf(this.#client);
  }

  /** One request with one answer. */
  async #ask<Answer>(operation: Operation, request: Request, options: CallOptions, ask: (call: JavaScriptCall, sent: Request) => Promise<Answer>): Promise<Answer> {
    this.#check(options);
    const sent = await enter(this.#limits, operation, request, options);
    return this.#run(this.#start(operation, sent, options), (call) => ask(call, sent));
  }

  async request<Answer extends object>({ operation, resource, command, input }: ServiceRequest, options: CallOptions): Promise<Answer> {
    this.#check(options);
    if (this.#limits.semaphore !== undefined) await this.#limits.semaphore.acquire(options.signal);
    return this.#run(this.#start(operation, { modelId: resource }, options), async (call) => {
      const answered = await call.send<(Answer & { $metadata?: ResponseMetadata }) | undefined>(this.#command(command, input, options));
      const { $metadata, ...answer } = answered ?? ({} as Answer & { $metadata?: ResponseMetadata });
      call.end($metadata ?? {});
      return answer as unknown as Answer;
    });
  }

  async #run<Answer>(call: JavaScriptCall, ask: (call: JavaScriptCall) => Promise<Answer>): Promise<Answer> {
    try {
      return await ask(call);
    } catch (error) {
      throw call.fail(error);
    } finally {
      call.release();
    }
  }

  async *stream<Element extends object>(request: Request, streamOptions: NativeStreamOptions, options: CallOptions): AsyncGenerator<Element[]> {
    this.#check(options);
    const sent = await enter(this.#limits, "converse-stream", request, options);
    const call = this.#start("converse-stream", sent, options);
    try {
      const { converted, answer } = await this.#exchange(sent, (request) => this.#open(call, request, options, sent.exchange));
      const { $metadata, body } = answer;
      addWarnings(converted.warnings, sent);
      const converter = converted.openStream(streamOptions, metadataJson($metadata), sent.exchange?.wantsRaw);
      const { hasLateWarnings } = converter;
      const batches = body === undefined ? readStream<Element>(call, converter, streamOptions.idleTimeout) : readAnswer<Element>(call, converter, body);
      for await (const elements of batches) {
        call.observe(elements);
        if (hasLateWarnings) addLateWarnings(converter, sent);
        call.releasePermit();
        yield elements;
      }
      call.end($metadata ?? {}, sent.warnings);
    } catch (error) {
      throw call.fail(error);
    } finally {
      call.release();
    }
  }

  /** Fetches the client's credentials. It has no way to open a connection ahead. */
  async prewarm(options: CallOptions): Promise<void> {
    const call = new JavaScriptCall("converse", this.#client, options, undefined, undefined, undefined);
    const { config } = this.#client;
    try {
      if (typeof config?.credentials === "function") await call.within(Promise.resolve(config.credentials()), "credentials");
    } finally {
      call.release();
    }
  }

  #start(operation: Operation, sent: Traced & Pick<Sent, "quotaUse">, options: CallOptions): JavaScriptCall {
    const trace = RequestTrace.start(operation, sent, this.#region);
    return new JavaScriptCall(operation, this.#client, options, trace, this.#limits.semaphore, sent.quotaUse, this.#region);
  }

  #command(name: string, input: object, { headers }: CallOptions, exchange?: Exchange): AwsCommand {
    const command = makeCommand(this.#service, name, input, this.#allHeaders(headers));
    if (exchange?.wantsHeaders) takeHeaders(command, (received) => void (exchange.headers = publicHeaders(received)));
    return command;
  }

  #allHeaders(headers: Record<string, string> | undefined): Record<string, string> | undefined {
    return this.#headers === undefined && headers === undefined ? undefined : { ...this.#headers, ...headers };
  }

  #check(options: CallOptions): void {
    for (const [option, name] of Object.entries(REFUSED)) {
      if (options[option as keyof typeof REFUSED] === undefined) continue;
      throw new Error(`The call's option ${name} needs the native client, but this model sends by AWS's JavaScript client, which has it for all calls: configure that client, or use a model of its own.`);
    }
  }
}

/** Bytes and characters of attachments from which on a conversion takes milliseconds. */
const LARGE = 1024 * 1024;

function isLarge({ attachments, fetched }: Request): boolean {
  return attachments.reduce((sum, { length }) => sum + length, fetched?.bytes ?? 0) >= LARGE;
}

/** Yields what a whole answer becomes. */
async function* readAnswer<Element>(call: JavaScriptCall, converter: NativeStreamConverter, body: string): AsyncGenerator<Element[]> {
  const elements = parse<Element>(unwrap(converter.pushAnswer(body)));
  call.received();
  if (elements !== undefined) yield elements;
}

/** Yields what each event becomes. */
async function* readStream<Element>(call: JavaScriptCall, converter: NativeStreamConverter, idleTimeout: number | undefined): AsyncGenerator<Element[]> {
  while (!converter.isFinished) {
    const event = await nextEvent(call, converter, idleTimeout);
    if (event === undefined) break;
    const elements = parse<Element>(push(call, converter, event));
    if (elements === undefined) continue;
    call.received();
    yield elements;
  }
  await call.drain();
  const last = parse<Element>(unwrap(converter.finish()));
  if (last !== undefined) yield last;
}

/** `undefined` at the end, which a failure is too if the message is complete: only metadata may be missing. */
async function nextEvent(call: JavaScriptCall, converter: NativeStreamConverter, idleTimeout: number | undefined): Promise<StreamEvent | undefined> {
  try {
    return await call.next(idleTimeout);
  } catch (error) {
    if (!converter.isComplete || isServiceException(error) || call.isAborted) throw error;
    return undefined;
  }
}

/** An exception may come as an event of its own. */
function push(call: JavaScriptCall, converter: NativeStreamConverter, event: StreamEvent): string | null | undefined {
  const [member, value] = Object.entries(event ?? {}).find(([, payload]) => payload !== undefined) ?? [];
  if (member === undefined) return undefined;
  if (isServiceException(value)) throw call.streamError(value);
  const [type, payload] = member === "$unknown" ? (value as [string, unknown]) : [member, value];
  return unwrap(converter.push(type, toWireJson(payload)));
}

function parse<Element>(json: string | null | undefined): Element[] | undefined {
  return json == null ? undefined : (JSON.parse(json) as Element[]);
}

function metadataJson(metadata: object | undefined): string {
  return JSON.stringify(metadata ?? {});
}

/** The client's own `$metadata`, which may have members that the core does not know. */
function restoreMetadata({ response_metadata }: Measured, $metadata: ResponseMetadata | undefined): void {
  if (response_metadata !== undefined) Object.assign(response_metadata, { $metadata });
}
