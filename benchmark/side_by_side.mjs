/**
 * What a call costs here and in @langchain/aws, in CPU time of the whole process: `node benchmark/side_by_side.mjs`.
 *
 * Both packages talk to one endpoint in another process, taking turns; each round checks what it got; medians are shown. Read the ratios, not
 * the absolute numbers.
 */
import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { BedrockRuntimeClient } from "@aws-sdk/client-bedrock-runtime";
import { ChatBedrockConverse as Peer } from "@langchain/aws";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import { ChatBedrockConverse } from "langchain-aws-native";
import { startBedrock } from "langchain-aws-native/testing";

const WORDS = 2_000;
const ANSWER = Array.from({ length: WORDS }, (_, index) => `word${index}`).join(" ");

if (process.argv[2] === "serve") await serve();
else await measure();

async function serve() {
  const bedrock = await startBedrock();
  bedrock.replyAlways((request) => {
    bedrock.requests.length = 0;
    return request.operation === "converse" ? "J'adore la programmation." : ANSWER;
  });
  process.send(bedrock.connection);
  process.once("disconnect", () => bedrock.close());
}

async function measure() {
  const server = fork(fileURLToPath(import.meta.url), ["serve"]);
  const [connection] = await once(server, "message");
  const { endpointUrl, region, credentials } = connection;
  const client = new BedrockRuntimeClient({ endpoint: endpointUrl, region, credentials, requestHandler: new NodeHttpHandler() });
  const models = { ours: new ChatBedrockConverse(connection), peer: new Peer({ region, client }) };
  const workloads = {
    "invoke, one after the other, per call": (model) => invokes(model, 200),
    "64 invokes at once, per call": (model) => concurrentInvokes(model, 64),
    "stream, per chunk": (model) => streams(model, 2),
  };
  for (const [name, work] of Object.entries(workloads)) {
    const { ours, peer } = await compare(models, work);
    console.log(`${name}: ours ${ours.toFixed(1)} µs, peer ${peer.toFixed(1)} µs of CPU; ${(peer / ours).toFixed(1)} times less`);
  }
  server.disconnect();
}

/** Median microseconds of CPU per unit, the order of the two turning each round; the first round only warms up. */
async function compare(models, work) {
  const samples = { ours: [], peer: [] };
  for (let round = 0; round <= 7; round++) {
    for (const name of round % 2 ? ["ours", "peer"] : ["peer", "ours"]) {
      const before = process.cpuUsage();
      const units = await work(models[name]);
      const { user, system } = process.cpuUsage(before);
      if (round > 0) samples[name].push((user + system) / units);
    }
  }
  return { ours: median(samples.ours), peer: median(samples.peer) };
}

async function invokes(model, count) {
  for (let call = 0; call < count; call++) check((await model.invoke("Hello")).content, "J'adore la programmation.");
  return count;
}

async function concurrentInvokes(model, count) {
  const messages = await Promise.all(Array.from({ length: count }, () => model.invoke("Hello")));
  for (const message of messages) check(message.content, "J'adore la programmation.");
  return count;
}

async function streams(model, count) {
  let chunks = 0;
  for (let call = 0; call < count; call++) {
    let text = "";
    for await (const chunk of await model.stream("Hello")) {
      text += chunk.content;
      chunks++;
    }
    check(text, ANSWER);
  }
  return chunks;
}

function check(actual, expected) {
  if (actual !== expected) throw new Error(`An answer is wrong: ${String(actual).slice(0, 100)}`);
}

function median(numbers) {
  return numbers.sort((left, right) => left - right)[Math.floor(numbers.length / 2)];
}
