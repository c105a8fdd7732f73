import { channel, type Channel } from "node:diagnostics_channel";
import { performance } from "node:perf_hooks";
import type { UsageMetadata } from "@langchain/core/messages";
import type { Request, RequestMembers } from "../request/request.js";
import type { ServiceOperation } from "../request/service_request.js";
import type { ResponseMetadata } from "../response/errors.js";
import type { TargetDescription } from "../types/availability.js";
import type { RequestWarning } from "../types/warnings.js";
import { finishReasonOf, type Measured, usageOf } from "./measured.js";

/** What a request asks for. */
export type Operation = "converse" | "converse-stream" | "invoke-model" | "count-tokens" | ServiceOperation;

/** The members of every message on the channels. No message has content of the conversation. */
export interface RequestMessage {
  /** The same on all messages of one request, and of no other in the process. */
  id: number;
  operation: Operation;
  /** Model id or ARN; of retrievers, the id of the knowledge base or index, of guardrails that of the guardrail. */
  model: string;
  /** Empty when only the AWS profile or the instance knows it. */
  region: string;
}

/** On `langchain-aws-native:request:start`. */
export interface StartMessage extends RequestMessage {
  /** The endpoint that options or environment name; absent where AWS's files or the region decide, and where AWS's client for JavaScript sends. */
  endpoint?: { host: string; port: number };
  parameters: RequestParameters;
  /** Milliseconds that the call waited for its `rateLimit`, before this message; absent without that option. */
  rateLimitWait?: number;
  /** The files that `fetchMedia` fetched for the request: how many, their bytes together, and the milliseconds that it took. */
  fetchedMedia?: { files: number; bytes: number; duration: number };
}

/** What was asked for beside the conversation. What was changed in it is in the warnings of the request's end. */
export interface RequestParameters {
  maxTokens?: number;
  temperature?: number;
  topP?: number;
  stopSequences?: string[];
  /** Id or ARN. */
  guardrail?: string;
  /** Where the answer must be JSON of a schema. */
  outputType?: "json";
  /** Of the vectors of an embedding model. */
  dimensions?: number;
}

/** On `langchain-aws-native:request:retry`, once it is known: after the last attempt. */
export interface RetryMessage extends RequestMessage {
  attempts: number;
  /** Milliseconds spent waiting between attempts. */
  totalRetryDelay: number;
}

/** On `langchain-aws-native:request:first-event`. */
export interface FirstEventMessage extends RequestMessage {
  /** Milliseconds from the call to the answer's first event. */
  timeToFirstToken: number;
}

/** On `langchain-aws-native:request:end`. */
export interface EndMessage extends RequestMessage {
  requestId?: string;
  attempts?: number;
  /** Milliseconds from the call to the end of the answer. */
  duration: number;
  usage?: UsageMetadata;
  /** Converse's `stopReason`. */
  finishReason?: string;
  /** Output tokens per second after the first event, of streams. */
  tokensPerSecond?: number;
  /** What was changed in the request, without the sentences, which may quote the conversation. */
  warnings?: Pick<RequestWarning, "code" | "path">[];
}

/** On `langchain-aws-native:request:error`. */
export interface ErrorMessage extends RequestMessage {
  error: unknown;
  /** Milliseconds from the call to the error. */
  duration: number;
}

/** On `langchain-aws-native:request:failover`, after the start of a request that was not first sent to this target. */
export interface FailoverMessage extends RequestMessage, Switch {}

/** Why a request goes to another target. */
export interface Switch {
  /** Whether the target before failed or rests, or has not answered yet. */
  kind: "failover" | "hedge";
  /** The name or code of the error, such as `ThrottlingException` or `ECONNREFUSED`; `timeout`, `resting` for a target that failed before, `slow` of a hedge. */
  reason: string;
  /** The target before. */
  from: TargetDescription;
}

/**
 * On `langchain-aws-native:request:cancel`: the reader of a stream left it before its end, or another target's answer has begun before.
 */
export interface CancelMessage extends RequestMessage {
  /** `true` if another target has begun to answer before. */
  superseded?: true;
  /** Milliseconds from the call to the moment when the reader left. */
  duration: number;
}

const PREFIX = "langchain-aws-native:request:";
const channels = {
  start: channel(`${PREFIX}start`),
  retry: channel(`${PREFIX}retry`),
  firstEvent: channel(`${PREFIX}first-event`),
  end: channel(`${PREFIX}end`),
  error: channel(`${PREFIX}error`),
  cancel: channel(`${PREFIX}cancel`),
  failover: channel(`${PREFIX}failover`),
} satisfies Record<string, Channel>;

/** Where the process counts its requests: this module may be loaded twice, as an ES module and as CommonJS. */
const REQUESTS = Symbol.for("langchain-aws-native.requests");

function nextId(): number {
  const counter = globalThis as { [REQUESTS]?: number };
  return (counter[REQUESTS] = (counter[REQUESTS] ?? 0) + 1);
}

/** What is told of a request. */
export interface Traced extends Pick<Request, "modelId" | "members">, Partial<Pick<Request, "fetched">> {
  quotaUse?: { waited: number };
}

