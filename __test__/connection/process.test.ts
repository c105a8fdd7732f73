import { hang, stall, startBedrock, type Answer, type Bedrock } from "langchain-aws-native/testing";
import { type Ending, run, runToEnd } from "../support/child.js";
import { deferred } from "../support/environment.js";
import { CA_FILE, startTlsFront, type TlsFront } from "../support/servers/tls.js";

/** What only a process of its own can show: how it ends, and what it leaves behind. */

let bedrock: Bedrock;
let front: TlsFront;
beforeEach(async () => {
  bedrock = await startBedrock();
  front = await startTlsFront(bedrock);
});
afterEach(() => Promise.all([bedrock.close(), front.close()]));

const IMPORTS = `
  import { ChatBedrockConverse } from "langchain-aws-native";
  import { HumanMessage } from "@langchain/core/messages";
  const fields = JSON.parse(process.env.FIELDS);
  const model = new ChatBedrockConverse(fields);`;
const environment = (fields: object = {}): Record<string, string> => ({
  FIELDS: JSON.stringify({ maxRetries: 0, ...bedrock.connection, caBundle: CA_FILE, ...fields }),
});
const ENDLESS: Answer = stall("One two three four five six.", { afterEvents: 5 });

let requested: ReturnType<typeof deferred<void>>;
beforeEach(() => {
  requested = deferred();
});

/** An answer that tells when it is asked for. */
const requesting =
  (answer: Answer): Answer =>
  () => {
    requested.resolve();
    return answer;
  };

/** Runs a program that does not end by itself while `work` is done, and sees to it that it has not ended before. */
async function runWhile(source: string, work: () => Promise<void>, fields: object = {}): Promise<void> {
  const controller = new AbortController();
  const ended = runToEnd(source, { environment: environment(fields), nodeOptions: ["--expose-gc"], signal: controller.signal });
  const tooSoon = ended.then(({ stderr }) => {
    if (!controller.signal.aborted) throw new Error(`The program ended too soon: ${stderr}`);
  });
  try {
    await Promise.race([work(), tooSoon]);
  } finally {
    controller.abort();
    await ended;
  }
}

async function expectDisconnect(): Promise<void> {
  for (const request of bedrock.requests.slice(-1)) {
    await request.closed;
    expect(request.aborted).toBe(true);
  }
}

function expectClean({ code, stderr }: Ending, expected: number = 0): void {
  expect({ code, stderr }).toEqual({ code: expected, stderr: "" });
}

describe("a process ends by itself", () => {
  test("with a warm pool over TLS, a function of credentials and a model that is still around", async () => {
    const source = `${IMPORTS}
      globalThis.kept = new ChatBedrockConverse({ ...fields, credentials: async () => fields.credentials });
      await kept.prewarm();
      await kept.invoke("Hello");
      for await (const chunk of await kept.stream("Hello"));
      console.log("done");`;
    const ending = await runToEnd(source, { environment: environment({ endpointUrl: front.url }) });
    expectClean(ending);
    expect(ending.stdout).toBe("done\n");
    await front.sessions.whenOpen(0);
  });

  test("after a call was aborted, one timed out and a stream was left in the middle", async () => {
    // Not by their order: on a busy machine the first call ends before its request is sent.
    bedrock.replyAlways(({ operation }) => (operation === "converse-stream" ? ENDLESS : hang()));
    const source = `${IMPORTS}
      const names = [];
      await model.invoke("Hello", { signal: AbortSignal.timeout(50) }).catch((error) => names.push(error.name));
      await model.invoke("Hello", { responseTimeout: 50 }).catch((error) => names.push(error.lc_error_code));
      for await (const chunk of await model.stream("Hello")) break;
      console.log(names.join());`;
    const ending = await runToEnd(source, { environment: environment() });
    expectClean(ending);
    expect(ending.stdout).toBe("TimeoutError,MODEL_STREAM_TIMEOUT\n");
  });

  test("with a timeout that is longer than the call", async () => {
    const started = performance.now();
    expectClean(await runToEnd(`${IMPORTS} await model.invoke("Hello", { responseTimeout: 600_000 });`, { environment: environment() }));
    expect(performance.now() - started).toBeLessThan(20_000);
  });

  test("with a timeout that is longer than a call that was aborted while it waited for its bearer token", async () => {
    const source = `${IMPORTS}
      const leave = new AbortController();
      const bedrockBearerToken = () => (queueMicrotask(() => leave.abort()), new Promise(() => undefined));
      await model.invoke("Hello", { bedrockBearerToken, signal: leave.signal, responseTimeout: 600_000 }).catch((error) => console.log(error.name));`;
    const ending = await runToEnd(source, { environment: environment() });
    expectClean(ending);
    expect(ending.stdout).toBe("AbortError\n");
    expect(bedrock.requests).toHaveLength(0);
  });
});

