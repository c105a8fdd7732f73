/** Targets that failed rest, and conversations stay where they were answered. The clock is moved; nothing waits. */
import { performance } from "node:perf_hooks";
import { AIMessage, HumanMessage, SystemMessage, type BaseMessage } from "@langchain/core/messages";
import { hang, throttling, withHeaders, type Bedrock } from "langchain-aws-native/testing";
import { run } from "../support/child.js";
import { useCleanEnvironment } from "../support/environment.js";
import { MODEL } from "../support/models.js";
import { rejection } from "../support/rejection.js";
import { counts, type Metadata, modelOf, Targets } from "./support.js";

useCleanEnvironment();

const endpoints = new Targets();
const SECOND = 1000;
const MINUTE = 60 * SECOND;
let offset = 0;

beforeEach(() => {
  const real = performance.now.bind(performance);
  jest.spyOn(performance, "now").mockImplementation(() => real() + offset);
});
afterEach(async () => {
  jest.restoreAllMocks();
  await endpoints.close();
});

/** Moves the clock of the process on. It never goes back: what is remembered is the same for all tests of a process. */
function pass(milliseconds: number): void {
  offset += milliseconds;
}

async function answeredBy(answer: Promise<{ response_metadata: Record<string, unknown> }>): Promise<number> {
  const { target } = (await answer).response_metadata as unknown as Metadata;
  return endpoints.all.findIndex(({ url }) => url === target.endpointUrl);
}

async function throttleOnce(bedrock: Bedrock | undefined, ask: () => Promise<unknown>): Promise<void> {
  bedrock!.reply(throttling());
  await ask();
}

describe("a target that failed", () => {
  test("rests for a second, then one call finds out whether it works again", async () => {
    const [first] = await endpoints.start(2);
    const model = modelOf(endpoints.all);
    await throttleOnce(first, () => model.invoke("Hello"));
    const { response_metadata } = await model.invoke("Good morning");
    expect((response_metadata as unknown as Metadata).warnings).toEqual([{ code: "target_switched", message: expect.stringContaining("rests after a failure"), path: "failover" }]);
    expect(counts(endpoints.all)).toEqual([1, 2]);
    pass(SECOND);
    expect(await answeredBy(model.invoke("Hello again"))).toBe(0);
    expect(await answeredBy(model.invoke("Hello again"))).toBe(0);
  });

  test("rests twice as long each time it fails again, and for a second after an answer", async () => {
    const [first] = await endpoints.start(2);
    const model = modelOf(endpoints.all);
    first!.replyAlways(throttling());
    // With a message of its own no call is of an earlier one's conversation.
    let calls = 0;
    const ask = () => answeredBy(model.invoke(`Hello ${++calls}`));
    await ask();
    for (const rest of [1, 2, 4]) {
      pass(rest * SECOND - 500);
      expect([await ask(), first!.requests.length]).toEqual([1, Math.log2(rest) + 1]);
      pass(500);
      expect([await ask(), first!.requests.length]).toEqual([1, Math.log2(rest) + 2]);
    }
    first!.replyAlways("Hello");
    pass(8 * SECOND);
    expect(await ask()).toBe(0);
    await throttleOnce(first, ask);
    pass(SECOND);
    expect(await ask()).toBe(0);
  });

  test("rests for as long as it asks for", async () => {
    const [first] = await endpoints.start(2);
    const model = modelOf(endpoints.all);
    first!.reply(withHeaders(throttling(), { "retry-after": "30" }));
    await model.invoke("one");
    pass(29 * SECOND);
    expect(await answeredBy(model.invoke("two"))).toBe(1);
    pass(SECOND);
    expect(await answeredBy(model.invoke("three"))).toBe(0);
  });

  test("is probed by one call at a time", async () => {
    const [first] = await endpoints.start(2);
    const model = modelOf(endpoints.all);
    await throttleOnce(first, () => model.invoke("one"));
    pass(SECOND);
    const arrival = new Promise<(text: string) => void>((arrived) => first!.reply(() => new Promise<string>((answer) => arrived(answer))));
    const probe = answeredBy(model.invoke("two"));
    const answer = await arrival;
    expect(await answeredBy(model.invoke("three"))).toBe(1);
    answer("It works.");
    expect(await probe).toBe(0);
    expect(await answeredBy(model.invoke("four"))).toBe(0);
  });

  test("is probed again after a probe that its caller gave up", async () => {
    const [first] = await endpoints.start(2);
    const model = modelOf(endpoints.all);
    await throttleOnce(first, () => model.invoke("one"));
    pass(SECOND);
    const controller = new AbortController();
    first!.reply(() => (controller.abort(), hang()));
    await rejection(model.invoke("two", { signal: controller.signal }));
    expect(await answeredBy(model.invoke("three"))).toBe(0);
  });

  test("is asked anyway if all others rest too", async () => {
    const [first, second] = await endpoints.start(2);
    const model = modelOf(endpoints.all);
    first!.replyAlways(withHeaders(throttling(), { "retry-after": "20" }));
    second!.replyAlways(throttling());
    await rejection(model.invoke("one"));
    // The rest of the second ends first. With no retries left the first is not asked.
    second!.replyAlways("It works.");
    expect((await model.invoke("two")).text).toBe("It works.");
    expect(counts(endpoints.all)).toEqual([1, 2]);
  });

  test("works if it refuses a request", async () => {
    const [first] = await endpoints.start(2);
    const model = modelOf(endpoints.all);
    await throttleOnce(first, () => model.invoke("one"));
    pass(SECOND);
    first!.reply(() => ({ kind: "error", name: "ValidationException", message: "Malformed input request.", status: 400 }));
    await rejection(model.invoke("two"));
    expect(await answeredBy(model.invoke("three"))).toBe(0);
  });

  test("rests for all models of the process that have it", async () => {
    const [first] = await endpoints.start(2);
    await throttleOnce(first, () => modelOf(endpoints.all).invoke("one"));
    const another = modelOf(endpoints.all, { temperature: 0.5 });
    expect(await answeredBy(another.invoke("two"))).toBe(1);
    // Another model of Bedrock's at the same place is another target.
    const { text } = await modelOf(endpoints.all, { model: "amazon.nova-lite-v1:0" }).invoke("three");
    expect([text, first!.requests.length]).toEqual(["You said: three", 2]);
  });

  test("rests for all threads of the process", async () => {
    const [first, second] = await endpoints.start(2);
    first!.replyAlways(throttling());
    const fields = { model: MODEL, maxRetries: 0, ...first!.connection, failover: [{ region: second!.region, endpointUrl: second!.url }] };
    const source = `
      import { Worker, isMainThread, workerData } from "node:worker_threads";
      import { ChatBedrockConverse } from "langchain-aws-native";
      await new ChatBedrockConverse(${JSON.stringify(fields)}).invoke("Hello");
      const inWorker = 'const { ChatBedrockConverse } = require("langchain-aws-native"); const { workerData } = require("node:worker_threads"); new ChatBedrockConverse(workerData).invoke("Hello");';
      const worker = new Worker(inWorker, { eval: true, execArgv: [], workerData: ${JSON.stringify(fields)} });
      worker.on("error", (error) => { throw error; });
      worker.on("exit", () => console.log("done"));`;
    expect(await run(source, { type: "module" })).toBe("done");
    expect(counts([first!, second!])).toEqual([1, 2]);
  });

  test("rests for nobody if the quota of one tenant was throttled", async () => {
    const [first] = await endpoints.start(2);
    const model = modelOf(endpoints.all);
    await throttleOnce(first, () => model.invoke("one", { credentials: first!.connection.credentials }));
    expect(await answeredBy(model.invoke("two"))).toBe(0);
  });
});

