/** Asks one question. Credentials and region come from the usual AWS places. */
import { ChatBedrockConverse } from "langchain-aws-native";

const model = new ChatBedrockConverse({ model: "anthropic.claude-haiku-4-5-20251001-v1:0", temperature: 0 });
const message = await model.invoke([
  ["system", "You are a helpful assistant that translates English to French. Translate the user sentence."],
  ["human", "I love programming."],
]);
console.log(message.text);
console.log(message.usage_metadata, message.response_metadata["stopReason"]);