describe("a process that is ended", () => {
  test.each([0, 3])("by process.exit(%d) in the middle of a stream", async (code) => {
    bedrock.reply(ENDLESS);
    const source = `${IMPORTS} for await (const chunk of await model.stream("Hello")) process.exit(${code});`;
    expectClean(await runToEnd(source, { environment: environment() }), code);
    await expectDisconnect();
  });

  test("by process.exit() while many calls wait, over TLS", async () => {
    bedrock.replyAlways(hang());
    const source = `${IMPORTS}
      for (let call = 0; call < 20; call++) model.invoke("Hello").catch(() => undefined);
      setTimeout(() => process.exit(0), 500);`;
    expectClean(await runToEnd(source, { environment: environment({ endpointUrl: front.url }) }));
    await front.sessions.whenOpen(0);
  });

  test("by an error that nobody catches, in the middle of a stream", async () => {
    bedrock.reply(ENDLESS);
    const source = `${IMPORTS} for await (const chunk of await model.stream("Hello")) throw new Error("my own");`;
    const { code, stderr } = await runToEnd(source, { environment: environment() });
    expect(code).toBe(1);
    expect(stderr).toContain("my own");
    await expectDisconnect();
  });
});

describe("a worker", () => {
  const worker = (work: string, then: string): string => `
    import { Worker } from "node:worker_threads";
    const worker = new Worker(${JSON.stringify(`(async () => {
      const { parentPort } = require("node:worker_threads");
      const { ChatBedrockConverse } = require("langchain-aws-native");
      const model = new ChatBedrockConverse(JSON.parse(process.env.FIELDS));
      ${work}
    })()`)}, { eval: true, execArgv: [] });
    worker.on("error", (error) => { throw error; });
    worker.once("message", async () => { ${then} });`;

  test("that is terminated in the middle of a stream ends its request, and the process goes on", async () => {
    bedrock.reply(requesting(ENDLESS));
    const work = `for await (const chunk of await model.stream("Hello")) parentPort.postMessage("one");`;
    await runWhile(worker(work, `setInterval(() => {}, 1000); await worker.terminate();`), async () => {
      await requested.promise;
      await expectDisconnect();
    });
  });

  test("that is terminated while an answer is awaited ends its request, and the process goes on", async () => {
    bedrock.reply(requesting(hang()));
    const work = `setTimeout(() => parentPort.postMessage("sent"), 150); await model.invoke("Hello");`;
    await runWhile(worker(work, `setInterval(() => {}, 1000); await worker.terminate();`), async () => {
      await requested.promise;
      await expectDisconnect();
    });
  });

  test("that is terminated while its credentials function is pending", async () => {
    const work = `
      const pending = new ChatBedrockConverse({ ...JSON.parse(process.env.FIELDS), credentials: () => { parentPort.postMessage("asked"); return new Promise(() => undefined); } });
      await pending.invoke("Hello");`;
    expectClean(await runToEnd(worker(work, "await worker.terminate();"), { environment: environment() }));
    expect(bedrock.requests).toHaveLength(0);
  });

  test("does its work beside the main thread, each with its own connection", async () => {
    const work = `parentPort.postMessage((await model.invoke("Hello")).text);`;
    const source = `${IMPORTS} ${worker(work, `console.log((await model.invoke("Hello")).text !== "");`)}`;
    const ending = await runToEnd(source, { environment: environment() });
    expectClean(ending);
    expect(ending.stdout).toBe("true\n");
    expect(bedrock.requests).toHaveLength(2);
  });
});

test("LangChain's timeout rejects with its own TimeoutError in every phase", async () => {
  bedrock.replyAlways(async ({ headers }) => (headers["x-wait"] === "answer" ? hang() : ENDLESS));
  const source = `${IMPORTS}
    const never = () => new Promise(() => undefined);
    const names = [];
    const note = (error) => names.push(error.name);
    const read = async (stream) => { for await (const chunk of await stream); };
    const timeout = 80;
    const waiting = new ChatBedrockConverse({ ...fields, credentials: never });
    await waiting.invoke("Hello", { timeout }).catch(note);
    await read(waiting.stream("Hello", { timeout })).catch(note);
    await model.invoke("Hello", { timeout, headers: { "x-wait": "answer" } }).catch(note);
    await read(model.stream("Hello", { timeout, headers: { "x-wait": "answer" } })).catch(note);
    await model.invoke("Hello", { timeout }).catch(note);
    await read(model.stream("Hello", { timeout })).catch(note);
    console.log(names.join());`;
  expect(await run(source, { environment: environment() })).toBe(Array(6).fill("TimeoutError").join());
});

test("thirty calls with one signal print no warning", async () => {
  const source = `${IMPORTS}
    const { signal } = new AbortController();
    await Promise.all(Array.from({ length: 30 }, () => model.invoke("Hello", { signal })));`;
  expectClean(await runToEnd(source, { environment: environment() }));
});

