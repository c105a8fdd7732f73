import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BedrockRuntimeClient, ConverseCommand, ConverseStreamCommand } from "@aws-sdk/client-bedrock-runtime";
import { startBedrock } from "../../testing/index.js";
import { CommandRun } from "../support/command.js";
import { ask, collect, MODEL } from "./support.js";

let folder: string;
let running: CommandRun | undefined;
beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), "command-"))));
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(async () => {
  await running?.interrupt();
  running = undefined;
});

function start(...args: string[]): CommandRun {
  return (running = new CommandRun(["mock", ...args]));
}

/** A client as the command's first lines say to set it up. */
async function clientOf(command: CommandRun): Promise<BedrockRuntimeClient> {
  const setting = (name: string): Promise<string> => command.waitFor(new RegExp(`^  ${name}=(.+)$`));
  const credentials = { accessKeyId: await setting("AWS_ACCESS_KEY_ID"), secretAccessKey: await setting("AWS_SECRET_ACCESS_KEY") };
  const endpoint = await setting("AWS_ENDPOINT_URL_BEDROCK_RUNTIME");
  return new BedrockRuntimeClient({ endpoint, region: await setting("AWS_REGION"), credentials, maxAttempts: 1 });
}

function fileOf(name: string, text: string): string {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
}

async function ended(...args: string[]): Promise<{ code: number | null; stdout: string; stderr: string }> {
  return new CommandRun(args).ending();
}

/** Windows has no signal to send: to end a process is to kill it. */
const testOfSignals = process.platform === "win32" ? test.skip : test;

testOfSignals("it says how to reach it, prints a line a request, and ends cleanly at Ctrl-C", async () => {
  const command = start();
  const client = await clientOf(command);
  await client.send(new ConverseCommand(ask("Why is the  sky\nblue?")));
  await collect((await client.send(new ConverseStreamCommand(ask("x".repeat(99))))).stream);
  await client.send(new ConverseCommand({ ...ask("Hello"), inferenceConfig: { temperature: 7 } })).catch(() => undefined);
  client.destroy();
  await command.waitFor(/ValidationException/);
  const { code, stdout, stderr } = await command.interrupt();
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toMatch(/^Listening as Amazon Bedrock on http:\/\/127\.0\.0\.1:\d+\n/);
  expect(stdout.split("\n").slice(9)).toEqual([
    expect.stringMatching(`^\\d\\d:\\d\\d:\\d\\d converse ${MODEL} "Why is the sky\\\\nblue\\?" -> 200 in \\d+ ms$`),
    expect.stringMatching(/ converse-stream .* "x{60}…" -> 200 in \d+ ms$/),
    expect.stringMatching(/ -> 400 ValidationException: 1 validation error detected: Value '7' at 'inferenceConfig\.temperature' .* in \d+ ms$/),
    "Stopped after 3 requests.",
  ]);
});

test("what it prints is the environment for jobs of batch inference, too", async () => {
  const command = start();
  await command.waitFor(/^ {2}AWS_SECRET_ACCESS_KEY=/);
  const printed = command.lines.flatMap((line) => (line.startsWith("  ") ? [line.trim().split("=", 2) as [string, string]] : []));
  const questions = fileOf("questions.jsonl", '"Hello"\n'.repeat(100));
  const places = ["--s3-input", "s3://bucket/in/", "--s3-output", "s3://bucket/out/", "--role-arn", "arn:aws:iam::111122223333:role/batch"];
  const submitted = new CommandRun(["batch", "submit", questions, "--name", "mock", ...places], { ...Object.fromEntries(printed), AWS_EC2_METADATA_DISABLED: "true" });
  const { code, stdout, stderr } = await submitted.ending();
  expect({ code, stderr: stderr.trimEnd().split("\n").at(-1) }).toEqual({ code: 0, stderr: expect.stringContaining('"done":100') as unknown });
  expect(JSON.parse(stdout)).toMatchObject({ records: 100, isFullySubmitted: true });
  await command.waitFor(/ create-model-invocation-job .* -> 200 /);
});

