/** Shows the model a picture and a document. */
import { HumanMessage } from "@langchain/core/messages";
import { ChatBedrockConverse } from "langchain-aws-native";

/** One transparent pixel; usually `await readFile("photo.png")`. */
const png = Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==", "base64");
const report = Buffer.from("Sales went up by 4 % in the third quarter.");

const model = new ChatBedrockConverse({ model: "anthropic.claude-haiku-4-5-20251001-v1:0" });
const message = await model.invoke([
  new HumanMessage({
    content: [
      { type: "text", text: "Describe the picture, and say how sales went." },
      { type: "image", mimeType: "image/png", data: png },
      { type: "file", mimeType: "text/plain", data: report, metadata: { name: "report" } },
    ],
  }),
]);
console.log(message.text);
