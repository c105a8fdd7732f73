import { performance } from "node:perf_hooks";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { HumanMessage } from "@langchain/core/messages";
import { BedrockEmbeddings, type ChatBedrockConverse, type ChatBedrockConverseInput, type RateLimit, type StartMessage } from "langchain-aws-native";
import { type Answer, type Bedrock, type BedrockRequest, defaultAnswer, startBedrock, throttling, validation, withHeaders } from "langchain-aws-native/testing";
import { run } from "../support/child.js";
import { deferred, useCleanEnvironment } from "../support/environment.js";
import { awsClient, MODEL, ourModel, ourModelByClient } from "../support/models.js";
import { collect, rejection } from "../support/rejection.js";

useCleanEnvironment();

/** Its port is part of the limits' identity: no test meets what another has used. */
let bedrock: Bedrock;
/** Ends the calls that wait. */
let given: AbortController;
beforeEach(async () => {
  bedrock = await startBedrock();
  given = new AbortController();
});
afterEach(async () => {
  given.abort();
  jest.restoreAllMocks();
  await bedrock.close();
});

const limited = (rateLimit: RateLimit, fields: ChatBedrockConverseInput = {}): ChatBedrockConverse => ourModel(bedrock, { rateLimit, ...fields });

/** A call that may wait until the test is over. */
function begin(model: ChatBedrockConverse, text = "Hello", options: object = {}): Promise<string> {
  const call = model.invoke(text, { signal: given.signal, ...options }).then((message) => message.text);
  call.catch(() => undefined);
  return call;
}

/** Lets calls that can be sent be sent: a call without a limit to the same endpoint takes as many turns as they do. */
async function settle(): Promise<void> {
  const before = bedrock.requests.length;
  for (let turn = 0; turn < 3; turn++) await ourModel(bedrock).invoke("unlimited");
  expect(bedrock.requests.length).toBeGreaterThanOrEqual(before + 3);
}

function textOf({ body }: BedrockRequest): string {
  return String((body.messages?.[0]?.content[0] as { text?: string } | undefined)?.text);
}

/** The texts of the limited calls that have arrived. */
function arrived(): string[] {
  return bedrock.requests.map(textOf).filter((text) => text !== "unlimited");
}

/** Answers to calls by their texts. */
function reply(answers: Record<string, Answer>): void {
  bedrock.replyAlways((request) => answers[textOf(request)] ?? (defaultAnswer as (request: BedrockRequest) => Answer)(request));
}

/** Moves the clock of limits on. */
function moveClock(milliseconds: number): void {
  const now = performance.now.bind(performance);
  jest.spyOn(performance, "now").mockImplementation(() => now() + milliseconds);
}

/** An answer that comes when the test says so. */
function held(answer: Answer): { answer: Answer; asked: Promise<void>; give: () => void } {
  const [asked, given] = [deferred(), deferred()];
  return { answer: async () => (asked.resolve(), await given.promise, answer), asked: asked.promise, give: () => given.resolve() };
}

describe("rateLimit", () => {
  test.each<[string, unknown, string]>([
    ["zero", { requestsPerMinute: 0 }, "rateLimit.requestsPerMinute must be a whole number of at least 1, but it is 0."],
    ["a negative number", { tokensPerMinute: -5 }, "rateLimit.tokensPerMinute must be a whole number of at least 1, but it is -5."],
    ["no number", { requestsPerMinute: NaN }, "rateLimit.requestsPerMinute must be a whole number of at least 1, but it is NaN."],
    ["a text", { requestsPerMinute: "10" }, "rateLimit.requestsPerMinute must be a whole number of at least 1, but it is a string."],
    ["a misspelt member", { requestPerMinute: 5 }, "rateLimit.requestPerMinute is no option: rateLimit has requestsPerMinute and tokensPerMinute."],
    ["nothing", {}, "rateLimit must have requestsPerMinute, tokensPerMinute or both."],
    ["only undefined", { tokensPerMinute: undefined }, "rateLimit must have requestsPerMinute, tokensPerMinute or both."],
    ["a bare number", 10, "rateLimit must be an object, but it is 10."],
  ])("%s is refused with a sentence", (_what, rateLimit, sentence) => {
    expect(() => limited(rateLimit as RateLimit)).toThrow(`ChatBedrockConverse: ${sentence}`);
    expect(() => new BedrockEmbeddings({ ...bedrock.connection, rateLimit: rateLimit as RateLimit })).toThrow(`BedrockEmbeddings: ${sentence}`);
  });

  test("null is none, as of every option", async () => {
    await limited(null as unknown as RateLimit).invoke("Hello");
  });

  test("is a field, and is serialized", () => {
    const model = limited({ requestsPerMinute: 7 });
    expect(model.rateLimit).toEqual({ requestsPerMinute: 7 });
    expect(JSON.parse(JSON.stringify(model)).kwargs.rate_limit).toEqual({ requestsPerMinute: 7 });
  });
});

