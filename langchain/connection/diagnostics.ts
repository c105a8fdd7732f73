import { channel, type Channel } from "node:diagnostics_channel";
import { performance } from "node:perf_hooks";
import type { UsageMetadata } from "@langchain/core/messages";
import type { ServiceOperation } from "../request/service_request.js";
import type { ResponseMetadata } from "../response/errors.js";
import type { RequestWarning } from "../types/warnings.js";

/** What a request asks for. */
export type Operation = "converse" | "converse-stream" | "invoke-model" | "count-tokens" | ServiceOperation;

/** The members of every message on the channels. No message has content of the conversation. */
export interface RequestMessage {
  /** The same on all messages of one request. */
  id: number;
  operation: Operation;
  /** Model id or ARN; of retrievers, the id of the knowledge base or index. */
  model: string;
  /** Empty when only the AWS profile or the instance knows it. */
  region: string;
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

const PREFIX = "langchain-aws-native:request:";
const channels = {
  start: channel(`${PREFIX}start`),
  retry: channel(`${PREFIX}retry`),
  firstEvent: channel(`${PREFIX}first-event`),
  end: channel(`${PREFIX}end`),
  error: channel(`${PREFIX}error`),
} satisfies Record<string, Channel>;

let requests = 0;

/** Publishes the events of one request. Made only while a channel has subscribers. */
export class RequestTrace {
  readonly #message: RequestMessage;
  readonly #start: number = performance.now();
  #firstEvent: number | undefined;

  private constructor(message: RequestMessage) {
    this.#message = message;
    channels.start.publish(message);
  }

  static start(operation: Operation, model: string, region: string = ""): RequestTrace | undefined {
    const { start, retry, firstEvent, end, error } = channels;
    const isHeard = start.hasSubscribers || end.hasSubscribers || error.hasSubscribers || firstEvent.hasSubscribers || retry.hasSubscribers;
    return isHeard ? new RequestTrace({ id: ++requests, operation, model, region }) : undefined;
  }

  firstEvent(): void {
    if (this.#firstEvent !== undefined) return;
    this.#firstEvent = performance.now();
    channels.firstEvent.publish({ ...this.#message, timeToFirstToken: this.#firstEvent - this.#start } satisfies FirstEventMessage);
  }

  end({ requestId, attempts = 1, totalRetryDelay = 0 }: ResponseMetadata, usage: UsageMetadata | undefined, warnings: RequestWarning[] = []): void {
    if (attempts > 1) channels.retry.publish({ ...this.#message, attempts, totalRetryDelay } satisfies RetryMessage);
    const now = performance.now();
    const seconds = this.#firstEvent === undefined ? 0 : (now - this.#firstEvent) / 1000;
    channels.end.publish({
      ...this.#message,
      requestId,
      attempts,
      duration: now - this.#start,
      usage,
      tokensPerSecond: usage !== undefined && seconds > 0 ? usage.output_tokens / seconds : undefined,
      warnings: warnings.length > 0 ? warnings.map(({ code, path }) => ({ code, path })) : undefined,
    } satisfies EndMessage);
  }

  error(error: unknown): void {
    channels.error.publish({ ...this.#message, error, duration: performance.now() - this.#start } satisfies ErrorMessage);
  }
}
