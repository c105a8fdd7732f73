import { AIMessage } from "@langchain/core/messages";
import { ChatBedrockConverse } from "langchain-aws-native";
import { startBedrock } from "langchain-aws-native/testing";

export async function handler(): Promise<string> {
  const bedrock = await startBedrock();
  bedrock.reply("Bonjour.");
  const message = await new ChatBedrockConverse(bedrock.connection).invoke("Hello");
  await bedrock.close();
  return `${message.text} ${message instanceof AIMessage}`;
}
