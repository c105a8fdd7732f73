/** Prints an answer as it comes, and what it cost. */
import { ChatBedrockConverse } from "langchain-aws-native";
import type { AIMessageChunk } from "@langchain/core/messages";

const model = new ChatBedrockConverse({ model: "anthropic.claude-haiku-4-5-20251001-v1:0" });
let whole: AIMessageChunk | undefined;
for await (const chunk of await model.stream("Why is the sky blue?")) {
  process.stdout.write(chunk.text);
  whole = whole?.concat(chunk) ?? chunk;
}
console.log("\n", whole?.usage_metadata);
