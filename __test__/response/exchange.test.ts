import { AIMessageChunk } from "@langchain/core/messages";
import type { ChatBedrockConverse } from "langchain-aws-native";
import { events, error, reasoning, startBedrock, text, throttling, truncated, withHeaders, type Bedrock } from "langchain-aws-native/testing";
import { useCleanEnvironment } from "../support/environment.js";
import { ourModel, ourModelByClient } from "../support/models.js";
import { rejection } from "../support/rejection.js";
import { collect } from "../support/streams.js";

/** What an answer and an error say of the exchange: headers, what was received, counts, and when to ask again. */

useCleanEnvironment();

let bedrock: Bedrock;
beforeAll(async () => {
  bedrock = await startBedrock();
});
afterEach(() => bedrock.reset());
afterAll(() => bedrock.close());

/** The sum of a stream. */
async function whole(model: ChatBedrockConverse, options: object = {}): Promise<AIMessageChunk> {
  const chunks = await collect<AIMessageChunk>(await model.stream("Hello", options));
  return chunks.reduce((sum, chunk) => sum.concat(chunk));
}

describe.each([
  ["the native client", ourModel],
  ["AWS's client for JavaScript", ourModelByClient],
])("by %s", (_way, modelOf) => {
  const HEADERS = { "x-amzn-trace-id": "Root=1-2", "X-Gateway": "eu", "set-cookie": "session=secret", "x-amz-security-token": "secret", "X-Api-Key": "secret" };

  describe("includeResponseHeaders", () => {
    test.each(["invoke", "stream", "streaming"])("%s: without those that carry secrets", async (kind) => {
      bedrock.reply(withHeaders("Hello.", HEADERS));
      const model = modelOf(bedrock, { includeResponseHeaders: true, streaming: kind === "streaming" });
      const message = kind === "stream" ? await whole(model) : await model.invoke("Hello");
      const { headers } = message.response_metadata as { headers: Record<string, string> };
      expect(headers).toMatchObject({ "x-amzn-trace-id": "Root=1-2", "x-gateway": "eu", "x-amzn-requestid": bedrock.requests[0]?.response.requestId });
      expect(JSON.stringify(message)).not.toContain("secret");
    });

    test("events", async () => {
      bedrock.reply(withHeaders("Hello.", HEADERS));
      const all = await collect(modelOf(bedrock).streamEvents("Hello", { includeResponseHeaders: true } as never) as unknown as AsyncIterable<{ event: string }>);
      expect(all.find(({ event }) => event === "message-finish")).toMatchObject({ responseMetadata: { headers: { "x-gateway": "eu" } } });
    });

    test("a call's option beats the constructor's, and without one there are none", async () => {
      const without = await modelOf(bedrock, { includeResponseHeaders: true }).invoke("Hello", { includeResponseHeaders: false });
      expect(without.response_metadata).not.toHaveProperty("headers");
      expect((await modelOf(bedrock).invoke("Hello")).response_metadata).not.toHaveProperty("headers");
    });
  });

  describe("includeRaw", () => {
    const EVENTS = [
      { messageStart: { role: "assistant" } },
      { contentBlockDelta: { contentBlockIndex: 0, delta: { text: "Hel" } } },
      { contentBlockDelta: { contentBlockIndex: 0, delta: { text: "lo." } } },
      { contentBlockStop: { contentBlockIndex: 0 } },
      { messageStop: { stopReason: "end_turn" } },
      { metadata: { usage: { inputTokens: 1, outputTokens: 2, totalTokens: 3 }, metrics: { latencyMs: 4 } } },
    ];

    test("invoke: the body", async () => {
      bedrock.reply({ content: "Hello.", usage: { inputTokens: 1, outputTokens: 2 } });
      const message = await modelOf(bedrock).invoke("Hello", { includeRaw: true });
      expect(message.text).toBe("Hello.");
      expect(message.response_metadata.raw).toMatchObject({
        output: { message: { role: "assistant", content: [{ text: "Hello." }] } },
        stopReason: "end_turn",
        usage: { inputTokens: 1, outputTokens: 2, totalTokens: 3 },
      });
      expect(message).not.toHaveProperty("raw");
    });

    test.each([{}, { streamCoalescing: 5 }, { outputVersion: "v1" as const }])("stream: each event, in the sum of the chunks, %j", async (options) => {
      bedrock.reply(events(EVENTS));
      const sum = await whole(modelOf(bedrock, options), { includeRaw: true });
      expect(sum.text).toBe("Hello.");
      expect(sum.response_metadata).toMatchObject({ stopReason: "end_turn", model_provider: "bedrock-converse" });
      expect((sum.response_metadata.raw as object[]).map((event) => withoutPadding(event))).toEqual(EVENTS);
    });

    test("events: with the end of the message", async () => {
      bedrock.reply(events(EVENTS));
      const all = await collect(modelOf(bedrock).streamEvents("Hello", { includeRaw: true } as never) as unknown as AsyncIterable<{ event: string; responseMetadata?: { raw: object[] } }>);
      expect(all.find(({ event }) => event === "message-finish")?.responseMetadata?.raw.map((event) => withoutPadding(event))).toEqual(EVENTS);
      expect(all.every(({ event }) => event !== undefined)).toBe(true);
    });

    test("half a stream has what came", async () => {
      bedrock.reply(truncated("One two three.", { afterEvents: 2 }));
      const { partialOutput } = await rejection(whole(modelOf(bedrock, { includeRaw: true })));
      expect((partialOutput as AIMessageChunk).response_metadata.raw).toHaveLength(2);
    });

    test("the whole answer of a model that streams none while it has tools", async () => {
      const model = modelOf(bedrock, { model: "us.meta.llama3-3-70b-instruct-v1:0", includeRaw: true });
      const sum = await whole(model, { tools: [{ name: "add", schema: { type: "object", properties: {} } }] });
      const raw = sum.response_metadata.raw as object[];
      expect(raw[0]).toHaveProperty(bedrock.requests[0]?.operation === "converse" ? "output" : "messageStart");
    });
  });

  describe("counts", () => {
    test.each(["invoke", "stream"])("%s: reasoning tokens, where they are asked for", async (kind) => {
      const answer = { content: [reasoning("Let me think about that for a while.", "c2ln"), text("Hi.")] };
      bedrock.reply(answer, answer);
      const model = modelOf(bedrock, { model: "us.anthropic.claude-haiku-4-5-20251001-v1:0" });
      const ask = (options: object): Promise<AIMessageChunk> => (kind === "stream" ? whole(model, options) : model.invoke("Hello", options));
      const { usage_metadata } = await ask({ additionalModelResponseFieldPaths: ["/usage"] });
      expect(usage_metadata?.output_token_details?.reasoning).toBeGreaterThan(0);
      expect(usage_metadata?.output_token_details?.reasoning).toBeLessThan(usage_metadata?.output_tokens ?? 0);
      expect((await ask({})).usage_metadata?.output_token_details?.reasoning).toBeUndefined();
    });

    test.each(["invoke", "stream"])("%s: what was cached, by lifetime", async (kind) => {
      const cacheDetails = [{ ttl: "1h", inputTokens: 200 }, { ttl: "5m", inputTokens: 300 }];
      bedrock.reply({ content: "Hi.", usage: { inputTokens: 7, outputTokens: 1, cacheWriteInputTokens: 500, cacheDetails } });
      const message = kind === "stream" ? await whole(modelOf(bedrock)) : await modelOf(bedrock).invoke("Hello");
      expect(message.response_metadata).toMatchObject({ usage: { cacheDetails } });
      expect(message.usage_metadata?.input_token_details).toEqual({ cache_creation: 500 });
    });
  });

  describe("an error", () => {
    test.each(["invoke", "stream"])("%s: has its region, its ids and the wait", async (kind) => {
      bedrock.reply(withHeaders(throttling(), { "retry-after": "7", "x-amz-id-2": "extended", "x-amz-cf-id": "front" }));
      const model = modelOf(bedrock, { maxRetries: 0 });
      const thrown = await rejection(kind === "stream" ? whole(model) : model.invoke("Hello"));
      expect(thrown).toMatchObject({ name: "ThrottlingException", region: "us-east-1", retryAfterMs: 7000 });
      expect(thrown.$metadata).toMatchObject({ requestId: bedrock.requests[0]?.response.requestId, extendedRequestId: "extended", cfId: "front" });
    });

    test("in the middle of a stream: has its region", async () => {
      bedrock.reply(events([{ messageStart: { role: "assistant" } }, { throttlingException: { message: "Slow down." } }]));
      expect(await rejection(whole(modelOf(bedrock)))).toMatchObject({ name: "ThrottlingException", region: "us-east-1" });
    });

    test("without a header: no wait", async () => {
      bedrock.reply(withHeaders(throttling(), { "retry-after": "soon" }));
      expect(await rejection(modelOf(bedrock, { maxRetries: 0 }).invoke("Hello"))).not.toHaveProperty("retryAfterMs");
    });
  });
});

