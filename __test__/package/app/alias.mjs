import { AmazonKendraRetriever, BedrockEmbeddings, ChatBedrockConverse } from "@langchain/aws";
import { startBedrock, toolUse } from "@langchain/aws/testing";
import { createAgent, initChatModel, tool } from "langchain";
import { z } from "zod";

const bedrock = await startBedrock();
const model = await initChatModel("bedrock:anthropic.claude-haiku-4-5-20251001-v1:0", bedrock.connection);
bedrock.reply("Bonjour.");
console.log((await model.invoke("Hello")).text);

const getWeather = tool(({ city }) => `18 degrees in ${city}`, { name: "get_weather", description: "The weather in a city", schema: z.object({ city: z.string() }) });
const agent = createAgent({ model: new ChatBedrockConverse(bedrock.connection), tools: [getWeather] });
bedrock.reply(toolUse("get_weather", { city: "Paris" }), "It is mild.");
const { messages } = await agent.invoke({ messages: [{ role: "user", content: "What is the weather in Paris?" }] });
console.log(messages.map((message) => message.text).join(" | "));

process.env.AWS_REGION = bedrock.region;
process.env.AWS_ENDPOINT_URL_BEDROCK_RUNTIME = bedrock.url;
process.env.AWS_ACCESS_KEY_ID = bedrock.credentials.accessKeyId;
process.env.AWS_SECRET_ACCESS_KEY = bedrock.credentials.secretAccessKey;
bedrock.reply("By its name.");
const byName = createAgent({ model: "bedrock:amazon.nova-lite-v1:0", tools: [] });
console.log((await byName.invoke({ messages: [{ role: "user", content: "Hello" }] })).messages.at(-1).text);
console.log((await new BedrockEmbeddings().embedQuery("Hello")).length);
const retriever = new AmazonKendraRetriever({ indexId: "01234567-89ab-cdef-0123-456789abcdef", ...bedrock.connection });
console.log((await retriever.invoke("Hello")).length);

await bedrock.close();
console.log(new Set(bedrock.requests.map(({ headers }) => /langchain-aws-native|aws-sdk-rust/.exec(headers["user-agent"])?.[0])));
