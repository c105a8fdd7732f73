import { HumanMessage } from "@langchain/core/messages";
import { type ChatBedrockConverse, IncompleteStreamError } from "langchain-aws-native";
import { error, events, hang, html, reset, status, throttling, truncated, validation, withHeaders, type Answer } from "langchain-aws-native/testing";
import { useCleanEnvironment } from "../support/environment.js";
import { MODEL } from "../support/models.js";
import { fold } from "../support/streams.js";
import { collect, rejection } from "../support/rejection.js";
import { counts, HELD, holdTimers, type Metadata, modelOf, Targets } from "./support.js";

useCleanEnvironment();

const endpoints = new Targets();
let timers: ReturnType<typeof holdTimers>;
beforeEach(() => {
  timers = holdTimers();
});
afterEach(() => {
  timers.restore();
  return endpoints.close();
});

const said = (text: string) => `You said: ${text}`;

describe("another target is asked", () => {
  const failures: [string, Answer][] = [
    ["throttling", throttling()],
    ["a 429 of a gateway", status(429)],
    ["ModelNotReadyException", error("ModelNotReadyException", "Not ready.")],
    ["ServiceUnavailableException", error("ServiceUnavailableException", "Unavailable.")],
    ["InternalServerException", error("InternalServerException", "Broken.")],
    ["ModelTimeoutException", error("ModelTimeoutException", "Too long.")],
    ["ModelErrorException", error("ModelErrorException", "The model failed.")],
    ["a page of a load balancer", html(502)],
    ["a reset connection", reset()],
  ];

  test.each(failures)("after %s, of invoke", async (_name, failure) => {
    const [first, second] = await endpoints.start(2);
    first!.replyAlways(failure);
    const { text, response_metadata } = await modelOf(endpoints.all).invoke("Hello");
    const { target: served, warnings, $metadata } = response_metadata as unknown as Metadata;
    expect(text).toBe(said("Hello"));
    expect(served).toEqual({ region: second!.region, model: MODEL, endpointUrl: second!.url });
    expect(warnings).toEqual([{ code: "target_switched", message: expect.stringContaining(first!.url), path: "failover" }]);
    expect(counts(endpoints.all)).toEqual([1, 1]);
    expect($metadata.attempts).toBe(2);
  });

  test.each(failures)("after %s, of a stream", async (_name, failure) => {
    const [first, second] = await endpoints.start(2);
    first!.replyAlways(failure);
    const message = await fold(await modelOf(endpoints.all).stream("Hello"));
    const { target: served, warnings, $metadata } = message.response_metadata as unknown as Metadata;
    expect(message.text).toBe(said("Hello"));
    expect(served.endpointUrl).toBe(second!.url);
    expect(warnings?.map(({ code }) => code)).toEqual(["target_switched"]);
    expect($metadata.attempts).toBe(2);
  });

  test("after a refused connection", async () => {
    const [first] = await endpoints.start(2);
    const model = modelOf(endpoints.all);
    const closed = first!.url;
    await first!.close();
    const { text, response_metadata } = await model.invoke("Hello");
    expect(text).toBe(said("Hello"));
    expect((response_metadata as unknown as Metadata).warnings?.[0]?.message).toMatch(new RegExp(`${closed} failed \\(ECONNREFUSED\\)`));
  });

  test.each<[string, Answer]>([
    ["an exception", events([{ throttlingException: { message: "Too many requests." } }])],
    ["a server's exception", events([{ internalServerException: { message: "Broken." } }])],
    ["the end of the response", truncated("Hello", { afterEvents: 0 })],
    ["the end of the connection", truncated("Hello", { afterEvents: 0, abrupt: true })],
    ["another type of content", html(200)],
  ])("after a stream that begins with %s", async (_name, failure) => {
    const [first] = await endpoints.start(2);
    first!.reply(failure);
    expect((await fold(await modelOf(endpoints.all).stream("Hello"))).text).toBe(said("Hello"));
    expect(counts(endpoints.all)).toEqual([1, 1]);
  });

  test.each([
    ["invoke", async (model: ChatBedrockConverse) => model.invoke("Hello")],
    ["a stream", async (model: ChatBedrockConverse) => fold(await model.stream("Hello"))],
  ])("when an answer does not begin in time, of %s: the request to the first target ends", async (_name, ask) => {
    const [first, second] = await endpoints.start(2);
    first!.replyAlways(() => (timers.fire(), hang()));
    const { text, response_metadata } = await ask(modelOf(endpoints.all, { failoverAfter: HELD }));
    const { target: served, warnings } = response_metadata as unknown as Metadata;
    expect([text, served.endpointUrl]).toEqual([said("Hello"), second!.url]);
    expect(warnings).toEqual([{ code: "target_switched", message: expect.stringContaining("did not begin to answer in time"), path: "failover" }]);
    await first!.requests[0]!.closed;
    expect(first!.requests[0]!.aborted).toBe(true);
    expect(timers.count).toBe(0);
  });

  test("the last target is waited for", async () => {
    const [first, second] = await endpoints.start(2);
    first!.replyAlways(() => (timers.fire(), hang()));
    second!.replyAlways(() => (timers.fire(), "at last"));
    expect((await modelOf(endpoints.all, { failoverAfter: HELD }).invoke("Hello")).text).toBe("at last");
  });

  test("in the order of the option, until one answers", async () => {
    const [first, second, third] = await endpoints.start(3);
    first!.replyAlways(throttling());
    second!.replyAlways(reset());
    const { response_metadata } = await modelOf(endpoints.all).invoke("Hello");
    const { target: served, warnings, $metadata } = response_metadata as unknown as Metadata;
    expect(served.endpointUrl).toBe(third!.url);
    expect(warnings?.map(({ code }) => code)).toEqual(["target_switched", "target_switched"]);
    expect($metadata.attempts).toBe(3);
  });
});

