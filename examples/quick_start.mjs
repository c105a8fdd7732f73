/**
 * What `npm start` runs: ask, stream, call a tool, get an object. With AWS credentials and a region in the environment it talks to Amazon
 * Bedrock, otherwise to an endpoint inside this process that speaks the same protocol.
 */
import { HumanMessage, SystemMessage, ToolMessage } from "@langchain/core/messages";
import { tool } from "@langchain/core/tools";
import { ChatBedrockConverse } from "langchain-aws-native";
import { startBedrock } from "langchain-aws-native/testing";
import { z } from "zod";

const { env } = process;
const hasRegion = env.AWS_REGION || env.AWS_DEFAULT_REGION;
const hasCredentials =
  (env.AWS_ACCESS_KEY_ID && env.AWS_SECRET_ACCESS_KEY) ||
  (env.BEDROCK_AWS_ACCESS_KEY_ID && env.BEDROCK_AWS_SECRET_ACCESS_KEY) ||
  env.AWS_PROFILE ||
  env.AWS_BEARER_TOKEN_BEDROCK;
const embedded = hasRegion && hasCredentials ? undefined : await startBedrock();
console.log(
  embedded
    ? `No AWS credentials and region in the environment: talking to the embedded endpoint at ${embedded.url}, whose answers are made up.`
    : `Talking to Amazon Bedrock in ${hasRegion}.`,
);

const model = new ChatBedrockConverse({ model: env.BEDROCK_MODEL, maxTokens: 1000, ...embedded?.connection });
const question = process.argv.slice(2).join(" ");
const messages = question
  ? [new HumanMessage(question)]
  : [
      new SystemMessage("You are a helpful assistant that translates English to French. Translate the user sentence."),
      new HumanMessage("I love programming."),
    ];

heading("invoke");
console.log(await model.invoke(messages));

heading("stream");
for await (const chunk of await model.stream(messages)) process.stdout.write(chunk.text);
console.log();

heading("a tool call");
const getWeather = tool(async ({ city }) => `18 degrees and sunny in ${city}`, {
  name: "get_weather",
  description: "Get the current weather in a city",
  schema: z.object({ city: z.string().describe("The city's name") }),
});
const weatherQuestion = new HumanMessage("What is the weather in Paris?");
const withTools = model.bindTools([getWeather]);
const asked = await withTools.invoke([weatherQuestion]);
console.log("The model calls", asked.tool_calls);
const results = await Promise.all(asked.tool_calls.map(async (call) => new ToolMessage({ content: await getWeather.invoke(call.args), tool_call_id: call.id })));
console.log("and with the result says:", (await withTools.invoke([weatherQuestion, asked, ...results])).text);

heading("structured output");
const joke = z.object({ setup: z.string(), punchline: z.string(), rating: z.number().int().min(1).max(10) });
console.log(await model.withStructuredOutput(joke, { name: "joke" }).invoke("Tell me a joke about cats."));

await embedded?.close();

function heading(text) {
  console.log(`\n--- ${text} ---`);
}
