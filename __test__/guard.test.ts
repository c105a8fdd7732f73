/** Costs that do not depend on the machine: counts, never times. What they add up to in time, `npm run bench` measures. */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { startBedrock, events, type StreamEvent } from "langchain-aws-native/testing";
import { HumanMessage } from "@langchain/core/messages";
import { ChatBedrockConverse } from "langchain-aws-native";
import { instrument } from "langchain-aws-native/opentelemetry";
import { run } from "./support/child.js";
import { MODEL, ourModel, ourModelByClient } from "./support/models.js";
import { collect } from "./support/streams.js";

const root = join(__dirname, "..");
const KILOBYTE = 1024;

/** A stream of so many deltas of text. */
function deltas(count: number): StreamEvent[] {
  const texts = Array.from({ length: count }, (_, index) => ({ contentBlockDelta: { contentBlockIndex: 0, delta: { text: `word${index} ` } } }));
  return [
    { messageStart: { role: "assistant" } },
    ...texts,
    { contentBlockStop: { contentBlockIndex: 0 } },
    { messageStop: { stopReason: "end_turn" } },
    { metadata: { usage: { inputTokens: 1, outputTokens: count, totalTokens: count + 1 }, metrics: { latencyMs: 1 } } },
  ];
}

/** The modules that a file of the package names. */
function modulesOf(file: string): string[] {
  const code = readFileSync(join(root, file), "utf8");
  const named = code.matchAll(/(?:^|[;\n])(?:import|export)\b[^;"'`]*?\bfrom ?"([^"]+)"|(?:^|[;\n])import ?"([^"]+)"|\b(?:require|import)\(["`]([^"`]+)["`]\)/g);
  return [...named].map(([, from, bare, called]) => from ?? bare ?? called ?? "");
}

describe("the import", () => {
  /** Prints the files that an import loads after `@langchain/core`'s own chat-model module, which every LangChain application has loaded. */
  const ES_MODULE = `
    import { register } from "node:module";
    import { MessageChannel, receiveMessageOnPort } from "node:worker_threads";
    const { port1, port2 } = new MessageChannel();
    const hooks = "let port; export const initialize = (data) => { port = data; }; export const load = (url, context, next) => { port.postMessage(url); return next(url, context); };";
    register("data:text/javascript," + encodeURIComponent(hooks), { data: port2, transferList: [port2] });
    const loaded = () => {
      const urls = [];
      for (let message; (message = receiveMessageOnPort(port1)); ) urls.push(message.message);
      return urls.filter((url) => url.startsWith("file:"));
    };
    await import("@langchain/core/language_models/chat_models");
    loaded();
    await import("langchain-aws-native");
    console.log(JSON.stringify(loaded()));`;

  const COMMONJS = `
    require("@langchain/core/language_models/chat_models");
    const before = new Set(Object.keys(require.cache));
    require("langchain-aws-native");
    console.log(JSON.stringify(Object.keys(require.cache).filter((path) => !before.has(path))));`;

  test.each([
    ["an ES module", "module", ES_MODULE],
    ["CommonJS", "commonjs", COMMONJS],
  ] as const)("as %s loads few files, and none but its own and core's", async (_kind, type, source) => {
    const loaded = (JSON.parse(await run(source, { type })) as string[]).map((file) => file.replace("file://", "").replace(`${root}/`, ""));
    const ofCore = loaded.filter((file) => file.startsWith("node_modules/@langchain/core/"));
    const others = loaded.filter((file) => !ofCore.includes(file));
    expect(others.length).toBeGreaterThan(0);
    expect(others.filter((file) => !/^(dist\/index\.c?js|(?:addon|aws_client)\.cjs|package\.json|[\w.-]+\.node)$/.test(file))).toEqual([]);
    expect(ofCore.length).toBeLessThanOrEqual(MOST_CORE_FILES);
  });

  test.each(["dist/index.js", "dist/index.cjs"])("%s names no module but Node.js's, core's and what loads the addon and AWS's client", (file) => {
    const modules = modulesOf(file);
    expect(modules).toContain("#native");
    expect(modules.filter((name) => !/^(node:|#native$|#aws-client$|@langchain\/core\/)/.test(name))).toEqual([]);
  });
});

test.each(["dist/index.js", "dist/index.cjs", "dist/batch.js", "dist/batch.cjs"])("%s has characters of one byte only: with another one V8 keeps all of it in two bytes each", (file) => {
  expect(readFileSync(join(root, file), "utf8").match(/[^\x00-\xFF]/g)).toBeNull();
});

test.each(["dist/batch.js", "dist/batch.cjs"])("%s names no module but Node.js's, core's, the main entry and what loads the addon", (file) => {
  const modules = modulesOf(file);
  expect(modules).toContain("#native");
  expect(modules.filter((name) => !/^(node:|#native$|\.\/index\.c?js$|@langchain\/core\/)/.test(name))).toEqual([]);
});

describe("OpenTelemetry", () => {
  test.each(["dist/opentelemetry.js", "dist/opentelemetry.cjs"])("%s names no module but Node.js's channels, core's storage and OpenTelemetry's API", (file) => {
    expect(modulesOf(file).sort()).toEqual(["@langchain/core/singletons", "@opentelemetry/api", "node:diagnostics_channel"]);
  });

  test("before it is on, and after it has stopped, no request is traced", async () => {
    const bedrock = await startBedrock();
    const model = ourModel(bedrock);
    // Each trace takes a number.
    const traces = (): number => (globalThis as Record<symbol, number | undefined>)[Symbol.for("langchain-aws-native.requests")] ?? 0;
    const tracesOfCalls = async (): Promise<number> => {
      const before = traces();
      await model.invoke("Hello");
      await collect(await model.stream("Hello"));
      return traces() - before;
    };
    const before = await tracesOfCalls();
    const stop = instrument();
    const during = await tracesOfCalls();
    stop();
    expect([before, during, await tracesOfCalls()]).toEqual([0, 2, 0]);
    await bedrock.close();
  });
});

test("a call of a model without rateLimit makes no limiter, and counts no tokens", async () => {
  const bedrock = await startBedrock();
  const limiters = (): number => (globalThis as Record<symbol, Map<string, unknown> | undefined>)[Symbol.for("langchain-aws-native.rateLimiters.1")]?.size ?? 0;
  /** What the approximation of tokens searches, and the limiters that are made. */
  const costs = async (model: ChatBedrockConverse): Promise<{ searched: number; made: number }> => {
    const before = limiters();
    const matchAll = jest.spyOn(String.prototype, "matchAll");
    await model.invoke("Hello");
    await collect(await model.stream("Hello"));
    const { length: searched } = matchAll.mock.calls;
    matchAll.mockRestore();
    return { searched, made: limiters() - before };
  };
  expect(await costs(ourModel(bedrock))).toEqual({ searched: 0, made: 0 });
  expect(await costs(ourModel(bedrock, { rateLimit: { requestsPerMinute: 100 } }))).toEqual({ searched: 0, made: 1 });
  const { searched } = await costs(ourModel(bedrock, { rateLimit: { tokensPerMinute: 1_000_000 } }));
  expect(searched).toBeGreaterThan(0);
  await bedrock.close();
});

/** AWS's package for JavaScript has some hundred files, and takes longer to load than all else together. */
test("a model whose client nobody touches loads nothing of AWS's package for JavaScript", async () => {
  const bedrock = await startBedrock();
  const source = `
    const { ChatBedrockConverse, BedrockEmbeddings } = require("langchain-aws-native");
    const loaded = () => Object.keys(require.cache).filter((path) => /node_modules.(@aws-sdk|@smithy|@aws-crypto)/.test(path)).length;
    (async () => {
      const model = new ChatBedrockConverse(${JSON.stringify({ model: MODEL, ...bedrock.connection })});
      await model.prewarm();
      await model.invoke("Hello");
      for await (const chunk of await model.stream("Hello")) chunk.text;
      await new BedrockEmbeddings(${JSON.stringify(bedrock.connection)}).embedQuery("Hello");
      const before = loaded();
      model.client;
      console.log(before, loaded() > 0);
    })();`;
  expect(await run(source, { type: "commonjs" })).toBe("0 true");
  await bedrock.close();
});

/** Files of core that our import needs beyond those of its chat-model module. */
const MOST_CORE_FILES = 5;

describe("failover", () => {
  test("a call without it asks nothing about targets", async () => {
    const bedrock = await startBedrock();
    const { Targets } = jest.requireActual<typeof import("#native")>("#native")();
    const asked = (["choose", "answered", "failed", "release", "keepConversation", "hasConversations"] as const).map((name) => jest.spyOn(Targets.prototype, name));
    const timers = jest.spyOn(jest.requireActual<typeof import("node:timers")>("node:timers"), "setTimeout");
    const model = ourModel(bedrock);
    await model.invoke("Hello");
    await collect(await model.stream("Hello"));
    expect([...asked, timers].map(({ mock }) => mock.calls.length)).toEqual([0, 0, 0, 0, 0, 0, 0]);
    await ourModel(bedrock, { hedge: { after: 60_000 } }).invoke("Hello");
    expect(asked[0]!.mock.calls.length).toBe(1);
    for (const spy of [...asked, timers]) spy.mockRestore();
    await bedrock.close();
  });
});

describe("connections", () => {
  test("50 calls, one after the other, take one", async () => {
    const bedrock = await startBedrock();
    const model = ourModel(bedrock);
    for (let call = 0; call < 50; call++) await model.invoke("Hello");
    expect(bedrock.connections).toBe(1);
    await bedrock.close();
  });

  test("50 models of one configuration share one", async () => {
    const bedrock = await startBedrock();
    for (let call = 0; call < 50; call++) await ourModel(bedrock).invoke("Hello");
    expect(bedrock.connections).toBe(1);
    await bedrock.close();
  });
});

describe("media", () => {
  const spies = (): { convert: jest.SpyInstance; fetch: jest.SpyInstance } => {
    const { Client } = jest.requireActual<typeof import("#native")>("#native")();
    return { convert: jest.spyOn(Client.prototype, "convert"), fetch: jest.spyOn(Client.prototype, "fetch") };
  };

  test("a call without fetchMedia, and one that names no URL, is neither searched for files nor converted twice", async () => {
    const bedrock = await startBedrock();
    const { convert, fetch } = spies();
    const question = new HumanMessage({ content: [{ type: "text", text: "What is at http://example.com?" }] });
    for (const fetchMedia of [undefined, false as const, { hosts: ["example.com"] }]) {
      await ourModel(bedrock, { fetchMedia }).invoke([question]);
      await collect(await ourModel(bedrock, { fetchMedia }).stream([question]));
    }
    expect([convert.mock.calls.length, fetch.mock.calls.length]).toEqual([0, 0]);
    jest.restoreAllMocks();
    await bedrock.close();
  });

  test("a large attachment that AWS's client sends is converted on another thread, a small one on this", async () => {
    const bedrock = await startBedrock();
    const { convert } = spies();
    const ask = (size: number): HumanMessage[] => [new HumanMessage({ content: [{ type: "text", text: "?" }, { type: "file", mimeType: "text/plain", data: new Uint8Array(size).fill(97) } as never] })];
    await ourModelByClient(bedrock).invoke(ask(1_000));
    expect(convert).not.toHaveBeenCalled();
    await ourModelByClient(bedrock).invoke(ask(2_000_000));
    expect(convert).toHaveBeenCalledTimes(1);
    jest.restoreAllMocks();
    await bedrock.close();
  });
});

describe("a stream", () => {
  const EVENTS = 1_000;

  test("gives a chunk for every delta", async () => {
    const bedrock = await startBedrock();
    bedrock.reply(events(deltas(EVENTS)));
    const chunks = await collect(await ourModel(bedrock).stream("Hello"));
    const texts = chunks.map((chunk) => chunk.text).filter((text) => text !== "");
    expect(texts).toEqual(Array.from({ length: EVENTS }, (_, index) => `word${index} `));
    expect(chunks.length).toBeLessThanOrEqual(EVENTS + 4);
    await bedrock.close();
  });

  test("that is fast is fetched in batches", async () => {
    const server = await serveAtOnce(await encode(deltas(EVENTS)));
    const { Client } = jest.requireActual<typeof import("#native")>("#native")();
    const next = jest.spyOn(Client.prototype, "next");
    const credentials = { accessKeyId: "AKIAMADEUP", secretAccessKey: "made-up" };
    const model = new ChatBedrockConverse({ model: MODEL, region: "us-east-1", credentials, endpointUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
    const chunks = await collect(await model.stream("Hello"));
    expect(chunks.length).toBeGreaterThanOrEqual(EVENTS);
    expect(next.mock.calls.length).toBeGreaterThan(0);
    expect(next.mock.calls.length).toBeLessThanOrEqual(EVENTS / 10);
    next.mockRestore();
    server.closeAllConnections();
    server.close();
  });

  /** The bytes of a stream, as the local endpoint sends them. */
  async function encode(stream: StreamEvent[]): Promise<Buffer> {
    const bedrock = await startBedrock({ bearerToken: "made-up" });
    bedrock.reply(events(stream));
    const body = JSON.stringify({ messages: [{ role: "user", content: [{ text: "Hello" }] }] });
    const response = await fetch(`${bedrock.url}/model/${MODEL}/converse-stream`, { method: "POST", headers: { authorization: "Bearer made-up" }, body });
    const bytes = Buffer.from(await response.arrayBuffer());
    await bedrock.close();
    return bytes;
  }

  /** The local endpoint waits for its reader after each event; this server sends all in one piece. */
  async function serveAtOnce(bytes: Buffer): Promise<Server> {
    const server = createServer((incoming, response) => {
      incoming.resume().on("end", () => response.writeHead(200, { "content-type": "application/vnd.amazon.eventstream" }).end(bytes));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return server;
  }
});

describe("the package", () => {
  interface Packed {
    files: { path: string; size: number }[];
  }

  const pack = (): Packed => {
    const [packed] = JSON.parse(execFileSync("npm", ["pack", "--dry-run", "--json", "--ignore-scripts"], { cwd: root, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] })) as Packed[];
    if (packed === undefined) throw new Error("npm pack said nothing.");
    return packed;
  };
  const sizeOf = (files: Packed["files"]): number => files.reduce((sum, { size }) => sum + size, 0);

  test("is small", () => {
    const { files } = pack();
    const counted = files.filter(({ path }) => !path.endsWith(".node") && path !== "THIRD-PARTY-LICENSES");
    expect(sizeOf(counted)).toBeLessThanOrEqual(1250 * KILOBYTE);
    for (const { size } of files.filter(({ path }) => /^dist\/index\.c?js$/.test(path))) expect(size).toBeLessThanOrEqual(250 * KILOBYTE);
  });

  /** `scripts/build.mjs` notes which profile it built. */
  const stamp = join(root, ".build", "addon");
  const isRelease = existsSync(stamp) && readFileSync(stamp, "utf8").endsWith("release");

  (isRelease ? test : test.skip)("has 10 MB at most, with the addon of this platform", () => {
    expect(sizeOf(pack().files)).toBeLessThanOrEqual(10 * KILOBYTE * KILOBYTE);
  });
});

/** The results come with a run of the benchmark on a quiet machine. */
(existsSync(join(root, "benchmark/results/latest.json")) ? test : test.skip)("the README and the charts show the results of the benchmark that are there", async () => {
  execFileSync(process.execPath, ["benchmark/bench.mjs", "--check"], { cwd: root, stdio: ["ignore", "ignore", "pipe"] });
});
