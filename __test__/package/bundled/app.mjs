import { ChatBedrockConverse } from "@langchain/aws";

const model = new ChatBedrockConverse(JSON.parse(process.env.CONNECTION));
console.log((await model.invoke("Hello")).text);
