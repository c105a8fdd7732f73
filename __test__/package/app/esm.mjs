import { AIMessage } from "@langchain/core/messages";
import { ChatBedrockConverse } from "langchain-aws-native";
import { startBedrock } from "langchain-aws-native/testing";

const bedrock = await startBedrock();
bedrock.reply("Bonjour.");
const message = await new ChatBedrockConverse(bedrock.connection).invoke("Hello");
await bedrock.close();
console.log(message.text, message instanceof AIMessage);