describe.each<[string, (fields: ChatBedrockConverseInput) => ChatBedrockConverse]>([
  ["the native client", (fields) => ourModel(bedrock, fields)],
  ["AWS's client", (fields) => ourModelByClient(bedrock, fields)],
])("by %s", (_way, make) => {
  test.each(["invoke", "stream"])("%s: so many requests are sent in a minute, the others in their order", async (kind) => {
    const model = make({ rateLimit: { requestsPerMinute: 2 } });
    const last = held("last");
    reply({ b: last.answer });
    const texts = ["a", "b", "c", "d", "e"];
    const signal = given.signal;
    const calls = texts.map((text) => (kind === "stream" ? collect(model.stream(text, { signal })) : model.invoke(text, { signal })));
    for (const call of calls) call.catch(() => undefined);
    await Promise.all([calls[0], last.asked]);
    await settle();
    // On connections of their own, they may arrive in any order.
    expect(arrived().sort()).toEqual(["a", "b"]);
    moveClock(61_000);
    last.give();
    await Promise.all(calls.slice(0, 4));
    await settle();
    expect(arrived().sort()).toEqual(["a", "b", "c", "d"]);
    given.abort(new Error("Enough."));
    expect((await rejection(calls[4]!)).message).toBe("Enough.");
  });

  test.each(["invoke", "stream"])("%s: tokens are taken for the longest answer, and given back when it was shorter", async (kind) => {
    const model = make({ rateLimit: { tokensPerMinute: 10_000 }, maxTokens: 6000 });
    const first = held({ content: "short", usage: { inputTokens: 20, outputTokens: 10 } });
    reply({ first: first.answer });
    const call = (text: string): Promise<unknown> => (kind === "stream" ? collect(model.stream(text)) : model.invoke(text));
    const calls = [call("first"), call("second")];
    await first.asked;
    await settle();
    expect(arrived()).toEqual(["first"]);
    first.give();
    await Promise.all(calls);
    expect(arrived()).toEqual(["first", "second"]);
  });

  test("a token of the answer counts as many times as the model's do, and what the cache had does not", async () => {
    const model = make({ rateLimit: { tokensPerMinute: 10_000 }, maxTokens: 1000 });
    // Five for each of Claude 4.5: 8,020.
    const second = held("two");
    reply({ one: { content: "long", usage: { inputTokens: 20, outputTokens: 1600, cacheReadInputTokens: 9000 } }, two: second.answer });
    await model.invoke("one");
    const two = begin(model, "two");
    const three = begin(model, "three");
    await second.asked;
    await settle();
    expect(arrived()).toEqual(["one", "two"]);
    second.give();
    await Promise.all([two, three]);
  });

  test("a call that fails gives back its tokens", async () => {
    const model = make({ rateLimit: { tokensPerMinute: 10_000 }, maxTokens: 9000 });
    reply({ one: validation("No."), two: validation("No."), three: "Yes." });
    await rejection(model.invoke("one"));
    await rejection(collect(model.stream("two")));
    expect((await model.invoke("three")).text).toBe("Yes.");
  });

  test("throttling lowers the limit", async () => {
    const model = make({ rateLimit: { requestsPerMinute: 10 }, maxRetries: 0 });
    reply({ throttled: throttling() });
    await rejection(model.invoke("throttled"));
    const calls = Array.from({ length: 9 }, (_, index) => begin(model, String(index)));
    await Promise.all(calls.slice(0, 6));
    await settle();
    // Seven are left of ten, and one was used.
    expect(arrived()).toHaveLength(7);
  });

  test("the wait ends with responseTimeout, which the wait is a part of", async () => {
    const model = make({ rateLimit: { requestsPerMinute: 1 } });
    await model.invoke("one");
    const thrown = await rejection(model.invoke("two", { responseTimeout: 20 }));
    expect(thrown.message).toBe("Bedrock Converse timed out after 20 ms while waiting for the rate limit.");
    expect(thrown).toMatchObject({ code: "ETIMEDOUT", lc_error_code: "MODEL_STREAM_TIMEOUT" });
    const streamed = await rejection(collect(model.stream("three", { responseTimeout: 20 })));
    expect(streamed.message).toBe(thrown.message);
    expect(arrived()).toEqual(["one"]);
  });

  test("bytes are those that were given, whatever becomes of them while the call waits", async () => {
    const model = make({ rateLimit: { requestsPerMinute: 1 } });
    const first = held("one");
    reply({ one: first.answer });
    const one = begin(model, "one");
    await first.asked;
    const bytes = new Uint8Array([0x89, 0x50, 0x4e, 0x47, 1, 2, 3]);
    const image = new HumanMessage({ content: [{ image: { format: "png", source: { bytes } } }, { type: "text", text: "What is it?" }] as never });
    const two = model.invoke([image], { signal: given.signal });
    await settle();
    bytes.fill(0);
    moveClock(61_000);
    first.give();
    await Promise.all([one, two]);
    const contents = bedrock.requests.map(({ body }) => body.messages?.[0]?.content[0] as { image?: { source: { bytes: string } } } | undefined);
    expect(contents.find((content) => content?.image !== undefined)?.image?.source.bytes).toBe(Buffer.from([0x89, 0x50, 0x4e, 0x47, 1, 2, 3]).toString("base64"));
  });
});

