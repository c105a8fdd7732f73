/** What an application does, in whichever runtime runs this. `CONNECTION` is the endpoint's, which hangs when it is asked to. */
import { ChatBedrockConverse } from "langchain-aws-native";

const connection = JSON.parse(process.env.CONNECTION);
const model = new ChatBedrockConverse({ maxRetries: 0, ...connection });
const failure = (promise) => promise.then(() => "it did not fail", (error) => error.message);

const invoked = (await model.invoke("Hello")).text;
let streamed = "";
for await (const chunk of await model.stream("Hello")) streamed += chunk.text;

const weather = { type: "function", function: { name: "get_weather", description: "The weather in a city", parameters: { type: "object", properties: { city: { type: "string" } } } } };
const [call] = (await model.bindTools([weather]).invoke("What is the weather in Paris?")).tool_calls;

const leave = new AbortController();
const left = failure(model.invoke("Hang", { signal: leave.signal }));
setTimeout(() => leave.abort(new Error("left")), 50);

const credentials = async () => {
  throw new Error("no credentials today");
};
const refused = failure(new ChatBedrockConverse({ ...connection, credentials }).invoke("Hello"));

console.log(JSON.stringify({ invoked, streamed, tool: call.name, left: await left, refused: await refused }));
