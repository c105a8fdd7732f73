import { join } from "node:path";
import { startBedrock, type Bedrock } from "langchain-aws-native/testing";
import { run } from "../support/child.js";

/** The package loaded again and again in one process, as by Jest's module registries, `vm` contexts and a cache of modules that is cleared. */

let bedrock: Bedrock;
beforeEach(async () => void (bedrock = await startBedrock()));
afterEach(() => bedrock.close());

const environment = (): Record<string, string> => ({ FIELDS: JSON.stringify({ maxRetries: 0, ...bedrock.connection }), PACKAGE: join(__dirname, "../../dist/index.cjs") });

/** `load(addon)` evaluates the package in a new context, as a registry of modules does. `collected(object)` resolves when an object is collected. */
const PROGRAM = `
  const { readFileSync } = require("node:fs");
  const vm = require("node:vm");
  const { PACKAGE, FIELDS } = process.env;
  const fields = JSON.parse(FIELDS);
  const packageRequire = require("node:module").createRequire(PACKAGE);
  const script = new vm.Script("(function (require, module, exports) {" + readFileSync(PACKAGE, "utf8") + "\\n})", { filename: PACKAGE });
  const load = (addon = packageRequire("#native")) => {
    const module = { exports: {} };
    script.runInContext(vm.createContext({ process, AbortController, AbortSignal, TextEncoder, TextDecoder, URL, performance, crypto, Buffer, setTimeout, clearTimeout }))(
      (name) => (name === "#native" ? addon : packageRequire(name)), module, module.exports);
    return module.exports;
  };
  const collected = async (reference) => {
    do {
      await new Promise(setImmediate);
      gc();
      await new Promise(setImmediate);
    } while (reference.deref() !== undefined);
  };
  const ask = async ({ ChatBedrockConverse }) => {
    const model = new ChatBedrockConverse(fields);
    let text = (await model.invoke("Hello")).text;
    for await (const chunk of await model.stream("Hello")) text += chunk.text;
    return text;
  };`;

const inChild = (source: string): Promise<string> => run(`${PROGRAM} (async () => { ${source} })();`, { type: "commonjs", environment: environment(), nodeOptions: ["--expose-gc"] });

test("is collected with all it has when its models are, without close()", async () => {
  const source = `
    const used = await (async () => { const loaded = load(); await ask(loaded); return new WeakRef(loaded); })();
    await collected(used);
    console.log("collected");`;
  expect(await inChild(source)).toBe("collected");
});

test("a model is collected whose function of credentials refers to it, and another of the same configuration goes on", async () => {
  const source = `
    const { ChatBedrockConverse } = load();
    let asked = 0;
    const make = () => {
      const model = new ChatBedrockConverse({ ...fields, credentials: async () => (asked++, model.region !== "" && fields.credentials) });
      return model;
    };
    const used = await (async () => { const model = make(); await model.invoke("Hello"); return new WeakRef(model); })();
    await collected(used);
    const credentials = async () => fields.credentials;
    const other = new ChatBedrockConverse({ ...fields, credentials });
    const shared = await (async () => { const model = new ChatBedrockConverse({ ...fields, credentials }); await other.invoke("Hello"); await model.invoke("Hello"); return new WeakRef(model); })();
    await collected(shared);
    console.log(asked, (await other.invoke("Hello")).text);`;
  expect(await inChild(source)).toBe("1 You said: Hello");
});

test("works as often as the addon is loaded anew", async () => {
  const source = `
    const file = Object.keys(require.cache).find((path) => path.endsWith(".node")) ?? (packageRequire("#native")(), Object.keys(require.cache).find((path) => path.endsWith(".node")));
    const anew = () => { const module = { exports: {} }; process.dlopen(module, file); return module.exports; };
    const texts = new Set();
    for (let time = 0; time < 20; time++) texts.add(await ask(load(anew)));
    console.log([...texts].join());`;
  expect(await inChild(source)).toBe("You said: HelloYou said: Hello");
});

test("what a caller's AsyncLocalStorage has is collected after the call", async () => {
  const source = `
    const { AsyncLocalStorage } = require("node:async_hooks");
    const storage = new AsyncLocalStorage();
    const loaded = load();
    const store = await (async () => {
      const store = { of: "the first caller" };
      await storage.run(store, () => ask(loaded));
      return new WeakRef(store);
    })();
    await collected(store);
    console.log((await ask(loaded)) !== "");`;
  expect(await inChild(source)).toBe("true");
});

test("one that was loaded before another goes on with long texts: JSON, a data URL, a conversation", async () => {
  const source = `
    const file = (packageRequire("#native")(), Object.keys(require.cache).find((path) => path.endsWith(".node")));
    const anew = () => { const module = { exports: {} }; process.dlopen(module, file); return module.exports; };
    const { ChatBedrockConverse } = load(anew);
    const model = new ChatBedrockConverse(fields);
    await model.invoke("Hello");
    await ask(load(anew));
    const { HumanMessage } = packageRequire("@langchain/core/messages");
    const image = { type: "image_url", image_url: { url: "data:image/png;base64,iVBORw0KGgo" + "A".repeat(40_001) } };
    const tools = [{ name: "search", description: "Searches. ".repeat(2_000), schema: { type: "object" } }];
    const messages = [new HumanMessage("Hello. ".repeat(4_000))];
    const long = [await model.invoke([new HumanMessage({ content: [image] })]), await model.invoke("Hello", { tools })];
    for (let turn = 0; turn < 4; turn++) {
      long.push(await model.invoke(messages));
      messages.push(long.at(-1), new HumanMessage(turn % 2 === 0 ? "Go on." : "Go on. ".repeat(4_000)));
    }
    console.log(long.length);`;
  expect(await inChild(source)).toBe("6");
});