/** Bedrock hides the length of texts by a member `p`, which is part of what was received. */
function withoutPadding(event: object): object {
  return Object.fromEntries(Object.entries(event).map(([name, { p: _p, ...payload }]) => [name, payload]));
}

describe("the native client waits as long as it is told", () => {
  test.each<[string, () => string, number]>([
    ["seconds", () => "1", 1000],
    ["a date", () => new Date(Date.now() + 3000).toUTCString(), 1500],
  ])("%s", async (_form, header, least) => {
    bedrock.reply(withHeaders(error("ServiceUnavailableException", "Not now."), { "retry-after": header() }));
    const { response_metadata } = await ourModel(bedrock, { maxRetries: 1 }).invoke("Hello");
    const { attempts, totalRetryDelay } = (response_metadata as { $metadata: { attempts: number; totalRetryDelay: number } }).$metadata;
    expect(attempts).toBe(2);
    expect(totalRetryDelay).toBeGreaterThanOrEqual(least);
  });

  test("no wait: at once", async () => {
    bedrock.reply(withHeaders(throttling(), { "retry-after": "0" }));
    const { response_metadata } = await ourModel(bedrock, { maxRetries: 1 }).invoke("Hello");
    expect(response_metadata).toMatchObject({ $metadata: { attempts: 2 } });
  });
});
