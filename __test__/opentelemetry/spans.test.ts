import { SpanKind, SpanStatusCode } from "@opentelemetry/api";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import { AmazonKendraRetriever, AmazonKnowledgeBaseRetriever, BedrockEmbeddings, ChatBedrockConverse } from "langchain-aws-native";
import { instrument } from "langchain-aws-native/opentelemetry";
import { error, startBedrock, throttling, toolUse, type Bedrock } from "langchain-aws-native/testing";
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

/** The options by which a class sends by AWS's client for JavaScript. */
const BY_CLIENT = { clientOptions: { requestHandler: new NodeHttpHandler() } };

const requestId = (index = 0): string | undefined => bedrock.requests[index]?.response.requestId;

describe.each([
  ["native", ourModel, {}],
  ["by AWS's client", ourModelByClient, BY_CLIENT],
] as const)("%s", (way, makeModel, fields) => {
  /** Of AWS's client the endpoint is not known when the request begins. */
  const server = (): object => (way === "native" ? { "server.address": "127.0.0.1", "server.port": Number(new URL(bedrock.url).port) } : {});

  test("a call", async () => {
    bedrock.reply({ content: "Hello.", usage: { inputTokens: 7, outputTokens: 3, cacheReadInputTokens: 100, cacheWriteInputTokens: 20 } });
    const options = { temperature: 0.5, maxTokens: 100, topP: 0.9, stop: ["END"], guardrailConfig: { guardrailIdentifier: "sgi5gkybzqak", guardrailVersion: "1" } };
    await makeModel(bedrock, { model: "amazon.nova-lite-v1:0" }).invoke("Hello", options);
    const { name, kind, status, attributes, instrumentationScope, ended, events, parentSpanContext } = telemetry.span;
    expect({ name, kind, status, ended, events, parentSpanContext }).toEqual({
      name: "chat amazon.nova-lite-v1:0",
      kind: SpanKind.CLIENT,
      status: { code: SpanStatusCode.UNSET },
      ended: true,
      events: [],
      parentSpanContext: undefined,
    });
    expect(instrumentationScope).toMatchObject({ name: "langchain-aws-native", version: "0.1.0", schemaUrl: "https://opentelemetry.io/schemas/1.41.0" });
    expect(attributes).toEqual({
      "gen_ai.operation.name": "chat",
      "gen_ai.provider.name": "aws.bedrock",
      "gen_ai.request.model": "amazon.nova-lite-v1:0",
      "gen_ai.request.temperature": 0.5,
      "gen_ai.request.max_tokens": 100,
      "gen_ai.request.top_p": 0.9,
      "gen_ai.request.stop_sequences": ["END"],
      "aws.bedrock.guardrail.id": "sgi5gkybzqak",
      "cloud.region": "us-east-1",
      ...server(),
      "aws.request_id": requestId(),
      "gen_ai.response.finish_reasons": ["end_turn"],
      // Those of the cache are among them.
      "gen_ai.usage.input_tokens": 127,
      "gen_ai.usage.output_tokens": 3,
      "gen_ai.usage.cache_read.input_tokens": 100,
      "gen_ai.usage.cache_creation.input_tokens": 20,
    });
  });

  test.each(["stream", "streamEvents"] as const)("a stream (%s)", async (form) => {
    bedrock.reply({ content: [toolUse("weather", { city: "Paris" })], usage: { inputTokens: 7, outputTokens: 3 } });
    const model = makeModel(bedrock);
    await collect<unknown>(form === "stream" ? await model.stream("Hello") : model.streamEvents("Hello", { version: "v2" }));
    const { name, status, attributes } = telemetry.span;
    expect({ name, status }).toEqual({ name: `chat ${MODEL}`, status: { code: SpanStatusCode.UNSET } });
    const { "gen_ai.response.time_to_first_chunk": timeToFirstChunk, ...others } = attributes;
    expect(others).toEqual({
      "gen_ai.operation.name": "chat",
      "gen_ai.provider.name": "aws.bedrock",
      "gen_ai.request.model": MODEL,
      "gen_ai.request.stream": true,
      "cloud.region": "us-east-1",
      ...server(),
      "aws.request_id": requestId(),
      "gen_ai.response.finish_reasons": ["tool_use"],
      "gen_ai.usage.input_tokens": 7,
      "gen_ai.usage.output_tokens": 3,
    });
    const [seconds, nanoseconds] = telemetry.span.duration;
    expect(timeToFirstChunk).toBeGreaterThan(0);
    expect(timeToFirstChunk).toBeLessThanOrEqual(seconds + nanoseconds / 1e9 + 0.01);
  });

  test("retries", async () => {
    bedrock.reply(throttling(), throttling(), "Hello.");
    await makeModel(bedrock, { maxRetries: 2 }).invoke("Hello");
    expect(telemetry.span.attributes).toMatchObject({ "http.request.resend_count": 2, "aws.request_id": requestId(2) });
    expect(telemetry.span.status).toEqual({ code: SpanStatusCode.UNSET });
  });

  test("a failure, after a retry", async () => {
    bedrock.replyAlways(throttling());
    await rejection(makeModel(bedrock, { maxRetries: 1 }).invoke("Hello"));
    const { status, attributes, ended } = telemetry.span;
    expect({ status, ended }).toEqual({ status: { code: SpanStatusCode.ERROR }, ended: true });
    expect(attributes).toMatchObject({ "error.type": "ThrottlingException", "http.request.resend_count": 1, "aws.request_id": requestId(1) });
  });

  test("the wait for the rate limit", async () => {
    await makeModel(bedrock, { rateLimit: { requestsPerMinute: 5 } }).invoke("Hello");
    expect(telemetry.span.attributes).toMatchObject({ "langchain_aws_native.rate_limit.wait": 0 });
  });

  test("what was changed in the request", async () => {
    await makeModel(bedrock, { model: "us.anthropic.claude-opus-4-7-v1:0", temperature: 0.5 }).invoke("Hello");
    const { "langchain_aws_native.warning.codes": codes, "langchain_aws_native.warning.paths": paths } = telemetry.span.attributes;
    expect([codes, paths]).toEqual([["sampling_left_out"], ["inferenceConfig"]]);
  });

  test("an answer that must be JSON of a schema", async () => {
    bedrock.reply('{"city":"Paris"}');
    const schema = JSON.stringify({ type: "object", properties: { city: { type: "string" } }, required: ["city"], additionalProperties: false });
    await makeModel(bedrock, { outputConfig: { textFormat: { type: "json_schema", structure: { jsonSchema: { schema, name: "place" } } } } }).invoke("Where?");
    expect(telemetry.span.attributes).toMatchObject({ "gen_ai.output.type": "json" });
  });

  test("a count of tokens", async () => {
    await makeModel(bedrock).getNumTokens("Hello");
    expect(telemetry.span.name).toBe(`count_tokens ${MODEL}`);
    expect(telemetry.span.attributes).toMatchObject({ "gen_ai.operation.name": "count_tokens", "gen_ai.request.model": MODEL, ...server() });
  });

  test("embeddings", async () => {
    await new BedrockEmbeddings({ model: "amazon.titan-embed-text-v2:0", dimensions: 256, ...bedrock.connection, ...fields }).embedQuery("How are clouds formed?");
    expect(telemetry.span.name).toBe("embeddings amazon.titan-embed-text-v2:0");
    expect(telemetry.span.attributes).toEqual({
      "gen_ai.operation.name": "embeddings",
      "gen_ai.provider.name": "aws.bedrock",
      "gen_ai.request.model": "amazon.titan-embed-text-v2:0",
      "gen_ai.embeddings.dimension.count": 256,
      // By the endpoint's estimate.
      "gen_ai.usage.input_tokens": 6,
      "cloud.region": "us-east-1",
      ...server(),
      "aws.request_id": requestId(),
    });
  });

  test("embeddings of documents, one span for each request", async () => {
    const texts = ["One text of several.", "And another text."];
    await new BedrockEmbeddings({ model: "cohere.embed-v4:0", batchSize: 1, ...bedrock.connection, ...fields }).embedDocuments(texts);
    expect(telemetry.spans.map(({ name }) => name)).toEqual(["embeddings cohere.embed-v4:0", "embeddings cohere.embed-v4:0"]);
    expect(telemetry.spans.map(({ attributes }) => attributes["gen_ai.usage.input_tokens"]).sort()).toEqual([5, 6]);
  });

  test("a knowledge base", async () => {
    await new AmazonKnowledgeBaseRetriever({ knowledgeBaseId: "ABCDEFGHIJ", ...bedrock.connection, ...fields }).invoke("How are clouds formed?");
    expect(telemetry.span.name).toBe("retrieval ABCDEFGHIJ");
    expect(telemetry.span.attributes).toEqual({
      "gen_ai.operation.name": "retrieval",
      "gen_ai.provider.name": "aws.bedrock",
      "gen_ai.data_source.id": "ABCDEFGHIJ",
      "aws.bedrock.knowledge_base.id": "ABCDEFGHIJ",
      "cloud.region": "us-east-1",
      ...server(),
      "aws.request_id": requestId(),
    });
  });

  test("Kendra", async () => {
    const index = "01234567-89ab-cdef-0123-456789abcdef";
    await new AmazonKendraRetriever({ indexId: index, ...bedrock.connection, ...fields }).invoke("How are clouds formed?");
    expect(telemetry.span.name).toBe(`retrieval ${index}`);
    expect(telemetry.span.attributes).toMatchObject({ "gen_ai.provider.name": "aws.kendra", "gen_ai.data_source.id": index });
    expect(telemetry.span.attributes).not.toHaveProperty("gen_ai.request.model");
  });

  test("nothing of the conversation is recorded, nor a secret", async () => {
    bedrock.reply("The answer is forty-two.", error("ValidationException", "messages.0.content: What is the question?"));
    const secret = bedrock.credentials.secretAccessKey;
    const model = makeModel(bedrock, { defaultHeaders: { "x-tenant": "tenant-header" } });
    await model.invoke([["system", "You are Deep Thought."], ["human", "What is the question?"]], { requestMetadata: { customer: "Zaphod" } });
    await rejection(model.invoke("What is the question?"));
    const recorded = JSON.stringify([telemetry.spans.map(({ name, attributes, status, events, links }) => ({ name, attributes, status, events, links })), await telemetry.metrics()]);
    expect(recorded).toContain("ValidationException");
    for (const hidden of ["forty-two", "Deep Thought", "the question", "Zaphod", "tenant-header", secret]) expect(recorded).not.toContain(hidden);
  });
});

test("the status has the error's message where that is asked for", async () => {
  const stop = instrument({ ...telemetry, tracerProvider: telemetry.tracerProvider, meterProvider: telemetry.meterProvider, errorMessages: true });
  bedrock.reply(error("ValidationException", "The model does not like it."));
  await rejection(ourModel(bedrock).invoke("Hello"));
  expect(telemetry.span.status).toEqual({ code: SpanStatusCode.ERROR, message: "The model does not like it." });
  stop();
});

test("user and password of an endpoint are not recorded", async () => {
  const { host, port } = new URL(bedrock.url);
  process.env["AWS_ENDPOINT_URL_BEDROCK_RUNTIME"] = `http://arthur:towel@${host}/`;
  const { endpointUrl: _, ...connection } = bedrock.connection;
  await new ChatBedrockConverse(connection).invoke("Hello").catch(() => undefined);
  expect(telemetry.span.attributes).toMatchObject({ "server.address": "127.0.0.1", "server.port": Number(port) });
  expect(JSON.stringify(telemetry.span.attributes)).not.toMatch(/arthur|towel/);
});
