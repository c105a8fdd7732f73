import type { AIMessage, UsageMetadata } from "@langchain/core/messages";
import type { ChatBedrockConverse } from "langchain-aws-native";
import { startBedrock, type Bedrock } from "langchain-aws-native/testing";
import { MODEL, ourModel } from "../../support/models.js";
import { fold } from "../../support/streams.js";

/**
 * What LangChain's standard integration tests ask of the usage that an answer tells. Their checks of audio and reasoning are for models that count
 * those tokens on their own; Converse does not.
 */

let bedrock: Bedrock;
beforeEach(async () => void (bedrock = await startBedrock()));
afterEach(() => bedrock.close());

const WAYS: Record<string, (model: ChatBedrockConverse) => PromiseLike<AIMessage>> = {
  invoke: (model) => model.invoke("Hello"),
  stream: async (model) => fold(await model.stream("Hello")),
  streamEvents: (model) => model.streamEvents("Hello"),
};

const TOKENS = { inputTokens: 10, outputTokens: 5 };
const READ = { ...TOKENS, totalTokens: 35, cacheReadInputTokens: 20 };
const WRITE = { ...TOKENS, totalTokens: 45, cacheWriteInputTokens: 30 };
const LIFETIMES = { cacheDetails: [{ ttl: "5m", inputTokens: 10 }, { ttl: "1h", inputTokens: 20 }] };

/** All that Bedrock may tell at once. */
const EVERYTHING = { ...READ, ...WRITE, ...LIFETIMES, totalTokens: 65 };

/** Cost trackers price each part and take the rest for plain input, so no token may be in two parts. */
function expectPartsWithin({ input_tokens, input_token_details }: UsageMetadata): void {
  const sum = Object.values(input_token_details ?? {}).reduce((left, right) => left + right, 0);
  expect(sum).toBeGreaterThan(0);
  expect(sum).toBeLessThanOrEqual(input_tokens);
}

describe.each(Object.keys(WAYS))("%s", (name) => {
  const ask = WAYS[name]!;

  async function usageOf(usage: object): Promise<UsageMetadata> {
    bedrock.reply({ content: "Hello to you.", usage });
    const message = await ask(ourModel(bedrock));
    return message.usage_metadata!;
  }

  test("tells the tokens of input and output and the total, as numbers", async () => {
    expect(await usageOf({ ...TOKENS, totalTokens: 15 })).toMatchObject({ input_tokens: 10, output_tokens: 5, total_tokens: 15 });
  });

  test("names the model as response_metadata.model", async () => {
    const message = await ask(ourModel(bedrock));
    expect(message.response_metadata).toMatchObject({ model: MODEL });
  });

  test("tells what was read from the cache, as a part of the input", async () => {
    const usage = await usageOf(READ);
    expect(usage).toMatchObject({ input_tokens: 30, output_tokens: 5, total_tokens: 35, input_token_details: { cache_read: 20 } });
    expectPartsWithin(usage);
  });

  test("tells what was written to the cache, as a part of the input", async () => {
    const usage = await usageOf(WRITE);
    expect(usage).toMatchObject({ input_tokens: 40, output_tokens: 5, total_tokens: 45, input_token_details: { cache_creation: 30 } });
    expectPartsWithin(usage);
  });

  test("counts no token twice where writes to the cache are told by lifetime", async () => {
    const usage = await usageOf({ ...WRITE, ...LIFETIMES });
    expect(usage.input_token_details).toMatchObject({ cache_creation: expect.any(Number) });
    expectPartsWithin(usage);
  });

  test("counts no token twice where Bedrock tells reads, writes and lifetimes", async () => {
    const usage = await usageOf(EVERYTHING);
    expect(usage).toMatchObject({ input_tokens: 60, output_tokens: 5, total_tokens: 65 });
    expect(usage.input_token_details).toMatchObject({ cache_read: 20, cache_creation: expect.any(Number) });
    expectPartsWithin(usage);
  });
});