test("an iterator that is abandoned and collected ends its request", async () => {
  bedrock.reply(requesting(ENDLESS));
  const source = `${IMPORTS}
    await (async () => { await (await model.stream("Hello"))[Symbol.asyncIterator]().next(); })();
    setInterval(gc, 20);`;
  await runWhile(source, async () => {
    await requested.promise;
    await expectDisconnect();
  });
});

test("a stream of AWS's client that is abandoned and collected ends its request, and the process by that", async () => {
  bedrock.reply(ENDLESS);
  const source = `
    import { NodeHttpHandler } from "@smithy/node-http-handler";
    ${IMPORTS}
    const byClient = new ChatBedrockConverse({ ...fields, clientOptions: { requestHandler: new NodeHttpHandler() } });
    await (async () => { await (await byClient.stream("Hello"))[Symbol.asyncIterator]().next(); })();
    setInterval(gc, 20).unref();`;
  const { code } = await runToEnd(source, { environment: environment(), nodeOptions: ["--expose-gc"] });
  expect(code).toBe(0);
  await expectDisconnect();
});

test("an iterator that is abandoned and collected gives its place to the next call", () => {
  bedrock.reply(requesting(ENDLESS), "Hello.");
  const source = `${IMPORTS}
    const one = new ChatBedrockConverse({ ...JSON.parse(process.env.FIELDS), maxConcurrency: 1 });
    await (async () => { await (await one.stream("Hello"))[Symbol.asyncIterator]().next(); })();
    const collecting = setInterval(gc, 20);
    console.log((await one.invoke("Hello")).text);
    clearInterval(collecting);`;
  return expect(run(source, { environment: environment(), nodeOptions: ["--expose-gc"] })).resolves.toBe("Hello.");
});

test("a model that is collected closes its connections", async () => {
  const source = `
    import { ChatBedrockConverse } from "langchain-aws-native";
    await new ChatBedrockConverse(JSON.parse(process.env.FIELDS)).invoke("Hello");
    setInterval(gc, 20);`;
  await runWhile(
    source,
    async () => {
      await front.sessions.whenAccepted(1);
      await front.sessions.whenOpen(0);
    },
    { endpointUrl: front.url },
  );
});

test("5,000 calls, a fifth of them failing or aborted: memory and handles stay flat", async () => {
  bedrock.replyAlways(({ body }) => {
    const asked = (body.messages?.[0]?.content[0] as { text: string }).text;
    // The endpoint remembers every request, and it lives in this process.
    if (bedrock.requests.length > 500) bedrock.requests.splice(0, 400);
    if (asked === "fail") return { kind: "error", name: "ValidationException", message: "No.", status: 400 };
    if (asked === "cut") return { kind: "truncated", answer: "A few words that break off." };
    if (asked === "hang") return hang();
    if (asked === "stall") return ENDLESS;
    return "A few words that come to an end.";
  });
  const source = `${IMPORTS}
    import { readdirSync } from "node:fs";
    const read = async (stream) => { for await (const chunk of await stream); };
    const kinds = [
      () => model.invoke("fail"),
      () => read(model.stream("cut")),
      () => model.invoke("hang", { signal: AbortSignal.timeout(5) }),
      async () => { for await (const chunk of await model.stream("stall")) break; },
      async () => { const controller = new AbortController(); for await (const chunk of await model.stream("stall", { signal: controller.signal })) controller.abort(); },
    ];
    const { signal } = new AbortController();
    let failed = 0;
    const call = async (number) => {
      if (number % 5 === 0) return kinds[(number / 5) % kinds.length]().catch(() => failed++);
      if (number % 2 === 0) return model.invoke("Hello", { signal: number % 4 === 0 ? signal : undefined });
      return read(model.stream("Hello"));
    };
    const work = async (count) => {
      let next = 0;
      await Promise.all(Array.from({ length: 8 }, async () => { while (next < count) await call(next++); }));
    };
    const measure = async () => {
      for (let round = 0; round < 5; round++) { gc(); await new Promise((resolve) => setTimeout(resolve, 20)); }
      const { rss, heapUsed } = process.memoryUsage();
      let files = 0;
      try { files = readdirSync("/proc/self/fd").length; } catch {}
      return { rss: rss / 2 ** 20, heap: heapUsed / 2 ** 20, handles: process.getActiveResourcesInfo().length, files };
    };
    await work(1500);
    const before = await measure();
    await work(3500);
    const after = await measure();
    console.log(JSON.stringify({ before, after, failed }));`;
  const printed = await run(source, { environment: environment(), nodeOptions: ["--expose-gc"] });
  type Measured = Record<"rss" | "heap" | "handles" | "files", number>;
  const { before, after, failed } = JSON.parse(printed) as { before: Measured; after: Measured; failed: number };
  // Of the five kinds, leaving a stream is no failure.
  expect(failed).toBe(800);
  expect(after.heap - before.heap).toBeLessThan(5);
  expect(after.rss - before.rss).toBeLessThan(40);
  expect(after.handles).toBeLessThanOrEqual(before.handles);
  expect(after.files).toBeLessThanOrEqual(before.files + 8);
}, 60_000);
