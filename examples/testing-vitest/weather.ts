import { HumanMessage, ToolMessage, type BaseMessage } from "@langchain/core/messages";
import { tool } from "@langchain/core/tools";
import { ChatBedrockConverse, type ChatBedrockConverseInput } from "langchain-aws-native";
import { z } from "zod";

const getWeather = tool(({ city }) => `18 degrees and sunny in ${city}`, {
  name: "get_weather",
  description: "The weather in a city.",
  schema: z.object({ city: z.string() }),
});

/** The application: it asks until the model needs no more tools, and lets tests say where the model is. */
export async function* answer(question: string, options?: ChatBedrockConverseInput): AsyncGenerator<string> {
  const model = new ChatBedrockConverse({ model: "anthropic.claude-haiku-4-5-20251001-v1:0", ...options }).bindTools([getWeather]);
  const messages: BaseMessage[] = [new HumanMessage(question)];
  for (;;) {
    let message;
    for await (const chunk of await model.stream(messages)) {
      if (chunk.text) yield chunk.text;
      message = message ? message.concat(chunk) : chunk;
    }
    if (!message?.tool_calls?.length) return;
    messages.push(message);
    for (const call of message.tool_calls) {
      messages.push(new ToolMessage({ content: await getWeather.invoke(call.args as { city: string }), tool_call_id: call.id ?? "" }));
    }
  }
}