describe("a conversation", () => {
  const system = new SystemMessage("Be brief.");
  const begin = (text: string): BaseMessage[] => [system, new HumanMessage(text)];

  test("stays for five minutes at the target that answered it, then goes back to the first", async () => {
    const [first] = await endpoints.start(2);
    const model = modelOf(endpoints.all);
    const talk = begin("Let us talk.");
    let answered = -1;
    await throttleOnce(first, async () => void (answered = await answeredBy(model.invoke(talk))));
    expect(answered).toBe(1);
    pass(SECOND);
    expect(await answeredBy(model.invoke(begin("Something else.")))).toBe(0);
    talk.push(new AIMessage("Yes."), new HumanMessage("Of what?"));
    const { response_metadata } = await model.invoke(talk);
    // It is no switch: nothing failed.
    expect([(response_metadata as unknown as Metadata).target.endpointUrl, response_metadata["warnings"]]).toEqual([endpoints.all[1]!.url, undefined]);
    pass(4 * MINUTE);
    expect(await answeredBy(model.invoke([...talk, new AIMessage("Of cats."), new HumanMessage("Go on.")]))).toBe(1);
    pass(5 * MINUTE);
    expect(await answeredBy(model.invoke(talk))).toBe(0);
    expect(await answeredBy(model.invoke(talk))).toBe(0);
  });

  test("leaves a target that rests, and stays where it went", async () => {
    const [first, second] = await endpoints.start(3);
    const model = modelOf(endpoints.all);
    const talk = begin("Let us move.");
    await throttleOnce(first, () => model.invoke(talk));
    await throttleOnce(second, async () => expect(await answeredBy(model.invoke(talk))).toBe(2));
    pass(SECOND);
    expect(await answeredBy(model.invoke(talk))).toBe(2);
  });

  test("is another one with other tools, or another first message of bytes", async () => {
    const [first] = await endpoints.start(2);
    const model = modelOf(endpoints.all);
    const show = (byte: number): BaseMessage[] => [new HumanMessage({ content: [{ type: "image", mimeType: "image/png", data: new Uint8Array([137, 80, 78, 71, 13, 10, 26, 10, byte]) }] })];
    const tool = { name: "look", description: "Looks.", schema: { type: "object", properties: {} } };
    await throttleOnce(first, () => model.invoke(show(1)));
    pass(SECOND);
    expect(await answeredBy(model.invoke(show(2)))).toBe(0);
    expect(await answeredBy(model.invoke(show(1), { tools: [tool] } as object))).toBe(0);
    expect(await answeredBy(model.invoke(show(1)))).toBe(1);
  });
});
