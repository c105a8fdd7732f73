import { ConverseCommand, CountTokensCommand, type BedrockRuntimeClient } from "@aws-sdk/client-bedrock-runtime";
import { error, startBedrock, throttling, type Bedrock, type TokenCount } from "../../testing/index.js";
import { ask, awsClient, MODEL } from "./support.js";

let bedrock: Bedrock;
let client: BedrockRuntimeClient;

beforeEach(async () => {
  bedrock = await startBedrock();
  client = awsClient(bedrock);
});
afterEach(async () => {
  client.destroy();
  await bedrock.close();
});

async function count(text: string = "Hello"): Promise<number | undefined> {
  const { messages } = ask(text);
  return (await client.send(new CountTokensCommand({ modelId: MODEL, input: { converse: { messages } } }))).inputTokens;
}

test("count-tokens says what the usage of an answer says, and takes none of the queue", async () => {
  bedrock.reply("one");
  const counted = await count();
  const answered = await client.send(new ConverseCommand(ask("Hello")));
  expect(counted).toBe(answered.usage?.inputTokens);
  expect(answered.output?.message?.content).toEqual([{ text: "one" }]);
  expect(bedrock.requests.map(({ operation }) => operation)).toEqual(["count-tokens", "converse"]);
  expect(await count("Hello, hello, hello")).toBeGreaterThan(counted ?? Infinity);
});

test("the body of another API is counted by its length", async () => {
  const body = Buffer.from(JSON.stringify({ prompt: "x".repeat(400) }));
  const output = await client.send(new CountTokensCommand({ modelId: MODEL, input: { invokeModel: { body } } }));
  expect(output.inputTokens).toBe(Math.ceil(body.length / 4));
});

test("the count, or a failure, may be scripted", async () => {
  bedrock.replyToCountTokens(42);
  expect([await count(), await count()]).toEqual([42, 42]);
  bedrock.replyToCountTokens(({ body }) => JSON.stringify(body).length);
  expect(await count()).toBeGreaterThan(42);
  bedrock.replyToCountTokens(error("ValidationException", "The provided model doesn't support counting tokens."));
  await expect(count()).rejects.toThrow("The provided model doesn't support counting tokens.");
  bedrock.replyToCountTokens(() => throttling());
  await expect(count()).rejects.toMatchObject({ name: "ThrottlingException" });
});

test("what is no count is refused", async () => {
  expect(() => bedrock.replyToCountTokens("many" as unknown as TokenCount)).toThrow("A count of tokens is a whole number, not 'many'.");
  bedrock.replyToCountTokens(() => -1);
  await expect(count()).rejects.toThrow("The test's own answer failed: A count of tokens is a whole number, not -1.");
});

test("a conversation to count is checked like one to answer", async () => {
  const messages = [...ask("Hello").messages, ...ask("Hello").messages];
  await expect(client.send(new CountTokensCommand({ modelId: MODEL, input: { converse: { messages } } }))).rejects.toThrow(/must alternate/);
});