describe("a limit is shared", () => {
  const one = { requestsPerMinute: 1 };

  /** After a call of the first model, one of the second is not sent. */
  async function expectShared(first: ChatBedrockConverse, second: ChatBedrockConverse, options = {}): Promise<void> {
    await first.invoke("first");
    void begin(second, "second", options);
    await settle();
    expect(arrived()).toEqual(["first"]);
  }

  test("by models of one account, region and model, whatever else they are given", async () => {
    await expectShared(limited(one), limited(one, { temperature: 0.5, maxRetries: 3, connectTimeout: 5000, streaming: true }));
  });

  test.each<[string, () => ChatBedrockConverse]>([
    ["another model", () => limited(one, { model: "amazon.nova-pro-v1:0" })],
    ["other numbers", () => limited({ requestsPerMinute: 2 })],
    ["another account", () => limited(one, { credentials: async () => bedrock.credentials })],
    ["a client of the user's", () => limited(one, { client: awsClient(bedrock) as never })],
  ])("not with %s", async (_difference, make) => {
    await limited(one).invoke("first");
    await make().invoke("second");
  });

  test("by a model that sends by the client that it has made", async () => {
    await expectShared(limited(one), ourModelByClient(bedrock, { rateLimit: one }));
  });

  test("by calls of one user's client", async () => {
    const client = awsClient(bedrock) as never;
    await expectShared(limited(one, { client }), limited(one, { client }));
  });

  test("not with a call that has keys of its own, which share one by the access key", async () => {
    const model = limited(one);
    const credentials = bedrock.credentials;
    await model.invoke("first");
    await model.invoke("second", { credentials: { ...credentials } });
    void begin(model, "third", { credentials: { ...credentials } });
    await settle();
    expect(arrived()).toEqual(["first", "second"]);
  });

  test("by calls whose keys a function fetches", async () => {
    const model = limited(one);
    await expectShared(model, model, { credentials: async () => bedrock.credentials });
  });
});

test("a call that waits for the limit holds no permit of maxConcurrency", async () => {
  const model = limited({ requestsPerMinute: 1 }, { maxConcurrency: 1 });
  await model.invoke("one");
  const two = begin(model, "two");
  await model.applyGuardrail("A text", { source: "INPUT", guardrailConfig: { guardrailIdentifier: "abc123", guardrailVersion: "1" } });
  given.abort(new Error("Enough."));
  expect((await rejection(two)).message).toBe("Enough.");
});

test("tokens are counted, and credentials fetched, without a limit", async () => {
  const model = limited({ requestsPerMinute: 1 });
  await model.invoke("one");
  await model.prewarm();
  expect((await model.getNumTokensFromMessages([new HumanMessage("How many?")])).totalCount).toBeGreaterThan(0);
  expect(bedrock.requests.filter(({ operation }) => operation === "count-tokens")).toHaveLength(1);
});

