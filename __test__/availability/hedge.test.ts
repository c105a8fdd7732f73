import { channel } from "node:diagnostics_channel";
import { error, hang, reset, throttling, validation, type Answer, type Bedrock } from "langchain-aws-native/testing";
import type { ChatBedrockConverse } from "langchain-aws-native";
import { run } from "../support/child.js";
import { useCleanEnvironment } from "../support/environment.js";
import { MODEL } from "../support/models.js";
import { collect, rejection } from "../support/rejection.js";
import { fold } from "../support/streams.js";
import { arrival, counts, HELD, holdTimers, type Metadata, modelOf, Targets } from "./support.js";

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

const hedge = { after: HELD };

/** Never answers. The time for a hedge is over when it was asked. */
const slowly = (): Answer => (timers.fire(), hang());
const WAYS: [string, (model: ChatBedrockConverse, options?: object) => Promise<{ text: string; response_metadata: Record<string, unknown> }>][] = [
  ["invoke", (model, options) => model.invoke("Hello", options)],
  ["a stream", async (model, options) => fold(await model.stream("Hello", options))],
];

async function expectEnded(bedrock: Bedrock): Promise<void> {
  await bedrock.requests[0]!.closed;
  expect(bedrock.requests[0]!.aborted).toBe(true);
}

describe.each(WAYS)("a hedge of %s", (_name, ask) => {
  test("answers in place of a target that is slow, whose request ends", async () => {
    const [first, second] = await endpoints.start(2);
    first!.replyAlways(slowly);
    const { text, response_metadata } = await ask(modelOf(endpoints.all, { hedge }));
    const { target, warnings, $metadata } = response_metadata as unknown as Metadata;
    expect([text, target.endpointUrl]).toEqual(["You said: Hello", second!.url]);
    expect(warnings).toEqual([{ code: "request_hedged", message: expect.stringContaining(second!.url), path: "hedge" }]);
    expect($metadata.attempts).toBe(2);
    await expectEnded(first!);
  });

  test("ends when the first target answers after all, whose answer says that it was hedged", async () => {
    const [first, second] = await endpoints.start(2);
    second!.replyAlways(hang());
    first!.reply(async () => {
      timers.fire();
      await arrival(second!);
      return "at last";
    });
    const { text, response_metadata } = await ask(modelOf(endpoints.all, { hedge }));
    const { target, warnings } = response_metadata as unknown as Metadata;
    expect([text, target.endpointUrl, warnings?.map(({ code }) => code)]).toEqual(["at last", first!.url, ["request_hedged"]]);
    await expectEnded(second!);
  });

  test("is not asked when an answer begins in time", async () => {
    await endpoints.start(2);
    const { response_metadata } = await ask(modelOf(endpoints.all, { hedge }));
    expect(response_metadata["warnings"]).toBeUndefined();
    expect(counts(endpoints.all)).toEqual([1, 0]);
    expect(timers.count).toBe(0);
  });

  test("that is refused leaves the first target its time", async () => {
    const [first, second] = await endpoints.start(2);
    second!.replyAlways(error("AccessDeniedException", "No access here."));
    first!.reply(async () => {
      timers.fire();
      await arrival(second!);
      await second!.requests[0]!.closed;
      return "at last";
    });
    expect((await ask(modelOf(endpoints.all, { hedge }))).text).toBe("at last");
  });

  test("answers when the first target fails meanwhile", async () => {
    const [first, second] = await endpoints.start(2);
    first!.reply(async () => {
      timers.fire();
      await arrival(second!);
      return reset();
    });
    second!.replyAlways("from the second");
    expect((await ask(modelOf(endpoints.all, { hedge }))).text).toBe("from the second");
  });

  test("is asked at once when the first target fails", async () => {
    const [first] = await endpoints.start(2);
    first!.replyAlways(throttling());
    const { response_metadata } = await ask(modelOf(endpoints.all, { hedge }));
    expect((response_metadata as unknown as Metadata).warnings?.map(({ code }) => code)).toEqual(["target_switched"]);
  });

  test("is one for a call, whatever its number of targets", async () => {
    const [first, second, third] = await endpoints.start(3);
    first!.replyAlways(slowly);
    // No timer is left that could ask the third.
    second!.replyAlways(() => (timers.fire(), "from the second"));
    expect((await ask(modelOf(endpoints.all, { hedge }))).text).toBe("from the second");
    expect(third!.requests).toHaveLength(0);
  });

  test("without failover is a second request to the same target, by another connection", async () => {
    const [first] = await endpoints.start(1);
    first!.reply(slowly);
    const { text, response_metadata } = await ask(modelOf(endpoints.all, { failover: [], hedge }));
    expect([text, (response_metadata as unknown as Metadata).target.endpointUrl]).toEqual(["You said: Hello", first!.url]);
    expect([first!.requests.length, first!.connections]).toEqual([2, 2]);
    await expectEnded(first!);
  });

  test("ends with the caller's signal, as the first request does", async () => {
    const [first, second] = await endpoints.start(2);
    const controller = new AbortController();
    const reason = new Error("enough");
    first!.replyAlways(slowly);
    second!.replyAlways(() => (controller.abort(reason), hang()));
    expect(await rejection(ask(modelOf(endpoints.all, { hedge }), { signal: controller.signal }))).toBe(reason);
    await expectEnded(first!);
    await expectEnded(second!);
  });

  test("goes on when the model is closed", async () => {
    const [first, second] = await endpoints.start(2);
    first!.replyAlways(slowly);
    const model = modelOf(endpoints.all, { hedge });
    second!.replyAlways(() => (model.close(), "after close"));
    expect((await ask(model)).text).toBe("after close");
    expect((await rejection(ask(model))).message).toMatch(/closed/);
  });

  test("a refusal by the first target ends both", async () => {
    const [first, second] = await endpoints.start(2);
    second!.replyAlways(hang());
    first!.reply(async () => {
      timers.fire();
      await arrival(second!);
      return validation();
    });
    expect((await rejection(ask(modelOf(endpoints.all, { hedge })))).name).toBe("ValidationException");
    await expectEnded(second!);
  });
});

