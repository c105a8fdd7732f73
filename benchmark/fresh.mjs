/** One measurement that needs a fresh process: `fork("fresh.mjs", [what, subject])`. */
import { performance } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { costOf } from "./clocks.mjs";
import { peakOf, settledMemory } from "./memory.mjs";

const PACKAGES = { ours: "langchain-aws-native", peer: "@langchain/aws", floor: "@langchain/core/language_models/chat_models" };
const [what, subject] = process.argv.slice(2);

const measurements = {
  /** Milliseconds to import the package after `@langchain/core`'s own chat-model module, which every application imports. */
  async import() {
    await import("@langchain/core/language_models/chat_models");
    return { value: await milliseconds(() => import(PACKAGES[subject])) };
  },

  /** Milliseconds from a model's construction to its first answer, the package being imported. `keys`: what the environment gives them. */
  async firstCall({ endpoint, keys }) {
    const { connect } = await import(`./subjects/${subject}.mjs`);
    const credentials = keys ? undefined : endpoint.credentials;
    return { value: await milliseconds(() => connect("short", { ...endpoint, credentials }).invoke("Hello")) };
  },

  /** The cost of each of the first `calls` invokes of a process, without the very first, `width` at a time. */
  async firstCalls({ endpoint, calls, width }) {
    const model = await modelFor("short", endpoint);
    await model.invoke("Hello");
    return costOf(async () => {
      for (let done = 0; done < calls; done += width) await Promise.all(Array.from({ length: width }, () => model.invoke("Hello")));
      return calls;
    });
  },

  /** Megabytes of resident memory after the import of the package and `calls` invokes. */
  async memory({ endpoint, calls }) {
    const model = await modelFor("short", endpoint);
    for (let call = 0; call < calls; call++) await model.invoke("Hello");
    await sleep(100);
    return { value: process.memoryUsage.rss() / 1024 / 1024 };
  },

  /** The maximum of resident memory, in megabytes, while `width` streams are open at the speed of a model. */
  async memoryOfStreams({ endpoint, width, words, pace }) {
    const model = await modelFor(`paced-${words}-${pace}`, endpoint);
    return { value: await peakOf(() => Promise.all(Array.from({ length: width }, () => drain(model)))) };
  },

  /** `bursts` of `width` streams that the server writes as fast as it can: the peak of each, and what is left after the last, in megabytes. */
  async memoryOfBursts({ endpoint, width, words, bursts, over }) {
    const model = await modelFor(`text-${words}`, endpoint, over);
    const peaks = [];
    for (let burst = 0; burst < bursts; burst++) peaks.push(await peakOf(() => Promise.all(Array.from({ length: width }, () => drain(model)))));
    return { peaks, value: Math.max(...peaks), ...(await settledMemory()) };
  },

  /** The peak, in megabytes, while the readers of `width` streams take a chunk every `interval` ms, and what is left when they have gone. */
  async memoryOfSlowReaders({ endpoint, width, words, chunks, interval, over }) {
    const model = await modelFor(`text-${words}`, endpoint, over);
    const value = await peakOf(() => Promise.all(Array.from({ length: width }, () => readSlowly(model, chunks, interval))));
    return { value, ...(await settledMemory()) };
  },

  /** The maximum of resident memory, in megabytes, while `count` documents are embedded. */
  async memoryOfEmbeddings({ endpoint, count, dimensions }) {
    const embeddings = await modelFor(`vector-${dimensions}`, endpoint);
    const documents = Array.from({ length: count }, (_, index) => `document ${index}`);
    return { value: await peakOf(() => embeddings.embedDocuments(documents)) };
  },

  /** `calls` invokes one after the other: the median of their times in milliseconds. The server counts the connections. */
  async sequence({ endpoint, calls, over }) {
    const { connect } = await import(`./subjects/${subject}.mjs`);
    const model = connect("short", endpoint, over);
    const times = [];
    for (let call = 0; call < calls; call++) times.push(await milliseconds(() => model.invoke("Hello")));
    return { value: times.sort((a, b) => a - b)[calls >> 1] };
  },
};

process.once("message", async (params) => {
  try {
    process.send(await measurements[what](params));
  } catch (error) {
    process.send({ failure: error.stack });
  }
  process.disconnect();
  process.exit();
});
process.send({});

async function milliseconds(work) {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

async function modelFor(scenario, endpoint, over) {
  const { connect } = await import(`./subjects/${subject}.mjs`);
  return connect(scenario, endpoint, over);
}

async function drain(model) {
  for await (const _chunk of await model.stream("Hello"));
}

/** Takes `chunks`, one every `interval` ms, and leaves. */
async function readSlowly(model, chunks, interval) {
  let taken = 0;
  for await (const _chunk of await model.stream("Hello")) {
    if (++taken === chunks) break;
    await sleep(interval);
  }
}
