/** An agent as a graph of LangGraph: model and tools take turns until the model has an answer. The conversation is remembered. */
import { MemorySaver, MessagesAnnotation, START, StateGraph } from "@langchain/langgraph";
import { ToolNode, toolsCondition } from "@langchain/langgraph/prebuilt";
import { tool } from "@langchain/core/tools";
import { ChatBedrockConverse } from "langchain-aws-native";
import { z } from "zod";

const getWeather = tool(async ({ city }) => `18 degrees and sunny in ${city}`, {
  name: "get_weather",
  description: "Get the current weather in a city",
  schema: z.object({ city: z.string() }),
});
const model = new ChatBedrockConverse({ model: "anthropic.claude-haiku-4-5-20251001-v1:0" }).bindTools([getWeather]);

const agent = new StateGraph(MessagesAnnotation)
  .addNode("model", async ({ messages }) => ({ messages: [await model.invoke(messages)] }))
  .addNode("tools", new ToolNode([getWeather]))
  .addEdge(START, "model")
  .addConditionalEdges("model", toolsCondition)
  .addEdge("tools", "model")
  .compile({ checkpointer: new MemorySaver() });

const { messages } = await agent.invoke({ messages: [{ role: "user", content: "What is the weather in Paris?" }] }, { configurable: { thread_id: "1" } });
for (const message of messages) console.log(`${message.type}: ${message.text}`);
