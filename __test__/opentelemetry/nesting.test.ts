import { context, propagation, ROOT_CONTEXT, type Span, trace } from "@opentelemetry/api";
import type { ReadableSpan } from "@opentelemetry/sdk-trace-base";
import { HumanMessage } from "@langchain/core/messages";
import { MemorySaver, MessagesAnnotation, START, StateGraph } from "@langchain/langgraph";
import { createReactAgent } from "@langchain/langgraph/prebuilt";
import { startBedrock, type Bedrock } from "langchain-aws-native/testing";
import { useCleanEnvironment } from "../support/environment.js";
import { MODEL, ourModel, ourModelByClient } from "../support/models.js";
import { collect } from "../support/streams.js";
import { type Telemetry, useContextManager, useTelemetry } from "../support/telemetry.js";
import { finalAnswer, getWeather, QUESTION, TOOL_CALL } from "../support/weather.js";

useCleanEnvironment();
useContextManager();

let bedrock: Bedrock;
let telemetry: Telemetry;
useTelemetry((recording) => (telemetry = recording));
beforeEach(async () => void (bedrock = await startBedrock()));
afterEach(() => bedrock.close());

/** Runs `work` while a span of this name is active. */
function inSpan<Result>(name: string, work: (span: Span) => Promise<Result>): Promise<Result> {
  return telemetry.tracerProvider.getTracer("test").startActiveSpan(name, async (span) => {
    try {
      return await work(span);
    } finally {
      span.end();
    }
  });
}

/** Each span as its way from the root, such as `run > node > chat`. */
function tree(): string[] {
  const spans = new Map(telemetry.spans.map((span) => [span.spanContext().spanId, span]));
  const way = (span: ReadableSpan): string => {
    const parent = spans.get(span.parentSpanContext?.spanId ?? "");
    return parent === undefined ? span.name : `${way(parent)} > ${span.name}`;
  };
  return telemetry.spans.map(way).sort();
}

const CHAT = `chat ${MODEL}`;

describe.each([
  ["native", ourModel],
  ["by AWS's client", ourModelByClient],
] as const)("%s", (_way, makeModel) => {
  test("the parent of a call's span is the active one", async () => {
    await inSpan("work", () => makeModel(bedrock).invoke("Hello"));
    expect(tree()).toEqual(["work", `work > ${CHAT}`]);
  });

  test("a stream that is read elsewhere belongs to where it was begun", async () => {
    const stream = await inSpan("begun", () => makeModel(bedrock).stream("Hello"));
    await inSpan("read", () => collect(stream));
    expect(tree()).toEqual(["begun", `begun > ${CHAT}`, "read"]);
  });

  test("calls that wait for a permit belong to where they were begun", async () => {
    const model = makeModel(bedrock, { maxConcurrency: 1 });
    await Promise.all(["one", "two", "three"].map((name) => inSpan(name, () => model.invoke("Hello"))));
    expect(tree()).toEqual(["one", `one > ${CHAT}`, "three", `three > ${CHAT}`, "two", `two > ${CHAT}`]);
  });

  test("in a LangGraph graph, calls and streams belong to the node that is active", async () => {
    const model = makeModel(bedrock);
    const graph = new StateGraph(MessagesAnnotation)
      .addNode("calls", ({ messages }) => inSpan("node calls", async () => ({ messages: [await model.invoke(messages)] })))
      .addNode("streams", ({ messages }) => inSpan("node streams", async () => ({ messages: await collect(await model.stream(messages.slice(0, 1))).then(() => []) })))
      .addEdge(START, "calls")
      .addEdge(START, "streams")
      .compile();
    await inSpan("run", () => graph.invoke({ messages: [new HumanMessage("Hello")] }));
    expect(tree()).toEqual(["run", "run > node calls", `run > node calls > ${CHAT}`, "run > node streams", `run > node streams > ${CHAT}`]);
  });

  test("a graph that is streamed elsewhere belongs to where its run was begun", async () => {
    bedrock.reply(TOOL_CALL, finalAnswer);
    const agent = createReactAgent({ llm: makeModel(bedrock), tools: [getWeather] });
    const stream = await inSpan("run", () => agent.stream({ messages: [{ role: "user", content: QUESTION }] }, { streamMode: "messages" }));
    await inSpan("read", () => collect(stream));
    expect(tree()).toEqual(["read", "run", `run > ${CHAT}`, `run > ${CHAT}`]);
  });
});

test("the conversation is the thread of the LangGraph run", async () => {
  const model = ourModel(bedrock);
  const graph = new StateGraph(MessagesAnnotation)
    .addNode("model", async ({ messages }) => ({ messages: [await model.invoke(messages)] }))
    .addEdge(START, "model")
    .compile({ checkpointer: new MemorySaver() });
  const ask = (thread: string): Promise<unknown> => graph.invoke({ messages: [new HumanMessage("Hello")] }, { configurable: { thread_id: thread } });
  await Promise.all([ask("thread-1"), ask("thread-2")]);
  await model.invoke("Hello");
  const threads = telemetry.spans.map(({ attributes }) => attributes["gen_ai.conversation.id"]);
  expect(threads.sort()).toEqual(["thread-1", "thread-2", undefined]);
});

test("a remote parent is one too, and baggage stays with it", async () => {
  const remote = { traceId: "0af7651916cd43dd8448eb211c80319c", spanId: "b7ad6b7169203331", traceFlags: 1, isRemote: true };
  const parent = propagation.setBaggage(trace.setSpanContext(ROOT_CONTEXT, remote), propagation.createBaggage({ tenant: { value: "a" } }));
  await context.with(parent, () => ourModel(bedrock).invoke("Hello"));
  expect(telemetry.span.parentSpanContext).toMatchObject({ traceId: remote.traceId, spanId: remote.spanId });
});
