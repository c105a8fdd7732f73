import { channel } from "node:diagnostics_channel";
import { diag, type DiagLogger, DiagLogLevel, metrics, trace } from "@opentelemetry/api";
import { BasicTracerProvider } from "@opentelemetry/sdk-trace-base";
import * as conventions from "@opentelemetry/semantic-conventions/incubating";
import { AmazonKnowledgeBaseRetriever, BedrockEmbeddings } from "langchain-aws-native";
import { instrument, type InstrumentOptions } from "langchain-aws-native/opentelemetry";
import { startBedrock, throttling, type Bedrock } from "langchain-aws-native/testing";
import { run } from "../support/child.js";
import { deferred, useCleanEnvironment } from "../support/environment.js";
import { ourModel } from "../support/models.js";
import { rejection } from "../support/rejection.js";
import { collect } from "../support/streams.js";
import { Telemetry } from "../support/telemetry.js";

useCleanEnvironment();

let bedrock: Bedrock;
let telemetry: Telemetry;
let stop: () => void = () => undefined;
beforeEach(async () => {
  bedrock = await startBedrock();
  telemetry = new Telemetry();
});
afterEach(async () => {
  stop();
  await telemetry.shutdown();
  await bedrock.close();
});

const EVENTS = ["start", "retry", "first-event", "end", "error", "cancel"];
const heard = (): string[] => EVENTS.filter((event) => channel(`langchain-aws-native:request:${event}`).hasSubscribers);

/** A call whose answer comes when `answer` is called. */
async function callUnderWay(): Promise<{ call: Promise<unknown>; answer: (text: string) => void }> {
  const [requested, answered] = [deferred(), deferred<string>()];
  bedrock.reply(() => {
    requested.resolve();
    return answered.promise;
  });
  const call = ourModel(bedrock).invoke("Hello");
  await requested.promise;
  return { call, answer: answered.resolve };
}

describe("once in a process", () => {
  test("a second call takes the place of the first", async () => {
    const first = new Telemetry();
    const stopFirst = instrument(first);
    stop = instrument(telemetry);
    await ourModel(bedrock).invoke("Hello");
    stopFirst();
    await ourModel(bedrock).invoke("Hello");
    expect([first.spans.length, telemetry.spans.length]).toEqual([0, 2]);
    expect((await telemetry.series("gen_ai.client.operation.duration"))[0]?.value).toMatchObject({ count: 2 });
    await first.shutdown();
  });

  test("with the same providers there is one span for a request", async () => {
    instrument(telemetry);
    stop = instrument(telemetry);
    await ourModel(bedrock).invoke("Hello");
    expect(telemetry.spans).toHaveLength(1);
  });

  test("a request under way is reported by what was on when it began", async () => {
    const first = new Telemetry();
    instrument(first);
    const { call, answer } = await callUnderWay();
    stop = instrument(telemetry);
    answer("Hello.");
    await call;
    expect([first.spans.length, telemetry.spans.length]).toEqual([1, 0]);
    await first.shutdown();
  });

  test("as an ES module and as CommonJS together", async () => {
    const source = `
      import { createRequire } from "node:module";
      import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-base";
      import * as esm from "langchain-aws-native";
      import { instrument } from "langchain-aws-native/opentelemetry";
      const require = createRequire(process.cwd() + "/");
      const commonjs = require("langchain-aws-native");
      const exporter = new InMemorySpanExporter();
      const tracerProvider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
      require("langchain-aws-native/opentelemetry").instrument({ tracerProvider });
      instrument({ tracerProvider });
      const fields = JSON.parse(process.env.FIELDS);
      await Promise.all([esm, commonjs].map(({ ChatBedrockConverse }, index) => new ChatBedrockConverse({ ...fields, model: "model" + index }).invoke("Hello")));
      console.log(exporter.getFinishedSpans().map(({ name }) => name).sort().join());`;
    const printed = await run(source, { environment: { FIELDS: JSON.stringify(bedrock.connection) } });
    expect(printed).toBe("chat model0,chat model1");
  });
});

describe("stopped", () => {
  test("nothing is heard any more, and nothing reported", async () => {
    stop = instrument(telemetry);
    expect(heard()).toEqual(EVENTS);
    stop();
    stop();
    expect(heard()).toEqual([]);
    await ourModel(bedrock).invoke("Hello");
    expect(telemetry.spans).toEqual([]);
  });

  test("a request under way is still reported, and then nothing is heard any more", async () => {
    stop = instrument(telemetry);
    const { call, answer } = await callUnderWay();
    stop();
    expect(heard()).toEqual(EVENTS.filter((event) => event !== "start"));
    await ourModel(bedrock).invoke("Hello");
    answer("Hello.");
    await call;
    expect(telemetry.spans).toHaveLength(1);
    expect(heard()).toEqual([]);
  });
});