describe("no other target is asked", () => {
  test.each<[string, Answer]>([
    ["400 ValidationException", validation()],
    ["400 of an input that is too long", validation("Input is too long for requested model.")],
    ["400 ServiceQuotaExceededException", error("ServiceQuotaExceededException", "Quota.")],
    ["403 AccessDeniedException", error("AccessDeniedException", "No.")],
    ["403 ExpiredTokenException", error("ExpiredTokenException", "Expired.")],
    ["404 ResourceNotFoundException", error("ResourceNotFoundException", "None.")],
  ])("after %s", async (_name, refusal) => {
    const [first] = await endpoints.start(2);
    first!.replyAlways(refusal);
    const model = modelOf(endpoints.all);
    for (const failure of await Promise.all([model.invoke("Hello"), collect(model.stream("Hello"))].map((call) => rejection(call)))) expect(failure).not.toHaveProperty("targets");
    expect(counts(endpoints.all)).toEqual([2, 0]);
  });

  test("after a stream that begins with a refusal by the model", async () => {
    const [first] = await endpoints.start(2);
    first!.reply(events([{ modelStreamErrorException: { message: "Bad input.", originalStatusCode: 400 } }]));
    expect(await rejection(collect(modelOf(endpoints.all).stream("Hello")))).toMatchObject({ name: "ModelStreamErrorException" });
    expect(counts(endpoints.all)).toEqual([1, 0]);
  });

  test.each<[string, Answer]>([
    ["an exception", events([{ messageStart: { role: "assistant" } }, { contentBlockDelta: { contentBlockIndex: 0, delta: { text: "Hel" } } }, { throttlingException: { message: "Later." } }])],
    ["the end of the connection", truncated("Hello", { afterEvents: 2, abrupt: true })],
  ])("after the first event of a stream, whatever follows: %s", async (_name, failure) => {
    const [first] = await endpoints.start(2);
    first!.reply(failure);
    const error = await rejection(collect(modelOf(endpoints.all).stream("Hello")));
    expect(["ThrottlingException", IncompleteStreamError.name]).toContain(error.name);
    expect(counts(endpoints.all)).toEqual([1, 0]);
  });

  test("for input that cannot be sent", async () => {
    await endpoints.start(2);
    const input = [new HumanMessage({ content: [{ type: "image_url", image_url: "https://example.com/cat.png" }] })];
    expect((await rejection(modelOf(endpoints.all).invoke(input))).message).toContain("messages[0]");
    expect(counts(endpoints.all)).toEqual([0, 0]);
  });

  test("when the caller's signal fires: its reason is thrown, and the request ends", async () => {
    const [first, second] = await endpoints.start(2);
    const controller = new AbortController();
    const reason = new Error("enough");
    first!.replyAlways(() => (controller.abort(reason), hang()));
    const model = modelOf(endpoints.all);
    expect(await rejection(model.invoke("Hello", { signal: controller.signal }))).toBe(reason);
    await first!.requests[0]!.closed;
    expect(first!.requests[0]!.aborted).toBe(true);
    expect(second!.requests).toHaveLength(0);
  });

  test("when the signal fires while the next target is asked", async () => {
    const [first, second, third] = await endpoints.start(3);
    const controller = new AbortController();
    const reason = new Error("enough");
    first!.replyAlways(throttling());
    second!.replyAlways(() => (controller.abort(reason), hang()));
    const stream = collect(modelOf(endpoints.all).stream("Hello", { signal: controller.signal }));
    expect(await rejection(stream)).toBe(reason);
    await second!.requests[0]!.closed;
    expect(counts([first!, second!, third!])).toEqual([1, 1, 0]);
  });

  test("after responseTimeout, which is that of all targets", async () => {
    const [first, second] = await endpoints.start(2);
    first!.replyAlways(throttling());
    second!.replyAlways(() => (timers.fire(), hang()));
    const model = modelOf(endpoints.all, { responseTimeout: HELD });
    for (const failure of await Promise.all([model.invoke("Hello"), collect(model.stream("Hello"))].map((call) => rejection(call)))) {
      expect(failure).toMatchObject({ lc_error_code: "MODEL_STREAM_TIMEOUT", message: expect.stringContaining(`${HELD} ms`) as unknown });
    }
    await second!.requests[0]!.closed;
    expect(second!.requests[0]!.aborted).toBe(true);
  });
});

