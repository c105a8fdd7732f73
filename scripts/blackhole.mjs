/**
 * What becomes of calls whose connection dies in silence: no packet arrives any more and none is refused, as behind a NAT that has lost its table. Each
 * way takes some 25 seconds, which is why this is no part of `npm test`. Linux only, as root: client and server are in network namespaces of their
 * own, joined by a virtual cable. Needs a build.
 */
import { spawn, spawnSync } from "node:child_process";
import { createConnection, createServer } from "node:net";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";

/** Addresses for documentation (RFC 5737): they exist in the namespaces only. */
const SERVER = "192.0.2.1";
const CLIENT = "192.0.2.2";

/** A call must have noticed, and tried again, after so many milliseconds. Keep-alive probes take 25 s, pings and unacknowledged data 20 s. */
const LIMIT = 45_000;

const WAYS = {
  "an invoke over HTTP/1.1": { httpVersion: "1.1", kind: "invoke", expected: { text: "Still here.", attempts: 2 } },
  "an invoke over HTTP/2": { httpVersion: "2", kind: "invoke", expected: { text: "Still here.", attempts: 2 } },
  "a stream over HTTP/1.1": { httpVersion: "1.1", kind: "stream", expected: { error: "IncompleteStreamError", partial: "One" } },
  "a stream over HTTP/2": { httpVersion: "2", kind: "stream", expected: { error: "IncompleteStreamError", partial: "One" } },
};

const [role, argument] = process.argv.slice(2);
if (role === "server") await serve();
else if (role === "client") await call(JSON.parse(argument));
else if (process.platform !== "linux" || process.getuid() !== 0 || spawnSync("ip", ["-V"]).status !== 0) console.log("Dead connections are tried on Linux, as root, with `ip` (iproute2).");
else await Promise.all(Object.entries(WAYS).map(([name, way], index) => check(name, way, `${process.pid}-${index}`)));

/** In the server's namespace: the local endpoint, and a listener on the namespace's address in front of it. */
async function serve() {
  const { hang, stall, startBedrock } = await import("langchain-aws-native/testing");
  const bedrock = await startBedrock();
  bedrock.reply("Hello.", (request) => {
    console.log("asked");
    return request.operation === "converse" ? hang() : stall("One two three.", { afterEvents: 2 });
  }, "Still here.");
  const { hostname, port } = new URL(bedrock.connection.endpointUrl);
  const front = createServer((socket) => {
    const inner = createConnection(Number(port), hostname);
    socket.pipe(inner).pipe(socket);
    for (const end of [socket, inner]) end.on("error", () => undefined);
  });
  front.listen(0, SERVER, () => console.log(JSON.stringify({ ...bedrock.connection, endpointUrl: `http://${SERVER}:${front.address().port}` })));
}

/** In the client's namespace: one call that opens the connection, then one whose connection dies. Prints that a stream has begun, and what comes of the call. */
async function call({ connection, httpVersion, kind }) {
  const { ChatBedrockConverse } = await import("langchain-aws-native");
  const model = new ChatBedrockConverse({ ...connection, httpVersion });
  await model.invoke("Hello");
  if (kind === "invoke") {
    const { text, response_metadata: metadata } = await model.invoke("Wait.");
    console.log(JSON.stringify({ text, attempts: metadata.$metadata.attempts }));
    return;
  }
  try {
    for await (const chunk of await model.stream("Wait.")) if (chunk.text.trim() === "One") console.log("begun");
  } catch (error) {
    console.log(JSON.stringify({ error: error.name, partial: error.partialOutput?.text.trim() }));
  }
}

/** Lets the connection of one call die, and sees what comes of it. */
async function check(name, { httpVersion, kind, expected }, id) {
  const [server, client] = [`server-${id}`, `client-${id}`];
  const children = [];
  const start = (namespace, ...args) => {
    const child = spawn("ip", ["netns", "exec", namespace, process.execPath, fileURLToPath(import.meta.url), ...args], { stdio: ["ignore", "pipe", "inherit"] });
    children.push(child);
    return createInterface(child.stdout)[Symbol.asyncIterator]();
  };
  try {
    join(server, client);
    const served = start(server, "server");
    const connection = JSON.parse((await served.next()).value);
    const lines = start(client, "client", JSON.stringify({ connection, httpVersion, kind }));
    await (kind === "invoke" ? served.next() : lines.next());
    const since = performance.now();
    ip("-n", server, "addr", "del", `${SERVER}/24`, "dev", "cable");
    const line = lines.next();
    if (kind === "invoke") void whenConnecting(client).then(() => ip("-n", server, "addr", "add", `${SERVER}/24`, "dev", "cable"));
    const outcome = (await Promise.race([line, sleep(LIMIT, undefined, { ref: false })]))?.value;
    if (outcome !== JSON.stringify(expected)) stop(`${name}: expected ${JSON.stringify(expected)}, got ${outcome ?? `nothing in ${LIMIT} ms`}`);
    console.log(`${name} notices that its connection is dead after ${((performance.now() - since) / 1000).toFixed(0)} s.`);
  } finally {
    for (const child of children) child.kill("SIGKILL");
    for (const namespace of [server, client]) spawnSync("ip", ["netns", "del", namespace]);
  }
}

/** Two namespaces and the cable between them. The client knows the server's hardware address by heart, so that its packets are lost without a word. */
function join(server, client) {
  for (const namespace of [server, client]) ip("netns", "add", namespace);
  ip("link", "add", "cable", "netns", server, "type", "veth", "peer", "name", "cable", "netns", client);
  for (const [namespace, address] of [[server, SERVER], [client, CLIENT]]) {
    ip("-n", namespace, "link", "set", "lo", "up");
    ip("-n", namespace, "link", "set", "cable", "up");
    ip("-n", namespace, "addr", "add", `${address}/24`, "dev", "cable");
  }
  const [{ address }] = JSON.parse(ip("-n", server, "-json", "link", "show", "cable"));
  ip("-n", client, "neigh", "replace", SERVER, "lladdr", address, "dev", "cable", "nud", "permanent");
}

/** Resolves when the client opens a new connection: it has given up the dead one. */
async function whenConnecting(client) {
  const opening = () => spawnSync("ip", ["netns", "exec", client, "cat", "/proc/net/tcp"], { encoding: "utf8" }).stdout.includes(" 02 ");
  for (const since = performance.now(); !opening(); await sleep(50)) if (performance.now() - since > LIMIT) return;
}

function ip(...args) {
  const { status, stdout, stderr } = spawnSync("ip", args, { encoding: "utf8" });
  if (status !== 0) throw new Error(`ip ${args.join(" ")}: ${stderr}`);
  return stdout;
}

function stop(sentence) {
  console.error(sentence);
  process.exitCode = 1;
}