describe("without providers, the global ones", () => {
  afterEach(() => {
    trace.disable();
    metrics.disable();
  });

  test("also when they are registered later, and when others are registered then", async () => {
    stop = instrument();
    await ourModel(bedrock).invoke("Nobody hears this.");
    trace.setGlobalTracerProvider(telemetry.tracerProvider);
    metrics.setGlobalMeterProvider(telemetry.meterProvider);
    await ourModel(bedrock).invoke("Hello");
    trace.disable();
    metrics.disable();
    const other = new Telemetry();
    trace.setGlobalTracerProvider(other.tracerProvider);
    metrics.setGlobalMeterProvider(other.meterProvider);
    await ourModel(bedrock).invoke("Hello");
    for (const { spans, ...its } of [telemetry, other].map((it) => ({ spans: it.spans, series: it.series("gen_ai.client.operation.duration") }))) {
      expect(spans).toHaveLength(1);
      expect((await its.series)[0]?.value).toMatchObject({ count: 1 });
    }
    await other.shutdown();
  });
});

test("with one provider only, the other is the global one", async () => {
  stop = instrument({ tracerProvider: telemetry.tracerProvider });
  await ourModel(bedrock).invoke("Hello");
  expect(telemetry.spans).toHaveLength(1);
  expect(await telemetry.metrics()).toEqual([]);
});

test.each<[unknown, string]>([
  [null, "instrument takes an object of options, which may be left out, not null."],
  ["global", "instrument takes an object of options, which may be left out, not global."],
  [{ provider: {} }, "instrument has no option provider. It has tracerProvider, meterProvider, errorMessages."],
  [{ tracerProvider: {} }, "tracerProvider: instrument takes a TracerProvider of @opentelemetry/api, which has a method getTracer, not an object with no members."],
  [{ tracerProvider: { getMeter: 1 } }, "tracerProvider: instrument takes a TracerProvider of @opentelemetry/api, which has a method getTracer, not an object with getMeter."],
  [{ meterProvider: () => undefined }, "meterProvider: instrument takes a MeterProvider of @opentelemetry/api, which has a method getMeter, not a function."],
  [{ errorMessages: "yes" }, "errorMessages: instrument takes true or false, not yes."],
])("%p is refused with one sentence", (options, sentence) => {
  expect(() => instrument(options as InstrumentOptions)).toThrow(new Error(sentence));
  expect(heard()).toEqual([]);
});

test("a span processor that throws harms no call, and is reported to OpenTelemetry's own log", async () => {
  const logged: unknown[] = [];
  const log = (...said: unknown[]): void => void logged.push(said);
  const ignore = (): void => undefined;
  diag.setLogger({ error: log, warn: ignore, info: ignore, debug: ignore, verbose: ignore } satisfies DiagLogger, DiagLogLevel.ERROR);
  const broken = new Error("The processor is broken.");
  const onStart = (): never => {
    throw broken;
  };
  const asynchronous = async (): Promise<void> => undefined;
  stop = instrument({ tracerProvider: new BasicTracerProvider({ spanProcessors: [{ onStart, onEnd: ignore, forceFlush: asynchronous, shutdown: asynchronous }] }) });
  expect((await ourModel(bedrock).invoke("Hello")).text).toBe("You said: Hello");
  expect(logged).toEqual([["langchain-aws-native: a request was not reported to OpenTelemetry.", broken]]);
  diag.disable();
});

test("every name is of the conventions, or this package's own", async () => {
  stop = instrument(telemetry);
  const known = new Set(Object.values(conventions as Record<string, unknown>));
  bedrock.reply({ content: "Hello.", usage: { inputTokens: 7, outputTokens: 3, cacheReadInputTokens: 100, cacheWriteInputTokens: 20 } }, throttling());
  const guardrailConfig = { guardrailIdentifier: "sgi5gkybzqak", guardrailVersion: "1" };
  await ourModel(bedrock, { model: "us.amazon.nova-lite-v1:0" }).invoke("Hello", { temperature: 0.5, topP: 0.9, maxTokens: 9, stop: ["END"], guardrailConfig });
  await ourModel(bedrock, { maxRetries: 1 }).invoke("Hello", { topP: 0.9, temperature: 0.5 });
  await collect(await ourModel(bedrock).stream("Hello"));
  bedrock.reply(throttling());
  await rejection(ourModel(bedrock).invoke("Hello"));
  await new BedrockEmbeddings({ model: "amazon.titan-embed-text-v2:0", dimensions: 256, ...bedrock.connection }).embedQuery("Hello");
  await new AmazonKnowledgeBaseRetriever({ knowledgeBaseId: "ABCDEFGHIJ", ...bedrock.connection }).invoke("Hello");
  const recorded = await telemetry.metrics();
  const names = new Set([
    ...telemetry.spans.flatMap(({ attributes }) => Object.keys(attributes)),
    ...recorded.flatMap(({ descriptor, dataPoints }) => [descriptor.name, ...dataPoints.flatMap(({ attributes }) => Object.keys(attributes))]),
  ]);
  expect(names.size).toBeGreaterThan(25);
  expect([...names].filter((name) => !known.has(name) && !name.startsWith("langchain_aws_native.")).sort()).toEqual([]);
});
