import { ConverseCommand, ConverseStreamCommand, type BedrockRuntimeClient, type ConverseStreamOutput } from "@aws-sdk/client-bedrock-runtime";
import * as testing from "../../testing/index.js";
import { encodeEvent } from "../../testing/event_stream.js";
import { ourModel } from "../support/models.js";
import { ask, awsClient, collect } from "./support.js";

let bedrock: testing.Bedrock;
let client: BedrockRuntimeClient;

beforeEach(async () => {
  bedrock = await testing.startBedrock();
  client = awsClient(bedrock);
});
afterEach(async () => {
  client.destroy();
  await bedrock.close();
});

async function converseStream(): Promise<ConverseStreamOutput[]> {
  return collect((await client.send(new ConverseStreamCommand(ask("Hello")))).stream);
}

async function durationOf(asking: Promise<unknown>): Promise<number> {
  await asking;
  const request = bedrock.requests.at(-1)!;
  await request.closed;
  return request.response.duration ?? 0;
}

test("slow: the head, the first content, the events", async () => {
  bedrock.reply(testing.slow("one", { head: 40 }), testing.slow("one", { firstContent: 40 }), testing.slow("one", { pace: 10 }), testing.slow(testing.throttling(), { head: 40 }));
  expect(await durationOf(client.send(new ConverseCommand(ask("Hello"))))).toBeGreaterThanOrEqual(39);
  expect(await durationOf(converseStream())).toBeGreaterThanOrEqual(39);
  expect(await durationOf(converseStream())).toBeGreaterThanOrEqual(39);
  expect(await durationOf(client.send(new ConverseCommand(ask("Hello"))).catch(() => undefined))).toBeGreaterThanOrEqual(39);
});

test("slow: a client that leaves need not be waited for", async () => {
  bedrock.reply(testing.slow("one", { head: 600_000 }));
  const leave = new AbortController();
  const asking = ourModel(bedrock).invoke("Hello", { signal: leave.signal });
  const failure = expect(asking).rejects.toThrow();
  while (bedrock.requests.length === 0) await new Promise((resolve) => setImmediate(resolve));
  leave.abort();
  await failure;
  await bedrock.requests[0]!.closed;
  expect(bedrock.requests[0]!.aborted).toBe(true);
});

test("truncated: after so many bytes, which may be within a frame", async () => {
  const first = encodeEvent({ messageStart: { role: "assistant" } }, 0).length;
  bedrock.reply(
    testing.truncated("one", { afterBytes: first }),
    testing.truncated("one", { afterBytes: first + 9, abrupt: true }),
    testing.truncated("one", { afterBytes: first + 9 }),
    testing.truncated("one", { afterBytes: 0, abrupt: true }),
  );
  expect(await converseStream()).toHaveLength(1);
  await expect(converseStream()).rejects.toThrow(/aborted/);
  await expect(collect(await ourModel(bedrock).stream("Hello"))).rejects.toThrow();
  await expect(client.send(new ConverseCommand(ask("Hello")))).rejects.toThrow(/aborted/);
});

test("corrupt: a frame of an absurd length", async () => {
  bedrock.reply(testing.corrupt("one", { event: 1, what: "length" }));
  await expect(collect(await ourModel(bedrock).stream("Hello"))).rejects.toThrow();
});

test("unknown and doubled events, and unknown blocks, are sent as they are", async () => {
  const start = { messageStart: { role: "assistant" } };
  bedrock.reply(testing.events([start, start, { hologram: {} }, { messageStop: { stopReason: "end_turn" } }]), { hologram: { depth: 3 } });
  // AWS's client keeps silent about what it does not know.
  expect(await converseStream()).toEqual([start, start, { messageStop: { stopReason: "end_turn" } }]);
  expect((await client.send(new ConverseCommand(ask("Hello")))).output?.message?.content).toHaveLength(1);
});

test("every exception of a stream arrives within one", async () => {
  for (const name of ["internalServer", "modelStreamError", "serviceUnavailable", "throttling", "validation"]) {
    bedrock.reply(testing.events([{ messageStart: { role: "assistant" } }, { [`${name}Exception`]: { message: "No." } }]));
    await expect(converseStream()).rejects.toMatchObject({ name: expect.stringMatching(new RegExp(`^${name}Exception$`, "i")), message: "No." });
  }
});

test("a guardrail intervenes", async () => {
  bedrock.reply(testing.guardrailIntervention("No."));
  expect(await client.send(new ConverseCommand(ask("Hello")))).toMatchObject({ stopReason: "guardrail_intervened", output: { message: { content: [{ text: "No." }] } } });
});

test.each<[testing.Answer, string]>([
  [testing.slow("a", {}), "slow() takes head, firstContent or pace in milliseconds, not {}."],
  [testing.slow("a", { heads: 1 } as never), "slow() takes head, firstContent or pace in milliseconds, not { heads: 1 }."],
  [testing.truncated("a", { afterBytes: 0.5 }), "afterBytes is a whole number, not 0.5."],
])("a mistake is said at once: %j", (answer, sentence) => {
  expect(() => bedrock.reply(answer)).toThrow(sentence);
});
