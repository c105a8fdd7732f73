import { isMainThread, parentPort, Worker } from "node:worker_threads";
import { AIMessage } from "@langchain/core/messages";
import { ChatBedrockConverse } from "langchain-aws-native";
import { startBedrock } from "langchain-aws-native/testing";

if (isMainThread) {
  const worker = new Worker(new URL(import.meta.url));
  worker.on("message", (text) => console.log(text));
} else {
  const bedrock = await startBedrock();
  bedrock.reply("Bonjour.");
  const message = await new ChatBedrockConverse(bedrock.connection).invoke("Hello");
  await bedrock.close();
  parentPort.postMessage(`${message.text} ${message instanceof AIMessage}`);
}
