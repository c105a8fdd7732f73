import { HumanMessage } from "@langchain/core/messages";
import { StringOutputParser } from "@langchain/core/output_parsers";
import { ChatPromptTemplate } from "@langchain/core/prompts";
import { RunnableLambda } from "@langchain/core/runnables";
import { BedrockRuntimeServiceException, IncompleteStreamError } from "langchain-aws-native";
import { error, events, reset, startBedrock, throttling, truncated, validation, type Answer, type Bedrock } from "langchain-aws-native/testing";
import { ourModel } from "../support/models.js";
import { rejection } from "../support/rejection.js";
import { collect, fold } from "../support/streams.js";
import { askWithTools, expectRoundTrip, FINAL_TEXT, finalAnswer, getWeather, QUESTION, runTools, TOOL_CALL } from "../support/weather.js";

let bedrock: Bedrock;
beforeEach(async () => void (bedrock = await startBedrock()));
afterEach(() => bedrock.close());

function statuses(): (number | undefined)[] {
  return bedrock.requests.map(({ response }) => response.status);
}

describe("withRetry", () => {
  const retry = { stopAfterAttempt: 3 };

  // LangChain waits for seconds before it asks again; here it does not.
  beforeEach(() => {
    const atOnce = (callback: () => void): NodeJS.Immediate => setImmediate(callback);
    jest.spyOn(globalThis, "setTimeout").mockImplementation(atOnce as unknown as typeof setTimeout);
  });
  afterEach(() => void jest.restoreAllMocks());

  test("asks again after a failure, in a whole tool round trip", async () => {
    bedrock.reply(TOOL_CALL, throttling(), error("ServiceUnavailableException", "Try again."), finalAnswer);
    const model = ourModel(bedrock).bindTools([getWeather]).withRetry(retry);
    expect((await askWithTools((messages) => model.invoke(messages))).text).toBe(FINAL_TEXT);
    expect(statuses()).toEqual([200, 429, 503, 200]);
    expect(bedrock.requests[1]?.rawBody).toEqual(bedrock.requests[3]?.rawBody);
    bedrock.requests.splice(1, 2);
    expectRoundTrip(bedrock);
  });

  test("gives up with Bedrock's own error", async () => {
    bedrock.replyAlways(throttling("Slow down."));
    const reason = await rejection(ourModel(bedrock).withRetry(retry).invoke("Hello"));
    expect(reason).toBeInstanceOf(BedrockRuntimeServiceException);
    expect(reason).toMatchObject({ name: "ThrottlingException", message: expect.stringContaining("Slow down.") });
    expect(statuses()).toEqual([429, 429, 429]);
  });

  test("tells each failure to onFailedAttempt, which can stop", async () => {
    bedrock.reply(throttling(), validation("Bad input."));
    const names: string[] = [];
    const onFailedAttempt = (reason: Error): void => {
      names.push(reason.name);
      if (reason.name === "ValidationException") throw reason;
    };
    const reason = await rejection(ourModel(bedrock).withRetry({ stopAfterAttempt: 5, onFailedAttempt }).invoke("Hello"));
    expect(reason).toMatchObject({ name: "ValidationException", message: expect.stringContaining("Bad input.") });
    expect(names).toEqual(["ThrottlingException", "ValidationException"]);
  });
});

