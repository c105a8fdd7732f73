import { HumanMessage, type AIMessage, type BaseMessage, type ToolMessage } from "@langchain/core/messages";
import type { RunnableConfig } from "@langchain/core/runnables";
import { tool } from "@langchain/core/tools";
import { toolUse, type Answer, type Bedrock, type ContentBlock, type JsonObject } from "langchain-aws-native/testing";
import { z } from "zod";

/** One question that takes a tool: the model asks for the weather, the tool tells it, the final text says it. */
export const QUESTION = "What is the weather in Paris?";
export const WEATHER = "22 °C and sunny";
export const FINAL_TEXT = `In Paris it is ${WEATHER}.`;

export const getWeather = tool((_: { city: string }) => WEATHER, {
  name: "get_weather",
  description: "Tells the weather of a city.",
  schema: z.object({ city: z.string().describe("The city's name") }),
});

/** The model's call of the tool. */
export const TOOL_CALL: ContentBlock = toolUse("get_weather", { city: "Paris" }, "tooluse_1");

/** The model's last answer: it is made from the result that came over the wire, so it is right only if that is. */
export const finalAnswer: Answer = ({ body }) => `In Paris it is ${toolResults(body.messages?.at(-1)?.content ?? [])}.`;

/** The texts of the results that a turn holds. */
export function toolResults(content: JsonObject[]): string {
  const results = content.filter((block) => "toolResult" in block) as unknown as { toolResult: { content: { text: string }[] } }[];
  return results.map(({ toolResult }) => toolResult.content[0]?.text).join(", ");
}

/** The tool as the wire has it. */
export const WIRE_TOOL = {
  toolSpec: {
    name: "get_weather",
    description: "Tells the weather of a city.",
    inputSchema: { json: expect.objectContaining({ type: "object", required: ["city"] }) },
  },
};

/** The conversation as the last request has to hold it. */
export const WIRE_CONVERSATION = [
  { role: "user", content: [{ text: QUESTION }] },
  { role: "assistant", content: [{ toolUse: { toolUseId: "tooluse_1", name: "get_weather", input: { city: "Paris" } } }] },
  { role: "user", content: [{ toolResult: { toolUseId: "tooluse_1", content: [{ text: WEATHER }] } }] },
];

/** Checks what two requests in a row said: the question and the tool, then the same with the call and its result. */
export function expectRoundTrip(bedrock: Bedrock, first: number = 0): void {
  const [question, result] = bedrock.requests.slice(first, first + 2);
  expect(question?.body).toMatchObject({ messages: WIRE_CONVERSATION.slice(0, 1), toolConfig: { tools: [WIRE_TOOL] } });
  expect(result?.body).toMatchObject({ messages: WIRE_CONVERSATION, toolConfig: { tools: [WIRE_TOOL] } });
}

/** Asks, runs the tools that the answer calls, and asks again with their results, whatever way `ask` takes. */
export async function askWithTools(ask: (messages: BaseMessage[]) => PromiseLike<AIMessage>, config?: RunnableConfig): Promise<AIMessage> {
  const question = new HumanMessage(QUESTION);
  const call = await ask([question]);
  return ask([question, call, ...(await runTools(call, config))]);
}

/** Runs the tool as often as a message calls it. */
export function runTools(message: AIMessage, config?: RunnableConfig): Promise<ToolMessage[]> {
  return Promise.all((message.tool_calls ?? []).map((call) => getWeather.invoke(call, config)));
}
