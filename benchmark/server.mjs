/**
 * The endpoint, in a separate process, so that its work is not measured: `fork("server.mjs")`. Each answer is encoded once, by the encoder of
 * `langchain-aws-native/testing`, and sent from memory afterwards. It serves HTTP/1.1 (`plain`), TLS with HTTP/2 or HTTP/1.1 (`tls`), and TLS
 * with HTTP/1.1 alone (`tls1`), and reports the numbers of connections and requests by message.
 */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer as createPlainServer } from "node:http";
import { createSecureServer } from "node:http2";
import { createServer as createTlsServer } from "node:https";
import { fileURLToPath } from "node:url";
import { events, json, startBedrock } from "langchain-aws-native/testing";
import { eventsOf, scenarioOf } from "./scenarios.mjs";

const HOST = "127.0.0.1";
const TOKEN = "bedrock-api-key-made-up";
const QUESTION = JSON.stringify({ messages: [{ role: "user", content: [{ text: "Hello" }] }] });
const fixture = (name) => readFileSync(fileURLToPath(new URL(`../__test__/fixtures/tls/${name}`, import.meta.url)));
const tls = { key: fixture("server.key"), cert: fixture("server.pem") };

const encoder = await startBedrock({ bearerToken: TOKEN });
encoder.replyAlways(({ modelId, operation }) => {
  const scenario = scenarioOf(scenarioName(modelId));
  return operation === "invoke" ? json({ embedding: scenario.vector, inputTextTokenCount: 3 }) : events(eventsOf(scenario));
});

const counts = { requests: 0, bytes: 0, connections: { plain: 0, tls: 0, tls1: 0 } };
/** Hashes of the bodies since the last reset, during a check only: hashing would disturb a measurement. */
let digests;
const answers = new Map();

const ports = {
  plain: await listen(createPlainServer(handle), "plain", "connection"),
  tls: await listen(createSecureServer({ ...tls, allowHTTP1: true, maxSessionMemory: 4096 }, handle), "tls", "secureConnection"),
  tls1: await listen(createTlsServer(tls, handle), "tls1", "secureConnection"),
};

process.on("message", ({ reset, check }) => {
  if (reset) {
    Object.assign(counts, { requests: 0, bytes: 0, connections: { plain: 0, tls: 0, tls1: 0 } });
    digests = check ? [] : undefined;
  }
  process.send({ ...counts, digests });
});
process.once("disconnect", () => process.exit());
process.send({ ports, region: encoder.region, credentials: encoder.connection.credentials });

function listen(server, name, event) {
  if ("keepAliveTimeout" in server) server.keepAliveTimeout = 0;
  if ("requestTimeout" in server) server.requestTimeout = 0;
  server.on(event, (socket) => {
    counts.connections[name]++;
    socket.on("error", () => undefined);
  });
  server.on("sessionError", () => undefined);
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen({ port: 0, host: HOST, backlog: 4096 }, () => resolve(server.address().port));
  });
}

function handle(incoming, response) {
  if (incoming.url === "/credentials") return sendCredentials(response);
  const hash = digests && createHash("sha256");
  incoming.on("data", (bytes) => {
    counts.bytes += bytes.length;
    hash?.update(bytes);
  });
  incoming.on("end", () => {
    counts.requests++;
    if (hash) digests?.push(hash.digest("hex"));
    void answer(incoming.url, response);
  });
}

/** As the credentials service of a container does. */
function sendCredentials(response) {
  const { accessKeyId, secretAccessKey, sessionToken = "" } = encoder.connection.credentials;
  const expiration = new Date(Date.now() + 3_600_000).toISOString();
  response.writeHead(200, { "content-type": "application/json" });
  response.end(JSON.stringify({ AccessKeyId: accessKeyId, SecretAccessKey: secretAccessKey, Token: sessionToken, Expiration: expiration }));
}

async function answer(url, response) {
  if (!answers.has(url)) answers.set(url, encode(url));
  const { headers, frames, pace } = await answers.get(url);
  response.writeHead(200, headers);
  if (pace > 0) return sendPaced(response, frames, pace);
  // Each event is written separately, as Bedrock does, so that it is a chunk or a DATA frame of its own.
  response.cork?.();
  for (const frame of frames) response.write(frame);
  response.end();
  response.uncork?.();
}

function sendPaced(response, frames, pace) {
  let next = 0;
  const timer = setInterval(() => {
    response.write(frames[next++]);
    if (next < frames.length) return;
    clearInterval(timer);
    response.end();
  }, pace);
  response.once("close", () => clearInterval(timer));
}

/** Gets an answer from the endpoint of `testing/` once and keeps it. */
async function encode(url) {
  const reply = await fetch(encoder.url + url, { method: "POST", headers: { authorization: `Bearer ${TOKEN}` }, body: QUESTION });
  if (!reply.ok) throw new Error(`The answer to ${url} could not be encoded: ${await reply.text()}`);
  const body = Buffer.from(await reply.arrayBuffer());
  encoder.reset();
  const isStream = url.endsWith("/converse-stream");
  const headers = { "content-type": reply.headers.get("content-type"), "x-amzn-requestid": reply.headers.get("x-amzn-requestid") };
  if (!isStream) headers["content-length"] = body.length;
  const { pace } = scenarioOf(scenarioName(decodeURIComponent(url.split("/")[2])));
  return { headers, frames: isStream ? framesOf(body) : [body], pace: isStream ? pace : 0 };
}

function scenarioName(modelId) {
  return modelId.replace("anthropic.claude-", "");
}

/** Each frame of an event stream starts with its length. */
function framesOf(body) {
  const frames = [];
  for (let at = 0; at < body.length; ) {
    const length = body.readUInt32BE(at);
    frames.push(body.subarray(at, at + length));
    at += length;
  }
  return frames;
}
