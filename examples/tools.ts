/** Lets the model call a tool, runs it and lets the model answer with the result. */
import { HumanMessage } from "@langchain/core/messages";
import { tool } from "@langchain/core/tools";
import { ChatBedrockConverse } from "langchain-aws-native";
import { z } from "zod";

const getWeather = tool(async ({ city }) => `18 degrees and sunny in ${city}`, {
  name: "get_weather",
  description: "Get the current weather in a city",
  schema: z.object({ city: z.string().describe("The city's name") }),
});
const model = new ChatBedrockConverse({ model: "anthropic.claude-haiku-4-5-20251001-v1:0" }).bindTools([getWeather]);

const question = new HumanMessage("What is the weather in Paris?");
const call = await model.invoke([question]);
console.log("The model calls", call.tool_calls);
const results = await Promise.all((call.tool_calls ?? []).map((it) => getWeather.invoke(it)));
console.log("and says:", (await model.invoke([question, call, ...results])).text);