test("over HTTP/2 the request that lost ends too", async () => {
  const [first] = await endpoints.start(2);
  first!.replyAlways(slowly);
  const model = modelOf(endpoints.all, { hedge, httpVersion: "2" });
  expect((await fold(await model.stream("Hello"))).text).toBe("You said: Hello");
  await expectEnded(first!);
});

test("a call's own credentials and headers go to both targets", async () => {
  const [first, second] = await endpoints.start(2);
  first!.replyAlways(slowly);
  const { credentials } = first!.connection;
  const keys = jest.fn(async () => credentials);
  await modelOf(endpoints.all, { hedge, credentials: { accessKeyId: "AKIAWRONG", secretAccessKey: "wrong" } }).invoke("Hello", { credentials: keys, headers: { "x-tenant": "one" } });
  expect([first!, second!].map(({ requests }) => requests[0]!.headers["x-tenant"])).toEqual(["one", "one"]);
  expect(keys).toHaveBeenCalledTimes(2);
});

test("of two targets that answer at the same time one is the answer", async () => {
  const [first, second] = await endpoints.start(2);
  for (let call = 0; call < 50; call++) {
    const asked = counts(endpoints.all);
    const both = async () => {
      timers.fire();
      await Promise.all(endpoints.all.map((bedrock, index) => arrival(bedrock, (asked[index] ?? 0) + 1)));
      return { content: "One answer.", usage: { inputTokens: 3, outputTokens: 2, totalTokens: 5 } };
    };
    first!.reply(both);
    second!.reply(both);
    const [, ask] = WAYS[call % 2]!;
    const message = (await ask(modelOf(endpoints.all, { hedge }))) as { text: string; usage_metadata?: object };
    expect([message.text, message.usage_metadata]).toEqual(["One answer.", expect.objectContaining({ input_tokens: 3, output_tokens: 2, total_tokens: 5 })]);
  }
});

test("a target that rests is no hedge", async () => {
  const [first, second] = await endpoints.start(2);
  second!.replyAlways(throttling());
  // Fails over from the second, as the first of another model.
  await modelOf([second!, first!]).invoke("Hello");
  first!.reply(() => (timers.fire(), "from the first"));
  expect((await modelOf(endpoints.all, { hedge }).invoke("Hello")).text).toBe("from the first");
  expect(second!.requests).toHaveLength(1);
});

test("with maxConcurrency 1 both requests are of one call, and the loop over a stream may make calls", async () => {
  const [first] = await endpoints.start(2);
  first!.replyAlways(slowly);
  const model = modelOf(endpoints.all, { hedge, maxConcurrency: 1 });
  const inner: string[] = [];
  for await (const chunk of await model.stream("Hello")) if (chunk.text && inner.length === 0) inner.push((await model.invoke("meanwhile")).text);
  expect(inner).toEqual(["You said: meanwhile"]);
  expect(await Promise.all(["a", "b"].map(async (text) => (await model.invoke(text)).text))).toEqual(["You said: a", "You said: b"]);
});

test("diagnostics end the request that lost as superseded", async () => {
  const [first] = await endpoints.start(2);
  first!.replyAlways(slowly);
  const heard: { event: string; message: Record<string, unknown> }[] = [];
  const listeners = ["start", "failover", "end", "error", "cancel"].map((event) => {
    const listener = (message: unknown) => void heard.push({ event, message: message as Record<string, unknown> });
    const channelOfEvent = channel(`langchain-aws-native:request:${event}`);
    channelOfEvent.subscribe(listener);
    return () => channelOfEvent.unsubscribe(listener);
  });
  try {
    await modelOf(endpoints.all, { hedge }).invoke("Hello");
    await collect(modelOf(endpoints.all, { hedge }).stream("Good morning"));
    while (heard.filter(({ event }) => event === "cancel").length < 2) await new Promise((resolve) => setImmediate(resolve));
  } finally {
    for (const stop of listeners) stop();
  }
  const of = (id: unknown) => heard.filter(({ message }) => message["id"] === id).map(({ event }) => event);
  const ids = heard.filter(({ event }) => event === "start").map(({ message }) => message["id"]);
  expect(ids.map(of)).toEqual([["start", "cancel"], ["start", "failover", "end"], ["start", "cancel"], ["start", "failover", "end"]]);
  expect(heard.find(({ event }) => event === "cancel")?.message).toMatchObject({ superseded: true, region: first!.region });
  expect(heard.find(({ event }) => event === "failover")?.message).toMatchObject({ kind: "hedge", reason: "slow", from: { region: first!.region, model: MODEL }, region: endpoints.all[1]!.region });
});

test("no timer keeps the process alive after the call", async () => {
  const [first, second] = await endpoints.start(2);
  const fields = { model: MODEL, ...first!.connection, failover: [{ region: second!.region, endpointUrl: second!.url }], failoverAfter: 3_600_000, hedge: { after: 3_600_000 } };
  const source = `
    const { ChatBedrockConverse } = require("langchain-aws-native");
    const model = new ChatBedrockConverse(${JSON.stringify(fields)});
    (async () => {
      await model.invoke("Hello");
      for await (const chunk of await model.stream("Hello")) break;
      console.log("done");
    })();`;
  expect(await run(source, { type: "commonjs" })).toBe("done");
});
