/** Lets the model think first, prints the thoughts, and sends them back with the next question, as Claude wants. */
import { HumanMessage } from "@langchain/core/messages";
import { ChatBedrockConverse } from "langchain-aws-native";

const model = new ChatBedrockConverse({ model: "anthropic.claude-haiku-4-5-20251001-v1:0", maxTokens: 4000, reasoning: { effort: "low" } });
const question = new HumanMessage("How many r are in strawberry?");
const answer = await model.invoke([question]);
for (const block of answer.contentBlocks) {
  if (block.type === "reasoning") console.log("It thinks:", block.reasoning);
  if (block.type === "text") console.log("It says:", block.text);
}
console.log((await model.invoke([question, answer, new HumanMessage("And in raspberry?")])).text);
