import { getEventListeners } from "node:events";
import { HumanMessage } from "@langchain/core/messages";
import { StringOutputParser } from "@langchain/core/output_parsers";
import { createAgent } from "langchain";
import { hang, stall, startBedrock, type Answer, type Bedrock } from "langchain-aws-native/testing";
import { ourModel } from "../support/models.js";
import { collect, fold } from "../support/streams.js";
import { expectRoundTrip, FINAL_TEXT, finalAnswer, getWeather, QUESTION, runTools, TOOL_CALL } from "../support/weather.js";

/** A caller who leaves gets an error, never half an answer, and Bedrock is left at once: what is not read need not be paid for. */

let bedrock: Bedrock;
let controller: AbortController;
beforeEach(async () => {
  bedrock = await startBedrock();
  controller = new AbortController();
});
afterEach(() => bedrock.close());

const LEFT = new Error("The user left.");

/** Checks that a call fails because of the signal: core throws the signal's own reason, the model an `AbortError` that carries it. */
async function expectAborted(call: PromiseLike<unknown>): Promise<void> {
  const reason = (await call.then(
    (value) => `It gave ${JSON.stringify(value)}.`,
    (reason: unknown) => reason,
  )) as Error;
  expect(reason === LEFT ? { name: "AbortError", cause: reason } : reason).toMatchObject({ name: "AbortError", cause: LEFT });
}

/** Aborts when the endpoint has the request, and gives the answer all the same. */
function abortThen(answer: Answer): Answer {
  return () => {
    controller.abort(LEFT);
    return answer;
  };
}

/** An answer that stops in its middle and keeps the connection open. */
const HALF = stall("One two three four.", { afterEvents: 3 });

/** Waits until the endpoint has lost the last client, and checks that it was the client who left. */
async function expectDisconnect(requests: number = 1): Promise<void> {
  expect(bedrock.requests).toHaveLength(requests);
  const last = bedrock.requests.at(-1)!;
  await last.closed;
  expect(last.aborted).toBe(true);
}

/** Reads a stream and aborts as soon as it has given something that `counts`. */
async function abortAfter<Item>(stream: AsyncIterable<Item>, counts: (item: Item) => boolean): Promise<void> {
  for await (const item of stream) if (counts(item)) controller.abort(LEFT);
}

describe("a signal that fires", () => {
  test("before the call: nothing is sent", async () => {
    controller.abort(LEFT);
    const { signal } = controller;
    const model = ourModel(bedrock);
    await expectAborted(model.invoke("Hello", { signal }));
    await expectAborted(model.stream("Hello", { signal }).then(collect));
    await expectAborted(model.streamEvents("Hello", { signal }));
    await expectAborted(ourModel(bedrock, { streaming: true }).invoke("Hello", { signal }));
    expect(bedrock.requests).toEqual([]);
  });

  test("while invoke waits", async () => {
    bedrock.reply(abortThen(hang()));
    await expectAborted(ourModel(bedrock).invoke("Hello", { signal: controller.signal }));
    await expectDisconnect();
  });

  test("while a chain waits", async () => {
    bedrock.reply(abortThen(hang()));
    const chain = ourModel(bedrock).pipe(new StringOutputParser());
    await expectAborted(chain.invoke("Hello", { signal: controller.signal }));
    await expectDisconnect();
  });

  test("while a batch waits", async () => {
    let arrived = 0;
    bedrock.replyAlways(() => {
      if (++arrived === 3) controller.abort(LEFT);
      return hang();
    });
    await expectAborted(ourModel(bedrock).batch(["a", "b", "c"], { signal: controller.signal }));
    await Promise.all(bedrock.requests.map(({ closed }) => closed));
    expect(bedrock.requests.map(({ aborted }) => aborted)).toEqual([true, true, true]);
  });

  test("before the first event of a stream", async () => {
    bedrock.reply(abortThen(hang()));
    await expectAborted(ourModel(bedrock).stream("Count.", { signal: controller.signal }).then(collect));
    await expectDisconnect();
  });

  test("in the middle of a stream", async () => {
    bedrock.reply(HALF);
    const stream = await ourModel(bedrock).stream("Count.", { signal: controller.signal });
    await expectAborted(abortAfter(stream, ({ text }) => text !== ""));
    await expectDisconnect();
  });

  test("between two pieces of a stream that nobody reads at the moment", async () => {
    bedrock.reply(HALF);
    const stream = await ourModel(bedrock).stream("Count.", { signal: controller.signal });
    await stream.next();
    controller.abort(LEFT);
    await expectDisconnect();
  });

  test("in the middle of a chain's stream", async () => {
    bedrock.reply(HALF);
    const stream = await ourModel(bedrock).pipe(new StringOutputParser()).stream("Count.", { signal: controller.signal });
    await expectAborted(abortAfter(stream, (text) => text !== ""));
    await expectDisconnect();
  });

  test("in the middle of invoke with streaming: true: half an answer is no answer", async () => {
    bedrock.reply(HALF);
    const handleLLMNewToken = (token: string): void => (token === "" ? undefined : controller.abort(LEFT));
    const model = ourModel(bedrock, { streaming: true, callbacks: [{ handleLLMNewToken }] });
    await expectAborted(model.invoke("Count.", { signal: controller.signal }));
    await expectDisconnect();
  });

  test("in the middle of streamEvents, version v2", async () => {
    bedrock.reply(HALF);
    const events = ourModel(bedrock).streamEvents("Count.", { version: "v2", signal: controller.signal });
    await expectAborted(abortAfter(events, ({ event }) => event === "on_chat_model_stream"));
    await expectDisconnect();
  });

  test("in the middle of streamEvents of content blocks", async () => {
    bedrock.reply(HALF);
    const stream = ourModel(bedrock).streamEvents("Count.", { signal: controller.signal });
    await expectAborted(abortAfter(stream.text, () => true));
    await expectAborted(stream.output);
    await expectDisconnect();
  });
});

