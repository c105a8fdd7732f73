import { BedrockEmbeddings } from "langchain-aws-native";
import { startBedrock, throttling, type Bedrock } from "langchain-aws-native/testing";
import { useCleanEnvironment } from "../support/environment.js";
import { MODEL, ourModel, ourModelByClient } from "../support/models.js";
import { rejection } from "../support/rejection.js";
import { collect } from "../support/streams.js";
import { type Telemetry, useTelemetry } from "../support/telemetry.js";

useCleanEnvironment();

let bedrock: Bedrock;
let telemetry: Telemetry;
useTelemetry((recording) => (telemetry = recording));
beforeEach(async () => void (bedrock = await startBedrock()));
afterEach(() => bedrock.close());

describe.each([
  ["native", ourModel],
  ["by AWS's client", ourModelByClient],
] as const)("%s", (way, makeModel) => {
  /** What every series of calls of a model has. */
  const identity = (model = MODEL): object => ({
    "gen_ai.operation.name": "chat",
    "gen_ai.provider.name": "aws.bedrock",
    "gen_ai.request.model": model,
    ...(way === "native" ? { "server.address": "127.0.0.1", "server.port": Number(new URL(bedrock.url).port) } : {}),
  });

  test("tokens, and those of the prompt cache", async () => {
    bedrock.replyAlways({ content: "Hello.", usage: { inputTokens: 7, outputTokens: 3, cacheReadInputTokens: 100, cacheWriteInputTokens: 20 } });
    const model = makeModel(bedrock);
    await model.invoke("Hello");
    await collect(await model.stream("Hello"));
    expect(await telemetry.series("gen_ai.client.token.usage")).toEqual([
      { attributes: { ...identity(), "gen_ai.token.type": "input" }, value: { count: 2, sum: 254 } },
      { attributes: { ...identity(), "gen_ai.token.type": "output" }, value: { count: 2, sum: 6 } },
    ]);
    expect(await telemetry.series("langchain_aws_native.client.cache_read.input_tokens")).toEqual([{ attributes: identity(), value: 200 }]);
    expect(await telemetry.series("langchain_aws_native.client.cache_creation.input_tokens")).toEqual([{ attributes: identity(), value: 40 }]);
  });

  test("durations, with the kind of a failure, and the time to the first chunk of a stream", async () => {
    const model = makeModel(bedrock);
    await model.invoke("Hello");
    await collect(await model.stream("Hello"));
    bedrock.reply(throttling());
    await rejection(model.invoke("Hello"));
    const durations = await telemetry.series("gen_ai.client.operation.duration");
    expect(durations).toEqual([
      { attributes: identity(), value: { count: 2, sum: expect.any(Number) } },
      { attributes: { ...identity(), "error.type": "ThrottlingException" }, value: { count: 1, sum: expect.any(Number) } },
    ]);
    const seconds = telemetry.spans.slice(0, 2).map(({ duration: [whole, nanoseconds] }) => whole + nanoseconds / 1e9);
    const { sum } = durations[0]?.value as { sum: number };
    expect(Math.abs(sum - (seconds[0] ?? 0) - (seconds[1] ?? 0))).toBeLessThan(0.05);
    const [first, other] = await telemetry.series("gen_ai.client.operation.time_to_first_chunk");
    expect([first, other]).toEqual([{ attributes: identity(), value: { count: 1, sum: telemetry.spans[1]?.attributes["gen_ai.response.time_to_first_chunk"] } }, undefined]);
  });

  test("retries and warnings", async () => {
    bedrock.reply(throttling(), throttling(), "Hello.");
    await makeModel(bedrock, { maxRetries: 2 }).invoke("Hello");
    expect(await telemetry.series("langchain_aws_native.client.retries")).toEqual([{ attributes: identity(), value: 2 }]);
    const model = "us.anthropic.claude-opus-4-7-v1:0";
    await makeModel(bedrock, { model, temperature: 0.5 }).invoke("Hello");
    const attributes = { ...identity(model), "langchain_aws_native.warning.code": "sampling_left_out" };
    expect(await telemetry.series("langchain_aws_native.client.warnings")).toEqual([{ attributes, value: 1 }]);
  });
});

test("the wait for the rate limit, where there is one", async () => {
  await ourModel(bedrock).invoke("Hello");
  expect(await telemetry.series("langchain_aws_native.client.rate_limit.wait")).toEqual([]);
  await ourModel(bedrock, { rateLimit: { requestsPerMinute: 5 } }).invoke("Hello");
  const [series] = await telemetry.series("langchain_aws_native.client.rate_limit.wait");
  expect(series).toMatchObject({ attributes: { "gen_ai.operation.name": "chat" }, value: { count: 1, sum: 0 } });
});

test("embeddings have input tokens only", async () => {
  await new BedrockEmbeddings({ model: "cohere.embed-v4:0", ...bedrock.connection }).embedQuery("How are clouds formed?");
  const tokens = await telemetry.series("gen_ai.client.token.usage");
  expect(tokens).toMatchObject([{ attributes: { "gen_ai.operation.name": "embeddings", "gen_ai.token.type": "input" }, value: { count: 1, sum: 6 } }]);
});

test("units and bounds are those of the conventions", async () => {
  await collect(await ourModel(bedrock).stream("Hello"));
  const described = (await telemetry.metrics()).map(({ descriptor, dataPoints }) => {
    const value = dataPoints[0]?.value as { buckets?: { boundaries: number[] } };
    return [descriptor.name, descriptor.unit, value.buckets?.boundaries];
  });
  const seconds = [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92];
  expect(described).toEqual([
    ["gen_ai.client.operation.duration", "s", seconds],
    ["gen_ai.client.operation.time_to_first_chunk", "s", seconds],
    ["gen_ai.client.token.usage", "{token}", Array.from({ length: 14 }, (_, power) => 4 ** power)],
  ]);
});
