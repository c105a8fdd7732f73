import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { AsyncLocalStorageProviderSingleton } from "@langchain/core/singletons";
import { type Attributes, context, type Context, diag, type MeterProvider, metrics, type Span, SpanKind, SpanStatusCode, trace, type Tracer } from "@opentelemetry/api";
import type { CancelMessage, EndMessage, ErrorMessage, FailoverMessage, FirstEventMessage, RequestMessage, RetryMessage, StartMessage } from "../langchain/connection/diagnostics.js";
import { version } from "../langchain/version.js";
import { answerAttributesOf, errorAttributesOf, errorTypeOf, identityOf, requestAttributesOf, SCHEMA_URL, spanNameOf, switchAttributesOf } from "./attributes.js";
import { Metrics } from "./metrics.js";
import type { InstrumentOptions } from "./options.js";

/** The instrumentation scope. */
const SCOPE = ["langchain-aws-native", version, { schemaUrl: SCHEMA_URL }] as const;

/** A request under way. */
interface Traced {
  span: Span;
  /** The span's. */
  context: Context;
  metrics: Metrics;
  /** Those of its metrics. */
  attributes: Attributes;
}

type Listener = (message: unknown) => void;

/** Makes spans and metrics of the diagnostics channels. */
export class Instrumentation {
  readonly #options: InstrumentOptions;
  readonly #requests = new Map<number, Traced>();
  readonly #start: Listener = guarded((message: StartMessage) => this.#begin(message));
  /** Beside the start: they are heard for as long as a request is under way. */
  readonly #others: Record<string, Listener> = {
    retry: this.#heard<RetryMessage>((request, { attempts }) => {
      request.span.setAttribute("http.request.resend_count", attempts - 1);
      request.metrics.recordRetries(attempts - 1, request.attributes, request.context);
    }),
    failover: this.#heard<FailoverMessage>((request, message) => {
      request.span.setAttributes(switchAttributesOf(message));
      request.metrics.recordFailover(message, request.attributes, request.context);
    }),
    "first-event": this.#heard<FirstEventMessage>((request, { timeToFirstToken }) => {
      request.span.setAttribute("gen_ai.response.time_to_first_chunk", timeToFirstToken / 1000);
      request.metrics.recordFirstChunk(timeToFirstToken, request.attributes, request.context);
    }),
    end: this.#heard<EndMessage>((request, message) => {
      request.span.setAttributes(answerAttributesOf(message));
      request.metrics.recordAnswer(message, request.attributes, request.context);
      this.#finish(request, message, {});
    }),
    error: this.#heard<ErrorMessage>((request, message) => {
      const { error } = message;
      request.span.setAttributes(errorAttributesOf(error));
      request.span.setStatus({ code: SpanStatusCode.ERROR, message: this.#options.errorMessages ? messageOf(error) : undefined });
      this.#finish(request, message, errorTypeOf(error));
    }),
    cancel: this.#heard<CancelMessage>((request, message) => {
      const outcome = { [message.superseded ? "langchain_aws_native.request.superseded" : "langchain_aws_native.stream.abandoned"]: true };
      request.span.setAttributes(outcome);
      this.#finish(request, message, outcome);
    }),
  };
  #instruments: { provider: MeterProvider; metrics: Metrics } | undefined;
  #isStopped = false;

  constructor(options: InstrumentOptions) {
    this.#options = options;
    subscribe(channelOf("start"), this.#start);
    for (const [event, listener] of Object.entries(this.#others)) subscribe(channelOf(event), listener);
  }

  /** Requests under way are still reported. */
  stop(): void {
    if (this.#isStopped) return;
    this.#isStopped = true;
    unsubscribe(channelOf("start"), this.#start);
    this.#releaseIfDone();
  }

  #begin(message: StartMessage): void {
    const parent = context.active();
    const attributes = { ...requestAttributesOf(message), ...conversation() };
    const span = this.#tracer.startSpan(spanNameOf(message), { kind: SpanKind.CLIENT, attributes }, parent);
    const request = { span, context: trace.setSpan(parent, span), metrics: this.#metrics, attributes: identityOf(message) };
    this.#requests.set(message.id, request);
    const { rateLimitWait } = message;
    if (rateLimitWait !== undefined) request.metrics.recordRateLimitWait(rateLimitWait, request.attributes, request.context);
  }

  /** A listener for requests that were under way, or began, since this was made. */
  #heard<Message extends RequestMessage>(act: (request: Traced, message: Message) => void): Listener {
    return guarded((message: Message) => {
      const request = this.#requests.get(message.id);
      if (request !== undefined) act(request, message);
    });
  }

  #finish({ span, metrics, attributes, context }: Traced, { id, duration }: { id: number; duration: number }, outcome: Attributes): void {
    this.#requests.delete(id);
    this.#releaseIfDone();
    metrics.recordDuration(duration, { ...attributes, ...outcome }, context);
    span.end();
  }

  #releaseIfDone(): void {
    if (!this.#isStopped || this.#requests.size > 0) return;
    for (const [event, listener] of Object.entries(this.#others)) unsubscribe(channelOf(event), listener);
  }

  /** The global provider is asked each time: it may be registered later, or another one. */
  get #tracer(): Tracer {
    return (this.#options.tracerProvider ?? trace.getTracerProvider()).getTracer(...SCOPE);
  }

  get #metrics(): Metrics {
    const provider = this.#options.meterProvider ?? metrics.getMeterProvider();
    if (this.#instruments?.provider !== provider) this.#instruments = { provider, metrics: new Metrics(provider.getMeter(...SCOPE)) };
    return this.#instruments.metrics;
  }
}

function channelOf(event: string): string {
  return `langchain-aws-native:request:${event}`;
}

/** What a listener throws, such as a user's span processor, would end the process. */
function guarded<Message>(act: (message: Message) => void): Listener {
  return (message) => {
    try {
      act(message as Message);
    } catch (error) {
      diag.error("langchain-aws-native: a request was not reported to OpenTelemetry.", error);
    }
  };
}

/** The thread of the LangGraph run, or of the runnable, that makes the request. */
function conversation(): Attributes {
  const config = AsyncLocalStorageProviderSingleton.getRunnableConfig() as { configurable?: { thread_id?: unknown } } | undefined;
  const thread = config?.configurable?.thread_id;
  return typeof thread === "string" || typeof thread === "number" ? { "gen_ai.conversation.id": String(thread) } : {};
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