describe("when all targets fail", () => {
  test("the last exception of Bedrock is thrown, with what each target said", async () => {
    const [first, second, third] = await endpoints.start(3);
    first!.replyAlways(error("ServiceUnavailableException", "Down."));
    second!.replyAlways(throttling("Too many."));
    const { url, region } = third!;
    const model = modelOf(endpoints.all);
    await third!.close();
    const failure = await rejection(model.invoke("Hello"));
    expect(failure).toMatchObject({ name: "ThrottlingException", message: "Too many.", $metadata: { attempts: 3 } });
    expect(failure.targets).toEqual([
      { region: first!.region, model: MODEL, endpointUrl: first!.url, error: "ServiceUnavailableException", message: "Down.", attempts: 1 },
      { region: second!.region, model: MODEL, endpointUrl: second!.url, error: "ThrottlingException", message: "Too many.", attempts: 1 },
      { region, model: MODEL, endpointUrl: url, error: "ECONNREFUSED", message: expect.stringContaining("Could not reach Bedrock"), attempts: 1 },
    ]);
    expect(() => JSON.stringify(failure)).not.toThrow();
  });

  test("a refusal by a further target ends the call, and says what the first said", async () => {
    const [first, second, third] = await endpoints.start(3);
    first!.replyAlways(throttling());
    second!.replyAlways(error("AccessDeniedException", "No access to the model in this region."));
    const failure = await rejection(modelOf(endpoints.all).invoke("Hello"));
    expect(failure.name).toBe("AccessDeniedException");
    expect((failure.targets as { error: string }[]).map((it) => it.error)).toEqual(["ThrottlingException", "AccessDeniedException"]);
    expect(third!.requests).toHaveLength(0);
  });
});

describe("the retries of a call are those of all targets", () => {
  test.each([
    { maxRetries: 0, targets: 2, expected: [1, 1] },
    { maxRetries: 2, targets: 2, expected: [2, 1] },
    { maxRetries: 2, targets: 3, expected: [1, 1, 1] },
    { maxRetries: 1, targets: 3, expected: [1, 1, 1] },
  ])("maxRetries $maxRetries, $targets targets: $expected", async ({ maxRetries, targets, expected }) => {
    await endpoints.start(targets);
    for (const endpoint of endpoints.all) endpoint.replyAlways(throttling());
    const failure = await rejection(modelOf(endpoints.all, { maxRetries }).invoke("Hello"));
    expect(counts(endpoints.all)).toEqual(expected);
    expect(failure).toMatchObject({ $metadata: { attempts: expected.reduce((sum, count) => sum + count) } });
  });

  test("what a target has not spent is left for the next", async () => {
    const [first, second] = await endpoints.start(2);
    // The SDK does not retry a 424.
    first!.replyAlways(error("ModelErrorException", "The model failed."));
    second!.replyAlways(throttling());
    await rejection(modelOf(endpoints.all, { maxRetries: 2 }).invoke("Hello"));
    expect(counts([first!, second!])).toEqual([1, 2]);
  });

  test("a wait that a target asks for is not waited: the next one is asked", async () => {
    const [first, second] = await endpoints.start(2);
    first!.replyAlways(withHeaders(throttling(), { "retry-after": "3600" }));
    const { text } = await modelOf(endpoints.all, { maxRetries: 5 }).invoke("Hello");
    expect(text).toBe(said("Hello"));
    expect(counts([first!, second!])).toEqual([1, 1]);
  });

  test("each target has a limit of its rate, which its own calls are held to", async () => {
    const [first, second] = await endpoints.start(2);
    first!.replyAlways(throttling());
    const failing = new AbortController();
    const model = modelOf(endpoints.all, { rateLimit: { requestsPerMinute: 1 } });
    // The request to the second target waits for no other.
    expect((await model.invoke("Hello")).text).toBe(said("Hello"));
    expect(counts([first!, second!])).toEqual([1, 1]);
    // The first rests, and the second has had its request of this minute.
    const waiting = model.invoke("Hello", { signal: failing.signal });
    failing.abort(new Error("enough"));
    expect((await rejection(waiting)).message).toBe("enough");
    expect(counts([first!, second!])).toEqual([1, 1]);
  });

  test("without failover the retries are as ever", async () => {
    const [first] = await endpoints.start(1);
    first!.reply(throttling(), throttling());
    const { response_metadata } = await modelOf(endpoints.all, { maxRetries: 2 }).invoke("Hello");
    expect((response_metadata as unknown as Metadata).$metadata.attempts).toBe(3);
    expect(response_metadata).not.toHaveProperty("target");
  });
});
