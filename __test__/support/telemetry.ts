import { type Attributes, context } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { AggregationTemporality, InMemoryMetricExporter, MeterProvider, PeriodicExportingMetricReader, type MetricData } from "@opentelemetry/sdk-metrics";
import { BasicTracerProvider, InMemorySpanExporter, type ReadableSpan, SimpleSpanProcessor, type SpanProcessor } from "@opentelemetry/sdk-trace-base";
import { instrument } from "langchain-aws-native/opentelemetry";
import { deferred } from "./environment.js";

/** OpenTelemetry's own SDK, which keeps in memory what it would export. */
export class Telemetry {
  readonly #spans = new InMemorySpanExporter();
  readonly #metrics = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  // Nothing is exported by a timer.
  readonly #reader = new PeriodicExportingMetricReader({ exporter: this.#metrics, exportIntervalMillis: 2 ** 31 - 1 });
  readonly #ended = deferred();
  readonly tracerProvider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(this.#spans), onEnd(this.#ended.resolve)] });
  readonly meterProvider = new MeterProvider({ readers: [this.#reader] });

  /** The spans that have ended. */
  get spans(): ReadableSpan[] {
    return this.#spans.getFinishedSpans();
  }

  /** The one span that has ended of those that this package makes. */
  get span(): ReadableSpan {
    const [span, other] = this.spans.filter(({ instrumentationScope }) => instrumentationScope.name === "langchain-aws-native");
    if (span === undefined || other !== undefined) throw new Error(`There was to be one span, but there are: ${this.spans.map(({ name }) => name).join(", ")}`);
    return span;
  }

  /** Resolves when the first span has ended: that of a call that is aborted ends after the call has rejected. */
  get whenEnded(): Promise<void> {
    return this.#ended.promise;
  }

  /** The metrics so far. */
  async metrics(): Promise<MetricData[]> {
    this.#metrics.reset();
    await this.#reader.forceFlush();
    return this.#metrics.getMetrics().flatMap(({ scopeMetrics }) => scopeMetrics.flatMap((scope) => scope.metrics));
  }

  /** The series of a metric: of a counter its value, of a histogram the number of values and their sum. */
  async series(name: string): Promise<{ attributes: Attributes; value: unknown }[]> {
    const metric = (await this.metrics()).find(({ descriptor }) => descriptor.name === name);
    return (metric?.dataPoints ?? []).map(({ attributes, value }) => ({ attributes, value: typeof value === "number" ? value : { count: value.count, sum: value.sum } }));
  }

  async shutdown(): Promise<void> {
    await this.tracerProvider.shutdown();
    await this.meterProvider.shutdown();
  }
}

function onEnd(listen: () => void): SpanProcessor {
  return { onStart: () => undefined, onEnd: listen, forceFlush: async () => undefined, shutdown: async () => undefined };
}

/** Makes OpenTelemetry's context follow asynchronous calls, in every test of a file. */
export function useContextManager(): void {
  const manager = new AsyncLocalStorageContextManager();
  beforeAll(() => void context.setGlobalContextManager(manager.enable()));
  afterAll(() => {
    context.disable();
    manager.disable();
  });
}

/** Instruments the package during every test of a file, and gives each test a recording of its own. */
export function useTelemetry(give: (recording: Telemetry) => void): void {
  let recording: Telemetry;
  let stop: () => void;
  beforeEach(() => {
    recording = new Telemetry();
    stop = instrument(recording);
    give(recording);
  });
  afterEach(async () => {
    stop();
    await recording.shutdown();
  });
}
