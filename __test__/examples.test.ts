import { type ChildProcessByStdio, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { Readable } from "node:stream";

const root = join(__dirname, "..");
// AWS's client for JavaScript warns of the oldest version of Node.js that we take.
const environment = { PATH: process.env["PATH"], NO_COLOR: "1", AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true" } as NodeJS.ProcessEnv;

/** What each example prints, in part. The server is tested below. */
const PRINTS: Record<string, RegExp> = {
  agent: /^human: What is the weather in Paris\?\nai: \ntool: 18 degrees and sunny in Paris\nai: .*18 degrees and sunny in Paris$/,
  batch: /^Validating\nScheduled\nInProgress\nCompleted\n99 of 100 were answered\.\nquestion-0: ThrottlingException\n100 answers, the last: .*What is 99 \+ 1\?$/,
  batch_local: /^red: .*\ngreen: .*\nblue: .*\nred: .*\ngreen: .*\nblue: .*\nblack: .*\nwhite: .*\ngrey: .* grey\.\n\{[^]*done: 6,[^]*fromCheckpoint: [3-6],[^]*\}$/,
  computer_use: /^bash: ls\nThere are some\.$/,
  embeddings: /^Bedrock runs models\. \(similarity [01]\.\d+\)/,
  failover: /^us-east-1: You said: Who is there\? \[\]\nus-west-2: You said: Is it throttled\? \[ 'target_switched' \]\nus-west-2: You said: Does it rest\? \[ 'target_switched' \]\nus-west-2: You said: Is it slow\? \[ 'request_hedged' \]$/,
  fetch_media: /^The picture is one transparent pixel\.\n\[ 'messages\[0\]\.content\[1\]' \]\nmessages\[0\]\.content\[1\]: https:\/\/example\.com\/pixel\.png could not be fetched: fetchMedia\.hosts does not allow example\.com\.$/,
  guardrails: /^I cannot talk about that\.\nINPUT: topicPolicy investments\nGladly\.\napplyGuardrail: NONE\nbehind any model: Hello!$/,
  image_and_document: /^The picture is one transparent pixel\./,
  invoke: /^J'adore la programmation\.\n\{ input_tokens: \d+, .*\} end_turn$/,
  knowledge_base: /^s3:\/\/documents\/0\.txt \(score 1\)\ns3:\/\/documents\/1\.txt \(score [\d.]+\)\n.*Passage 0 about/,
  lambda: /^\{ answer: '.*Why is the sky blue\?', tokens: \d+ \}$/,
  opentelemetry: /at dusk\?\nanswer > chat anthropic\.claude-haiku-4-5-20251001-v1:0 \{\n[^]*'gen_ai\.usage\.input_tokens': \d+[^]*\nanswer > chat [^]*'gen_ai\.response\.time_to_first_chunk': [\d.]+[^]*\nanswer \{\}$/,
  own_client: /^AWS's client sends a ConverseCommand\.\n.*Why is the sky blue\?\nAWS's client sends a ConverseStreamCommand\.\n.*And at dusk\?$/,
  prompt_caching: /\{ written: 3001, read: 0 \}\n.*\{ written: 0, read: 3001 \}$/,
  rate_limit: /^(?:sent after 0 s\n){3}3 answers$/,
  reasoning: /^It thinks: s-t-r.*\nIt says: Three\.\nThree as well\.$/,
  stream: /Why is the sky blue\?\n \{\n  input_tokens: \d+/,
  structured_output: /setup: '.*',\n  punchline: '.*',\n  rating: \d+/,
  what_was_received: /^[\w-]+\n\{"message":.*\}\ntokens of thinking: 0$/,
  tools: /name: 'get_weather',\n\s+args: \{ city: 'Paris' \}[^]*and says: .*18 degrees and sunny in Paris$/,
};

test("every example is here", () => {
  const names = readdirSync(join(root, "examples")).flatMap((file) => /^(\w+)\.ts$/.exec(file)?.[1] ?? []);
  expect([...Object.keys(PRINTS), "chat_server"].sort()).toEqual(names.sort());
});

test.each(Object.entries(PRINTS))("%s runs without an AWS account", (name, printed) => {
  const { stdout, stderr, status } = spawnSync(process.execPath, ["examples/run.mjs", name], { cwd: root, encoding: "utf8", env: environment });
  expect({ stderr, status }).toEqual({ stderr: "", status: 0 });
  expect(stdout.trim()).toMatch(printed);
});

test("an unknown name is answered with those that there are", () => {
  const { stderr, status } = spawnSync(process.execPath, ["examples/run.mjs", "strem"], { cwd: root, encoding: "utf8", env: environment });
  expect(status).toBe(1);
  expect(stderr).toMatch(/^There is no example "strem": npm run example NAME, where NAME is one of agent, .*what_was_received\.\n$/);
});

test("they are right TypeScript", () => {
  const { stdout, status } = spawnSync(process.execPath, ["node_modules/typescript/bin/tsc", "-p", "examples"], { cwd: root, encoding: "utf8" });
  expect({ stdout, status }).toEqual({ stdout: "", status: 0 });
});

describe("the chat server", () => {
  let server: ChildProcessByStdio<null, Readable, null>;
  let lines: AsyncIterator<string>;
  let url: string;

  beforeAll(async () => {
    server = spawn(process.execPath, ["examples/run.mjs", "chat_server"], { cwd: root, env: environment, stdio: ["ignore", "pipe", "inherit"] });
    lines = linesOf(server.stdout);
    url = /http:\S+/.exec((await lines.next()).value as string)?.[0] ?? "";
  });

  afterAll(() => server.kill());

  test("streams an answer as server-sent events", async () => {
    const response = await fetch(url, { method: "POST", body: "Why is the sky blue?" });
    const events = (await response.text()).trim().split("\n\n");
    const texts = events.flatMap((event) => /^event: text\ndata: (.*)$/.exec(event)?.[1] ?? []).map((data) => JSON.parse(data) as string);
    expect(texts.length).toBeGreaterThan(1);
    expect(texts.join("")).toBe("You said: Why is the sky blue?");
    expect(events.at(-2)).toMatch(/^event: usage\ndata: \{"input_tokens":\d+/);
    expect(events.at(-1)).toBe("event: end\ndata: null");
  });

  test("stops the request of a client that leaves", async () => {
    const client = new AbortController();
    const response = await fetch(url, { method: "POST", body: "A long question. ".repeat(50), signal: client.signal });
    await response.body?.getReader().read();
    client.abort();
    expect((await lines.next()).value).toBe("The client left; the request was stopped.");
  });

  test("ends on Ctrl-C", async () => {
    server.kill("SIGINT");
    expect(await once(server, "exit")).toEqual([0, null]);
  });
});

async function* linesOf(stream: Readable): AsyncGenerator<string, undefined> {
  let rest = "";
  for await (const chunk of stream.setEncoding("utf8")) {
    const lines = (rest + String(chunk)).split("\n");
    rest = lines.pop() ?? "";
    yield* lines;
  }
  return undefined;
}