/** Publishes the events of one request. Made only while a channel has subscribers. */
export class RequestTrace {
  readonly #message: RequestMessage;
  readonly #start: number = performance.now();
  #firstEvent: number | undefined;
  #usage: UsageMetadata | undefined;
  #finishReason: string | undefined;
  #isOver = false;

  private constructor(message: RequestMessage, start: Omit<StartMessage, keyof RequestMessage>) {
    this.#message = message;
    channels.start.publish({ ...message, ...start } satisfies StartMessage);
  }

  static start(
    operation: Operation,
    { modelId, members, quotaUse, fetched }: Traced,
    region: string = "",
    endpointUrl?: string,
    switched?: Switch,
  ): RequestTrace | undefined {
    const { retry, firstEvent, end, error, cancel, failover } = channels;
    const hearsEnd = end.hasSubscribers || error.hasSubscribers || cancel.hasSubscribers;
    const hearsBeginning = channels.start.hasSubscribers || firstEvent.hasSubscribers || retry.hasSubscribers || (switched !== undefined && failover.hasSubscribers);
    if (!hearsEnd && !hearsBeginning) return undefined;
    const start = { endpoint: endpointOf(endpointUrl), parameters: parametersOf(members), rateLimitWait: quotaUse?.waited, ...fetchedMediaOf(fetched) };
    const trace = new RequestTrace({ id: nextId(), operation, model: modelId, region }, start);
    if (switched !== undefined) failover.publish({ ...trace.#message, ...switched } satisfies FailoverMessage);
    return trace;
  }

  /** Cancels the request when `call` is collected: its stream was dropped, neither read to its end nor left. */
  cancelWith(call: object): void {
    dropped.register(call, this);
  }

  firstEvent(): void {
    if (this.#firstEvent !== undefined) return;
    this.#firstEvent = performance.now();
    channels.firstEvent.publish({ ...this.#message, timeToFirstToken: this.#firstEvent - this.#start } satisfies FirstEventMessage);
  }

  /** Keeps what answers and elements of streams say of themselves. */
  observe(answers: Measured[]): void {
    for (const answer of answers) {
      this.#usage = usageOf(answer) ?? this.#usage;
      this.#finishReason = finishReasonOf(answer) ?? this.#finishReason;
    }
  }

  end(metadata: ResponseMetadata, warnings: RequestWarning[] = []): void {
    this.#isOver = true;
    this.#retry(metadata);
    const { requestId, attempts = 1 } = metadata;
    const now = performance.now();
    const usage = this.#usage;
    const seconds = this.#firstEvent === undefined ? 0 : (now - this.#firstEvent) / 1000;
    channels.end.publish({
      ...this.#message,
      requestId,
      attempts,
      duration: now - this.#start,
      usage,
      finishReason: this.#finishReason,
      tokensPerSecond: usage !== undefined && seconds > 0 ? usage.output_tokens / seconds : undefined,
      warnings: warnings.length > 0 ? warnings.map(({ code, path }) => ({ code, path })) : undefined,
    } satisfies EndMessage);
  }

  error(error: unknown): void {
    this.#isOver = true;
    this.#retry(metadataOfError(error));
    channels.error.publish({ ...this.#message, error, duration: this.#duration } satisfies ErrorMessage);
  }

  /** Ends a request that has neither been answered nor failed. `isSuperseded`: since another target's answer has begun before. */
  cancel(isSuperseded: boolean = false): void {
    if (this.#isOver) return;
    this.#isOver = true;
    channels.cancel.publish({ ...this.#message, duration: this.#duration, ...(isSuperseded && { superseded: true }) } satisfies CancelMessage);
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  get #duration(): number {
    return performance.now() - this.#start;
  }

  #retry({ attempts = 1, totalRetryDelay = 0 }: ResponseMetadata): void {
    if (attempts > 1) channels.retry.publish({ ...this.#message, attempts, totalRetryDelay } satisfies RetryMessage);
  }
}

const dropped = new FinalizationRegistry<RequestTrace>((trace) => trace.cancel());

function fetchedMediaOf(fetched: Request["fetched"]): Pick<StartMessage, "fetchedMedia"> | undefined {
  return fetched && { fetchedMedia: { files: new Set(fetched.files.values()).size, bytes: fetched.bytes, duration: fetched.duration } };
}

function endpointOf(url: string | undefined): StartMessage["endpoint"] {
  if (url === undefined || !URL.canParse(url)) return undefined;
  const { hostname, port, protocol } = new URL(url);
  return { host: hostname.replace(/^\[|\]$/g, ""), port: Number(port) || (protocol === "http:" ? 80 : 443) };
}

function parametersOf({ inferenceConfig, guardrailConfig, outputConfig, dimensions }: RequestMembers = {}): RequestParameters {
  const { maxTokens, temperature, topP, stopSequences } = inferenceConfig ?? {};
  const outputType = outputConfig?.textFormat === undefined ? undefined : "json";
  return { maxTokens, temperature, topP, stopSequences, guardrail: guardrailConfig?.guardrailIdentifier, outputType, dimensions };
}

/** What is known of the HTTP exchange of a failed request. What a user's function or signal throws may be anything. */
export function metadataOfError(error: unknown): ResponseMetadata {
  const metadata = (error as { $metadata?: ResponseMetadata } | null | undefined)?.$metadata;
  return typeof metadata === "object" && metadata !== null ? metadata : {};
}
