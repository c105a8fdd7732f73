/** A tool that Anthropic defines, next to one of your own: Claude knows its schema, and your code runs its calls. Nothing is run here. */
import { HumanMessage } from "@langchain/core/messages";
import { tool } from "@langchain/core/tools";
import { ChatBedrockConverse } from "langchain-aws-native";
import { z } from "zod";

const bash = tool(async ({ command }) => `(the output of ${command})`, {
  name: "bash",
  schema: z.object({ command: z.string() }),
  extras: { providerToolDefinition: { type: "bash_20250124", name: "bash" } },
});
const getTime = tool(async () => new Date(0).toISOString(), { name: "get_time", description: "Tells the time", schema: z.object({}) });
const model = new ChatBedrockConverse({ model: "us.anthropic.claude-sonnet-4-5-20250929-v1:0" }).bindTools([getTime, bash]);

const question = new HumanMessage("Which files are here?");
const call = await model.invoke([question]);
const results = await Promise.all((call.tool_calls ?? []).map((it) => bash.invoke(it)));
console.log(call.tool_calls?.map(({ name, args }) => `${name}: ${args["command"]}`).join());
console.log((await model.invoke([question, call, ...results])).text);
