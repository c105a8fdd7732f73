// What an application asks of LangChain's core: tools, structured output, streams, callbacks, events, batches, and spans.
import { AIMessage, HumanMessage, ToolMessage } from "@langchain/core/messages";
import { tool } from "@langchain/core/tools";
import { z } from "zod";
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-base";
import { ChatBedrockConverse } from "langchain-aws-native";
import { BedrockBatch } from "langchain-aws-native/batch";
import { instrument } from "langchain-aws-native/opentelemetry";
import { startBedrock } from "langchain-aws-native/testing";

const bedrock = await startBedrock();
const model = new ChatBedrockConverse(bedrock.connection);
const weather = tool(() => "mild", { name: "weather", description: "Weather", schema: z.object({ city: z.string() }) });
const call = { toolUse: { toolUseId: "t1", name: "weather", input: { city: "Paris" } } };

function check(what, isRight) {
  if (!isRight) throw new Error(what);
}

bedrock.reply([call]);
const asked = await model.bindTools([weather]).invoke("Weather?");
check("a tool call", asked.tool_calls?.[0]?.args.city === "Paris");
const result = await weather.invoke(asked.tool_calls[0]);
check("a tool's result", result instanceof ToolMessage);
await model.bindTools([weather]).invoke([new HumanMessage("Weather?"), asked, result]);

bedrock.reply([{ toolUse: { toolUseId: "t2", name: "extract", input: { city: "Paris" } } }]);
const { city } = await model.withStructuredOutput(z.object({ city: z.string() })).invoke("Which?");
check("structured output", city === "Paris");

let text = "";
let tokens = 0;
const callbacks = [{ handleLLMNewToken: () => void tokens++ }];
for await (const chunk of await model.stream("Hello", { callbacks })) text += chunk.text;
check("a stream", text === "You said: Hello" && tokens > 1);

let ended = false;
for await (const { event } of model.streamEvents("Hello", { version: "v2" })) ended ||= event === "on_chat_model_end";
check("events", ended);

check("a batch", (await model.batch(["one", "two"])).every((message) => message instanceof AIMessage));

const answers = [];
for await (const { id, message } of new BedrockBatch({ model }).runLocally([{ id: "one", input: "Hello" }])) answers.push([id, message instanceof AIMessage]);
check("a batch of its own", answers.join() === "one,true");

const exporter = new InMemorySpanExporter();
const stop = instrument({ tracerProvider: new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }) });
await model.invoke("Hello");
stop();
check("a span", exporter.getFinishedSpans().length === 1);

bedrock.reply("Bonjour.");
const last = await model.invoke("Hello");
model.close();
await bedrock.close();
console.log(last.text, last instanceof AIMessage);
