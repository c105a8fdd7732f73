import { readdirSync } from "node:fs";
import { join } from "node:path";
import { events, slow, startBedrock, type Answer, type Bedrock } from "langchain-aws-native/testing";
import { type Ending, runToEnd } from "../support/child.js";

/** How processes and threads end in the middle of fifty streams: at once, with the code or signal that was asked for, and without a crash. */

// Processes that load a package each, and AWS's client by it.
jest.setTimeout(60_000);

let bedrock: Bedrock;
beforeEach(async () => {
  bedrock = await startBedrock();
  bedrock.replyAlways(UNDER_WAY);
});
afterEach(() => bedrock.close());

const STREAMS = 50;

/** A stream whose events keep coming for longer than any test runs. */
const UNDER_WAY: Answer = slow(
  events([{ messageStart: { role: "assistant" } }, ...Array.from({ length: 1_500 }, () => ({ contentBlockDelta: { contentBlockIndex: 0, delta: { text: "more " } } }))]),
  { pace: 20 },
);

/** `readAll(end)` reads fifty streams and calls `end` once each has begun. */
const PROGRAM = `
  const { ChatBedrockConverse } = require("langchain-aws-native");
  const fields = JSON.parse(process.env.FIELDS);
  const clientOptions = process.env.BY_CLIENT && { requestHandler: new (require("@smithy/node-http-handler").NodeHttpHandler)() };
  const model = new ChatBedrockConverse({ ...fields, ...(clientOptions && { clientOptions }) });
  const readAll = (end) => {
    let begun = 0;
    const read = async () => {
      let isFirst = true;
      for await (const chunk of await model.stream("Hello")) {
        if (isFirst && ++begun === ${STREAMS}) end();
        isFirst = false;
      }
    };
    return Promise.all(Array.from({ length: ${STREAMS} }, read));
  };`;

/** A worker thread that reads fifty streams and then runs \`end\`. */
const worker = (end: string): string => `new (require("node:worker_threads").Worker)(${JSON.stringify(`${PROGRAM} readAll(() => { ${end} });`)}, { eval: true })`;

/** Warnings of AWS's client for JavaScript about Node.js are none of ours. */
async function end(source: string, way: string): Promise<Ending> {
  const before = coreDumps();
  const environment = { FIELDS: JSON.stringify({ maxRetries: 0, ...bedrock.connection }), NODE_NO_WARNINGS: "1", ...(way === "AWS's client" && { BY_CLIENT: "1" }) };
  const ending = await runToEnd(`${PROGRAM} ${source}`, { type: "commonjs", environment, dumpsCore: true });
  expect(coreDumps()).toEqual(before);
  return ending;
}

const coreDumps = (): string[] => readdirSync(join(__dirname, "../..")).filter((file) => /^core(\.\d+)?$/.test(file));

async function expectAllEnded(streams: number = STREAMS): Promise<void> {
  expect(bedrock.requests).toHaveLength(streams);
  await Promise.all(bedrock.requests.map(({ closed }) => closed));
  expect(bedrock.requests.filter(({ aborted }) => aborted)).toHaveLength(streams);
}

describe.each(["the addon", "AWS's client"])("by %s", (way) => {
  test("process.exit", async () => {
    expect(await end("readAll(() => process.exit(3));", way)).toEqual({ code: 3, signal: null, stdout: "", stderr: "" });
    await expectAllEnded();
  });

  test.each([
    ["an error that nobody catches", `setImmediate(() => { throw new Error("my own"); })`],
    ["a rejection that nobody catches", `void Promise.reject(new Error("my own"))`],
  ])("%s", async (_what, thrown) => {
    const { code, signal, stderr } = await end(`readAll(() => { ${thrown}; });`, way);
    expect({ code, signal }).toEqual({ code: 1, signal: null });
    expect(stderr).toContain("my own");
    await expectAllEnded();
  });

  test("SIGTERM", async () => {
    expect(await end(`readAll(() => process.kill(process.pid, "SIGTERM"));`, way)).toEqual({ code: null, signal: "SIGTERM", stdout: "", stderr: "" });
    await expectAllEnded();
  });

  test("a handler of SIGTERM that exits", async () => {
    const source = `process.on("SIGTERM", () => process.exit(0)); readAll(() => process.kill(process.pid, "SIGTERM"));`;
    expect(await end(source, way)).toEqual({ code: 0, signal: null, stdout: "", stderr: "" });
    await expectAllEnded();
  });

  describe("in a worker", () => {
    test("process.exit ends the worker, and the process goes on", async () => {
      const source = `${worker("process.exit(3)")}.on("exit", (code) => console.log("the worker ended with", code));`;
      expect(await end(source, way)).toEqual({ code: 0, signal: null, stdout: "the worker ended with 3\n", stderr: "" });
      await expectAllEnded();
    });

    test("an error that nobody catches ends the worker, and the process goes on", async () => {
      const source = `${worker(`setImmediate(() => { throw new Error("my own"); })`)}.on("error", ({ message }) => console.log(message)).on("exit", (code) => console.log("the worker ended with", code));`;
      expect(await end(source, way)).toEqual({ code: 0, signal: null, stdout: "my own\nthe worker ended with 1\n", stderr: "" });
      await expectAllEnded();
    });
  });

  test.each([
    ["process.exit", "process.exit(3)", { code: 3, signal: null, stderr: "" }],
    ["SIGTERM", `process.kill(process.pid, "SIGTERM")`, { code: null, signal: "SIGTERM", stderr: "" }],
    ["an error that nobody catches", `setImmediate(() => { throw new Error("my own"); })`, { code: 1, signal: null, stderr: expect.stringContaining("my own") as string }],
  ])("%s of the main thread beside workers that read", async (_what, ended, expected) => {
    const workers = 2;
    const source = `
      let reading = 0;
      const start = () => ${worker(`require("node:worker_threads").parentPort.postMessage("reading")`)}.on("message", () => { if (++reading === ${workers}) { ${ended}; } });
      for (let count = 0; count < ${workers}; count++) start();`;
    expect(await end(source, way)).toMatchObject({ ...expected, stdout: "" });
    await expectAllEnded(workers * STREAMS);
  });
});
