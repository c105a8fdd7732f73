/** Gets an object instead of text, checked against its schema. */
import { ChatBedrockConverse } from "langchain-aws-native";
import { z } from "zod";

const joke = z.object({
  setup: z.string().describe("The first line"),
  punchline: z.string(),
  rating: z.number().int().min(1).max(10),
});
const model = new ChatBedrockConverse({ model: "anthropic.claude-haiku-4-5-20251001-v1:0" });
const { setup, punchline, rating } = await model.withStructuredOutput(joke, { name: "joke" }).invoke("Tell me a joke about cats.");
console.log({ setup, punchline, rating });
