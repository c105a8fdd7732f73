const { AIMessage } = require("@langchain/core/messages");
const { ChatBedrockConverse } = require("langchain-aws-native");
const { startBedrock } = require("langchain-aws-native/testing");

(async () => {
  const bedrock = await startBedrock();
  bedrock.reply("Bonjour.");
  const message = await new ChatBedrockConverse(bedrock.connection).invoke("Hello");
  await bedrock.close();
  console.log(message.text, message instanceof AIMessage);
})();
