import { events, hang, startBedrock, type Bedrock } from "langchain-aws-native/testing";
import { useCleanEnvironment } from "../support/environment.js";
import { ourModel } from "../support/models.js";
import { collect, rejection } from "../support/rejection.js";

useCleanEnvironment();

let bedrock: Bedrock;
beforeEach(async () => {
  bedrock = await startBedrock();
});
afterEach(() => bedrock.close());

describe("maxConcurrency", () => {
  test("1: a call in the loop over a stream", async () => {
    const model = ourModel(bedrock, { maxConcurrency: 1 });
    const answers: string[] = [];
    for await (const chunk of await model.stream("Hello")) {
      if (answers.length === 0 && chunk.text) answers.push((await model.invoke("meanwhile")).text);
    }
    expect(answers).toEqual(["You said: meanwhile"]);
  });

  test("1: a stream in the loop over a stream, over the same model", async () => {
    const model = ourModel(bedrock, { maxConcurrency: 1 });
    let inner: unknown[] = [];
    for await (const chunk of await model.stream("outer")) if (inner.length === 0 && chunk.text) inner = await collect(model.stream("inner"));
    expect(inner.length).toBeGreaterThan(1);
    expect(bedrock.requests).toHaveLength(2);
  });

  test("2: three agents that each make a call while they read", async () => {
    const model = ourModel(bedrock, { maxConcurrency: 2 });
    const agent = async (name: string): Promise<string> => {
      let answer = "";
      for await (const chunk of await model.stream(name)) if (chunk.text && answer === "") answer = (await model.invoke(`for ${name}`)).text;
      return answer;
    };
    expect(await Promise.all(["a", "b", "c"].map(agent))).toEqual(["You said: for a", "You said: for b", "You said: for c"]);
  });

  test("1: a callback that makes a call for every token", async () => {
    const model = ourModel(bedrock, { maxConcurrency: 1, streaming: true });
    let calls = 0;
    const helper = ourModel(bedrock, { maxConcurrency: 1 });
    const handler = { awaitHandlers: true, handleLLMNewToken: async () => void (calls++ === 0 && (await helper.invoke("meanwhile"))) };
    await model.invoke("Hello", { callbacks: [handler] });
    expect(calls).toBeGreaterThan(1);
  });

  test("1: an abort while a stream waits for its permit", async () => {
    const model = ourModel(bedrock, { maxConcurrency: 1 });
    const leave = new AbortController();
    const second = new AbortController();
    const arrival = new Promise<void>((resolve) => bedrock.reply("One two three", () => (resolve(), hang())));
    const reading = (async () => {
      for await (const chunk of await model.stream("Hello", { signal: leave.signal })) {
        if (!chunk.text) continue;
        // This call gets the permit, and keeps it.
        void model.invoke("Hello", { signal: second.signal }).catch(() => undefined);
        await arrival;
        setImmediate(() => leave.abort());
      }
    })();
    expect((await rejection(reading)).message).toMatch(/abort/i);
    second.abort();
    expect((await model.invoke("Hello")).text).toBe("You said: Hello");
  });
});

test("connect timeouts of calls do not collect connections", async () => {
  const openSockets = (): number => process.getActiveResourcesInfo().filter((resource) => resource === "TCPSocketWrap").length;
  const before = openSockets();
  const model = ourModel(bedrock);
  for (let connectTimeout = 1_000; connectTimeout < 1_040; connectTimeout++) await model.invoke("Hello", { connectTimeout });
  expect(bedrock.connections).toBe(40);
  // Connections of released clients are closed by another thread.
  while (openSockets() - before > 5) await new Promise((resolve) => setImmediate(resolve));
  model.close();
});

test("a call that waits for its credentials keeps its client while others with connect timeouts come and go", async () => {
  const model = ourModel(bedrock);
  let answer = (_credentials: object): void => undefined;
  let waiting: ReturnType<typeof model.invoke> | undefined;
  const asked = new Promise<void>((resolve) => {
    const credentials = (): Promise<never> => new Promise((settle) => ((answer = settle as (credentials: object) => void), resolve()));
    waiting = model.invoke("waiting", { connectTimeout: 999, credentials });
  });
  await asked;
  for (let connectTimeout = 1_000; connectTimeout < 1_006; connectTimeout++) await model.invoke("Hello", { connectTimeout });
  answer(bedrock.connection.credentials);
  expect((await waiting)?.text).toBe("You said: waiting");
});

test("many streams at once leave the event loop its turns", async () => {
  const model = ourModel(bedrock);
  const delta = { contentBlockDelta: { contentBlockIndex: 0, delta: { text: "x".repeat(1_000) } } };
  const ending = [{ contentBlockStop: { contentBlockIndex: 0 } }, { messageStop: { stopReason: "end_turn" as const } }];
  bedrock.replyAlways(() => events([{ messageStart: { role: "assistant" } }, ...Array.from({ length: 200 }, () => delta), ...ending]));
  let [characters, most, isReading] = [0, 0, true];
  const turn = (): void => {
    most = Math.max(most, characters);
    characters = 0;
    if (isReading) setImmediate(turn);
  };
  setImmediate(turn);
  const read = async (): Promise<void> => {
    for await (const { text } of await model.stream("Hello")) characters += text.length;
  };
  await Promise.all(Array.from({ length: 40 }, read));
  isReading = false;
  // Between two turns of this test the core delivers twice at most: when it wakes JavaScript, and in a turn of its own. Each time it is 64 KB, and what the
  // last stream has, which is two batches of 16 KB at most.
  expect(most).toBeLessThanOrEqual(2 * 100_000);
});