describe("a reader who leaves", () => {
  test("a stream", async () => {
    bedrock.reply(HALF);
    for await (const { text } of await ourModel(bedrock).stream("Count.")) if (text !== "") break;
    await expectDisconnect();
  });

  test("a chain's stream", async () => {
    bedrock.reply(HALF);
    for await (const text of await ourModel(bedrock).pipe(new StringOutputParser()).stream("Count.")) if (text !== "") break;
    await expectDisconnect();
  });

  test("streamEvents, version v2", async () => {
    bedrock.reply(HALF);
    const read = async (): Promise<void> => {
      for await (const { event } of ourModel(bedrock).streamEvents("Count.", { version: "v2" })) if (event === "on_chat_model_stream") break;
    };
    // In Jest, core does not know its own AbortError again: a DOMException is no Error of Jest's realm.
    await read().catch(() => undefined);
    await expectDisconnect();
  });
});

describe("in a tool round trip", () => {
  test("the second request can be left, and asked again", async () => {
    bedrock.reply(TOOL_CALL, abortThen(hang()), finalAnswer);
    const model = ourModel(bedrock).bindTools([getWeather]);
    const call = await fold(await model.stream(QUESTION, { signal: controller.signal }));
    const history = [new HumanMessage(QUESTION), call, ...(await runTools(call))];
    await expectAborted(model.invoke(history, { signal: controller.signal }));
    await expectDisconnect(2);
    expect((await model.invoke(history, { signal: new AbortController().signal })).text).toBe(FINAL_TEXT);
    expectRoundTrip(bedrock);
    expect(bedrock.requests[2]?.rawBody).toEqual(bedrock.requests[1]?.rawBody);
  });

  test("an agent's second request is left, too", async () => {
    bedrock.reply(TOOL_CALL, abortThen(hang()));
    const agent = createAgent({ model: ourModel(bedrock), tools: [getWeather] });
    const run = agent.invoke({ messages: [{ role: "user", content: QUESTION }] }, { signal: controller.signal });
    await expectAborted(run);
    await expectDisconnect(2);
    expectRoundTrip(bedrock);
  });
});

test("the call option timeout ends a call", async () => {
  bedrock.replyAlways(hang());
  await expect(ourModel(bedrock).invoke("Hello", { timeout: 1 })).rejects.toThrow();
  await expect(ourModel(bedrock).stream("Hello", { timeout: 1 }).then(collect)).rejects.toThrow();
});

test("the signal is let go of when the call is over", async () => {
  const { signal } = controller;
  const model = ourModel(bedrock);
  await model.invoke("Hello", { signal });
  await collect(await model.stream("Hello", { signal }));
  await model.streamEvents("Hello", { signal });
  expect(getEventListeners(signal, "abort")).toEqual([]);
});