test("maxConcurrency holds beside it: a call is counted when it is sent", async () => {
  const model = limited({ requestsPerMinute: 3 }, { maxConcurrency: 1 });
  const first = held("one");
  reply({ a: first.answer });
  const calls = ["a", "b", "c", "d"].map((text) => begin(model, text));
  await first.asked;
  await settle();
  expect(arrived()).toEqual(["a"]);
  first.give();
  await Promise.all(calls.slice(0, 3));
  await settle();
  expect(arrived()).toEqual(["a", "b", "c"]);
});

test("LangChain's batch and its own limits go on working", async () => {
  const model = limited({ requestsPerMinute: 100 }, { maxConcurrency: 2 });
  const answers = await model.batch(["a", "b", "c"], { maxConcurrency: 2 });
  expect(answers.map(({ text }) => text)).toEqual(["You said: a", "You said: b", "You said: c"]);
  await model.withRetry({ stopAfterAttempt: 2 }).invoke("d");
  expect(arrived().sort()).toEqual(["a", "b", "c", "d"]);
});

test("embeddings: requests wait, and their tokens are counted", async () => {
  const embeddings = new BedrockEmbeddings({ ...bedrock.connection, maxRetries: 0, rateLimit: { requestsPerMinute: 2 } });
  await embeddings.embedDocuments(["a", "b"]);
  const embedding = embeddings.embedQuery("c", { signal: given.signal });
  embedding.catch(() => undefined);
  await settle();
  expect(bedrock.requests.filter(({ operation }) => operation === "invoke")).toHaveLength(2);
  given.abort(new Error("Enough."));
  expect((await rejection(embedding)).message).toBe("Enough.");
  const byTokens = new BedrockEmbeddings({ ...bedrock.connection, maxRetries: 0, rateLimit: { tokensPerMinute: 1000 } });
  await byTokens.embedQuery("word ".repeat(800));
  const thrown = await rejection(byTokens.embedQuery("word ".repeat(800), { responseTimeout: 20 }));
  expect(thrown.message).toBe("An error occurred while embedding documents with Bedrock: Bedrock InvokeModel timed out after 20 ms while waiting for the rate limit.");
});

test("what throttled attempts of the SDK's were is counted, too", async () => {
  const model = limited({ requestsPerMinute: 10 }, { maxRetries: 2 });
  bedrock.reply(withHeaders(throttling(), { "retry-after": "0" }), "Here.");
  await model.invoke("retried");
  const calls = Array.from({ length: 9 }, (_, index) => begin(model, String(index)));
  // Seven are left of ten, and two attempts were made.
  await Promise.all(calls.slice(0, 5));
  await settle();
  expect(arrived()).toHaveLength(7);
});

test("the wait is told on the channel of diagnostics", async () => {
  const waits: (number | undefined)[] = [];
  const listen = (message: unknown): void => void waits.push((message as StartMessage).rateLimitWait);
  subscribe("langchain-aws-native:request:start", listen);
  try {
    const model = limited({ requestsPerMinute: 1 });
    const first = held("one");
    reply({ one: first.answer });
    const calls = [begin(model, "one"), begin(model, "two")];
    await first.asked;
    await settle();
    moveClock(61_000);
    first.give();
    await Promise.all(calls);
    const [one, two, ...others] = waits.filter((wait) => wait !== undefined);
    expect([one, others]).toEqual([0, []]);
    expect(two).toBeGreaterThan(60_000);
  } finally {
    unsubscribe("langchain-aws-native:request:start", listen);
  }
});

test("a call that waits keeps the process alive, and a limit alone does not", async () => {
  const source = `
    const { ChatBedrockConverse } = require("langchain-aws-native");
    (async () => {
      const model = new ChatBedrockConverse(${JSON.stringify({ model: MODEL, ...bedrock.connection, rateLimit: { requestsPerMinute: 1 } })});
      await model.invoke("one");
      // Neither of these timers keeps a process alive.
      const error = await model.invoke("two", { signal: AbortSignal.timeout(50), responseTimeout: 0 }).catch((error) => error);
      console.log(error.name);
    })();`;
  expect(await run(source, { type: "commonjs" })).toBe("TimeoutError");
  expect(arrived()).toEqual(["one"]);
});
