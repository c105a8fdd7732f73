/** Prints a span for each request, below the span of what asked. */
import { context } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-base";
import { ChatBedrockConverse } from "langchain-aws-native";
import { instrument } from "langchain-aws-native/opentelemetry";

// An application that registers global providers, as NodeSDK of @opentelemetry/sdk-node does, calls instrument() and nothing else.
const exporter = new InMemorySpanExporter();
const tracerProvider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
const stop = instrument({ tracerProvider });

const model = new ChatBedrockConverse({ model: "anthropic.claude-haiku-4-5-20251001-v1:0" });
await tracerProvider.getTracer("example").startActiveSpan("answer", async (span) => {
  await model.invoke("Why is the sky blue?");
  for await (const chunk of await model.stream("And at dusk?")) process.stdout.write(chunk.text);
  span.end();
});
stop();

const spans = exporter.getFinishedSpans();
for (const { name, parentSpanContext, attributes } of spans) {
  const parent = spans.find((span) => span.spanContext().spanId === parentSpanContext?.spanId);
  console.log(`\n${parent ? `${parent.name} > ` : ""}${name}`, attributes);
}
