import { AIMessage } from "@langchain/core/messages";
import { ChatBedrockConverse } from "langchain-aws-native";
import { startBedrock } from "langchain-aws-native/testing";
import { expect, test } from "vitest";

test("a model answers", async () => {
  const bedrock = await startBedrock();
  bedrock.reply("Bonjour.");
  const message = await new ChatBedrockConverse(bedrock.connection).invoke("Hello");
  expect(message).toBeInstanceOf(AIMessage);
  expect(message.text).toBe("Bonjour.");
  await bedrock.close();
});