describe("withFallbacks", () => {
  const first = "anthropic.claude-opus-4-1-20250805-v1:0";
  const second = "amazon.nova-pro-v1:0";

  function modelWithFallback(): ReturnType<ReturnType<ReturnType<typeof ourModel>["bindTools"]>["withFallbacks"]> {
    const [primary, fallback] = [first, second].map((model) => ourModel(bedrock, { model }).bindTools([getWeather]));
    return primary!.withFallbacks([fallback!]);
  }

  /** The first model fails as told; the second can do it all. */
  function replyAs(ofFirst: Answer): void {
    bedrock.replyAlways(({ modelId, body }) => (modelId === first ? ofFirst : body.messages?.length === 1 ? TOOL_CALL : finalAnswer));
  }

  test.each([
    ["an error", throttling()],
    ["a broken connection", reset()],
  ])("another model goes through a whole tool round trip after %s", async (_, fault) => {
    replyAs(fault);
    const model = modelWithFallback();
    expect((await askWithTools((messages) => model.invoke(messages))).text).toBe(FINAL_TEXT);
    expect(bedrock.requests.map(({ modelId }) => modelId)).toEqual([first, second, first, second]);
    bedrock.requests.splice(0, 4, ...bedrock.requests.filter(({ modelId }) => modelId === second));
    expectRoundTrip(bedrock);
  });

  test("another model streams when the first cannot start", async () => {
    replyAs(throttling());
    const model = modelWithFallback();
    const answer = await askWithTools(async (messages) => fold(await model.stream(messages)));
    expect(answer.text).toBe(FINAL_TEXT);
    expect(bedrock.requests.map(({ modelId, operation }) => [modelId, operation])).toEqual([
      [first, "converse-stream"],
      [second, "converse-stream"],
      [first, "converse-stream"],
      [second, "converse-stream"],
    ]);
  });

  test("a history of the one model goes on with the other", async () => {
    bedrock.reply(TOOL_CALL, throttling(), finalAnswer);
    const model = modelWithFallback();
    expect((await askWithTools((messages) => model.invoke(messages))).text).toBe(FINAL_TEXT);
    expect(bedrock.requests.map(({ modelId }) => modelId)).toEqual([first, first, second]);
    bedrock.requests.splice(1, 1);
    expectRoundTrip(bedrock);
  });

  test("when all fail, the first failure is thrown", async () => {
    bedrock.reply(throttling("Slow down."), validation());
    expect(await rejection(modelWithFallback().invoke("Hello"))).toMatchObject({ name: "ThrottlingException" });
  });
});

describe("an error passes through a chain", () => {
  const prompt = ChatPromptTemplate.fromTemplate("{question}");

  test("of invoke, with its class, name and metadata", async () => {
    bedrock.reply(validation("The provided model identifier is invalid."));
    const chain = prompt.pipe(ourModel(bedrock)).pipe(new StringOutputParser());
    const reason = await rejection(chain.invoke({ question: "Hello" }));
    expect(reason).toBeInstanceOf(Error);
    expect(reason).toBeInstanceOf(BedrockRuntimeServiceException);
    expect(reason).toMatchObject({
      name: "ValidationException",
      message: expect.stringContaining("The provided model identifier is invalid."),
      $fault: "client",
      $metadata: { httpStatusCode: 400, requestId: bedrock.requests[0]?.response.requestId },
    });
  });

  test("of stream, before and in the middle of the answer", async () => {
    const half = [{ messageStart: { role: "assistant" } }, { contentBlockDelta: { contentBlockIndex: 0, delta: { text: "Hel" } } }];
    bedrock.reply(throttling("Slow down."), events([...half, { throttlingException: { message: "Too fast." } }]), truncated("Hello there."));
    const chain = prompt.pipe(ourModel(bedrock)).pipe(new StringOutputParser());
    const stream = async (): Promise<string[]> => collect(await chain.stream({ question: "Hello" }));
    const reasons = [await rejection(stream()), await rejection(stream()), await rejection(stream())];
    expect(reasons[0]).toBeInstanceOf(BedrockRuntimeServiceException);
    expect(reasons[0]).toMatchObject({ name: "ThrottlingException", message: expect.stringContaining("Slow down.") });
    expect(reasons[1]).toBeInstanceOf(BedrockRuntimeServiceException);
    expect(reasons[1]).toMatchObject({ name: "ThrottlingException", message: expect.stringContaining("Too fast.") });
    expect(reasons[2]).toBeInstanceOf(IncompleteStreamError);
  });

  test("of the second request of a tool round trip", async () => {
    bedrock.reply(TOOL_CALL, validation("messages.2: the result is too long"));
    const model = ourModel(bedrock).bindTools([getWeather]);
    const agent = RunnableLambda.from(async (question: string) => {
      const call = await model.invoke(question);
      return model.invoke([new HumanMessage(question), call, ...(await runTools(call))]);
    });
    const reason = await rejection(agent.pipe(new StringOutputParser()).invoke(QUESTION));
    expect(reason).toBeInstanceOf(BedrockRuntimeServiceException);
    expect(reason).toMatchObject({ name: "ValidationException" });
    expectRoundTrip(bedrock);
  });
});