test("it answers from a script of JSON lines, and from then on only if it may", async () => {
  const script = fileOf(
    "script.jsonl",
    ['"one"', '{"text":"two"}', "", '{"content":"three","stopReason":"max_tokens"}', '{"throttling":["Slow down."]}', '{"throughProfile":["four"]}', '{"truncated":["a b",{"afterEvents":2}]}'].join("\n"),
  );
  const client = await clientOf(start("--script", script, "--only-scripted"));
  const texts: unknown[] = [];
  for (let call = 0; call < 5; call++) {
    texts.push(await client.send(new ConverseCommand(ask("Hello"))).then(({ output }) => output?.message?.content?.[0]?.text, (error: Error) => error.message));
  }
  const { stream } = await client.send(new ConverseStreamCommand(ask("Hello")));
  expect([...texts, (await collect(stream)).length]).toEqual(["one", "two", "three", "Slow down.", expect.stringMatching(/inference profile/), 2]);
  await expect(client.send(new ConverseCommand(ask("Hello")))).rejects.toThrow(
    /^Nobody scripted an answer to this request: converse of anthropic\.claude-sonnet-4-20250514-v1:0 with \{"messages":\[\{/,
  );
  client.destroy();
});

test("it answers from a script that is a list, then makes answers up", async () => {
  const script = fileOf("script.json", JSON.stringify([{ events: [{ messageStart: { role: "assistant" } }, { messageStop: { stopReason: "end_turn" } }] }]));
  const client = await clientOf(start("--script", script));
  const { stream } = await client.send(new ConverseStreamCommand(ask("Hello")));
  expect(await collect(stream)).toHaveLength(2);
  expect((await client.send(new ConverseCommand(ask("Hello")))).output?.message?.content).toEqual([{ text: "You said: Hello" }]);
  client.destroy();
});

test("--no-strict takes what Bedrock would not", async () => {
  const client = await clientOf(start("--no-strict", "--region", "eu-west-1"));
  expect((await client.send(new ConverseCommand({ ...ask("Hello"), inferenceConfig: { temperature: 7 } }))).stopReason).toBe("end_turn");
  client.destroy();
});

test("it records what an upstream says, and replays it", async () => {
  await using aws = await startBedrock();
  aws.reply("recorded");
  const file = join(folder, "session.jsonl");
  const { accessKeyId, secretAccessKey } = aws.credentials;
  running = new CommandRun(["mock", "--record", file, "--upstream", aws.url], { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey });
  const recorder = await clientOf(running);
  await recorder.send(new ConverseCommand(ask("Hello")));
  recorder.destroy();
  expect((await running.interrupt()).stderr).toBe("");
  expect(readFileSync(file, "utf8").trim().split("\n")).toHaveLength(1);
  const replay = await clientOf(start("--replay", file, "--pace", "recorded"));
  expect((await replay.send(new ConverseCommand(ask("Hello")))).output?.message?.content).toEqual([{ text: "recorded" }]);
  replay.destroy();
});

test.each([
  ["no such option", ["mock", "--prot", "1"], 2, "Unknown option '--prot'. See: langchain-aws-native mock --help"],
  ["no value", ["mock", "--port"], 2, "Option '--port <value>' argument missing. See: langchain-aws-native mock --help"],
  ["a port that is no number", ["mock", "--port", "x"], 2, "--port takes a number, not x."],
  ["a port that is none", ["mock", "--port", "70000"], 1, "The port must be a whole number from 0 to 65535, not 70000."],
  ["half of TLS", ["mock", "--tls-key", "k"], 2, "--tls-key and --tls-cert go together."],
  ["no such command", ["mokc"], 2, "There is no command mokc. See: langchain-aws-native --help"],
])("a mistake is one sentence: %s", async (_what, args, code, sentence) => {
  expect(await ended(...args)).toEqual({ code, stdout: "", stderr: `${sentence}\n` });
});

test.each([
  ["missing.jsonl", undefined, "There is no such file."],
  ["broken.jsonl", '"a"\n"b', ":2: This is not JSON: Unterminated string."],
  ["broken.json", '[\n"a",\n]\n\n', ":3: This is not JSON: Unexpected token ']'."],
  ["comma.json", '[\n"a" "b",\n"c"]', ":2: This is not JSON: Expected ',' or ']' after array element."],
  ["cut.json", '[\n"a",\n', ":3: This is not JSON: Unexpected end of JSON input."],
  ["object.json", '{"text":"a"}', "A script is a list of answers; only a file that ends in .jsonl has one answer a line."],
  ["shape.json", '["a", {"text": 1}]', ", entry 2: The member text of a content block is a string, not 1."],
  ["call.jsonl", '{"throttling": "a"}', ':1: throttling takes a list of arguments, such as { "throttling": [] }.'],
  ["inner.jsonl", '{"stall": [7]}', ":1: An answer is text, content blocks"],
])("a mistake in a script names its place: %s", async (name, text, sentence) => {
  const file = join(folder, name);
  if (text !== undefined) writeFileSync(file, text);
  const { code, stderr } = await ended("mock", "--script", file);
  expect(code).toBe(1);
  expect(stderr).toMatch(/^[^\n]+\n$/);
  expect(stderr).toContain(file);
  expect(stderr).toContain(sentence);
});

test("a port that is taken is one sentence", async () => {
  await using bedrock = await startBedrock();
  expect(await ended("mock", "--port", String(bedrock.port))).toEqual({
    code: 1,
    stdout: "",
    stderr: `Port ${bedrock.port} of 127.0.0.1 is already taken; leave out \`port\` to get a free one.\n`,
  });
});

test("it helps, and says its version", async () => {
  expect((await ended()).stdout).toMatch(/^Usage: langchain-aws-native <command> \[options\]\n\n {2}mock {2,}A local Amazon Bedrock/);
  expect((await ended("mock", "--help")).stdout).toMatch(/\n {2}--port number {9}the port on 127\.0\.0\.1; a free one by default\n[^]*--no-strict/);
  expect((await ended("--version")).stdout).toBe((JSON.parse(readFileSync(join(__dirname, "../../package.json"), "utf8")) as { version: string }).version);
});
