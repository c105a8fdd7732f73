const { AIMessage } = require("@langchain/core/messages");
const { ChatBedrockConverse } = require("langchain-aws-native");
const { error, startBedrock } = require("langchain-aws-native/testing");

test("a model answers, and its objects are of this realm", async () => {
  const bedrock = await startBedrock();
  bedrock.reply("Bonjour.", error("ValidationException", "No."));
  const model = new ChatBedrockConverse({ ...bedrock.connection, maxRetries: 0 });
  const message = await model.invoke("Hello");
  expect(message).toBeInstanceOf(AIMessage);
  expect(message.text).toBe("Bonjour.");
  await expect(model.invoke("Hello")).rejects.toThrow("No.");
  expect(await model.invoke("Hello", { timeout: 10_000 })).toBeInstanceOf(AIMessage);
  await bedrock.close();
});
