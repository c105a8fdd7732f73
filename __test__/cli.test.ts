import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AIMessage, HumanMessage, mapChatMessagesToStoredMessages, SystemMessage } from "@langchain/core/messages";
import { error, startBedrock, type Bedrock } from "langchain-aws-native/testing";

const CLI = join(__dirname, "..", "dist", "cli.js");

let bedrock: Bedrock;
beforeEach(async () => void (bedrock = await startBedrock({ pace: 5 })));
afterEach(() => bedrock.close());

/** The environment in which commands find the endpoint. */
function environment(): Record<string, string> {
  const { accessKeyId, secretAccessKey } = bedrock.credentials;
  return { AWS_ENDPOINT_URL_BEDROCK_RUNTIME: bedrock.url, AWS_REGION: bedrock.region, AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey };
}

const NO_AWS = { HOME: "/nonexistent", AWS_EC2_METADATA_DISABLED: "true" };

interface Ending {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Runs a command with `input` typed. `interruptAt`: Ctrl-C as soon as that is printed. */
async function run(args: string[], input: string, env: Record<string, string>, interruptAt?: string): Promise<Ending> {
  const child = spawn(process.execPath, [CLI, ...args], { env: { PATH: process.env["PATH"], ...env }, stdio: ["pipe", "pipe", "pipe"] });
  const ending: Ending = { code: null, stdout: "", stderr: "" };
  let wasInterrupted = false;
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    ending.stdout += text;
    if (wasInterrupted || interruptAt === undefined || !ending.stdout.includes(interruptAt)) return;
    wasInterrupted = true;
    child.kill("SIGINT");
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => (ending.stderr += text));
  child.stdin.end(input);
  const [code] = (await once(child, "close")) as [number | null];
  return { ...ending, code };
}

describe("chat", () => {
  test("streams a conversation, with usage and time to first token, and no colours in a pipe", async () => {
    const { code, stdout, stderr } = await run(["chat", "--system", "Be brief."], "Hello\nAnd you?\n/quit\nnever asked\n", environment());
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(/^You said: Hello\n\[\d+ tokens in, \d+ out; first after \d+ ms; \d+ ms\]\nYou said: And you\?\n\[.*\]\n$/);
    expect(bedrock.requests.map(({ body }) => body.messages?.length)).toEqual([1, 3]);
    expect(bedrock.requests[1]?.body.system).toEqual([{ text: "Be brief." }]);
  });

  test("--json gives an object a turn", async () => {
    const { stdout } = await run(["chat", "--json"], "Hello\n", environment());
    expect(JSON.parse(stdout)).toMatchObject({ text: "You said: Hello", stopReason: "end_turn", usage: { output_tokens: expect.any(Number) }, timeToFirstToken: expect.any(Number) });
  });

  test("Ctrl-C ends the answer, not the program", async () => {
    bedrock.reply("A long answer. ".repeat(500), "Here I am.");
    const { code, stdout, stderr } = await run(["chat"], "Tell me all.\nAre you there?\n", environment(), "long");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "\n(stopped)\n" });
    expect(stdout).toContain("Here I am.");
    expect(bedrock.requests[0]?.aborted).toBe(true);
    expect(bedrock.requests[1]?.body.messages).toHaveLength(1);
  });

  test("says what to do when the model may not be used", async () => {
    bedrock.reply(error("AccessDeniedException", "You don't have access to the model with the specified model ID."));
    const { code, stderr } = await run(["chat"], "Hello\n", environment());
    expect(code).toBe(1);
    expect(stderr).toBe("AccessDeniedException: You don't have access to the model with the specified model ID.\nRequest access to the model in the Bedrock console of this region.\n");
  });

  test("says what to do when there are no credentials", async () => {
    const { code, stderr } = await run(["chat", "--region", "us-east-1"], "Hello\n", NO_AWS);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^CredentialsProviderError: .*\nSet AWS_BEARER_TOKEN_BEDROCK, or .*\n$/);
  });

  test("a wrong option is one sentence", async () => {
    expect(await run(["chat", "--max-tokens", "many"], "", NO_AWS)).toEqual({ code: 2, stdout: "", stderr: "--max-tokens takes a whole number, not many.\n" });
  });
});

describe("doctor", () => {
  test("finds nothing wrong where all is well", async () => {
    const { code, stdout, stderr } = await run(["doctor", "--model", "amazon.nova-lite-v1:0"], "", environment());
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).not.toContain("!!");
    for (const line of ["ok  addon: loaded", "ok  region: us-east-1, from AWS_REGION", "--  credentials: from AWS_ACCESS_KEY_ID", "ok  model: amazon.nova-lite-v1:0 answers"]) {
      expect(stdout).toContain(line);
    }
    expect(stdout).toMatch(/^ok {2}clock: \d+ s off$/m);
    expect(stdout).not.toContain(bedrock.credentials.secretAccessKey);
  });

  test("says what to fix, and that something is wrong", async () => {
    const { code, stdout } = await run(["doctor", "--region", "us-east-1"], "", { ...NO_AWS, AWS_CA_BUNDLE: "/nowhere.pem", AWS_ACCESS_KEY_ID: "" });
    expect(code).toBe(1);
    expect(stdout).toContain("!!  certificates: AWS_CA_BUNDLE names /nowhere.pem, which is not there.");
    expect(stdout).toMatch(/^!! {2}connection: /m);
  });

  test("--json gives its findings", async () => {
    const { stdout } = await run(["doctor", "--json"], "", environment());
    expect(JSON.parse(stdout)).toEqual(expect.arrayContaining([{ check: "addon", good: true, found: "loaded" }]));
  });
});

describe("models", () => {
  test("lists every known id under its family", async () => {
    const { code, stdout, stderr } = await run(["models"], "", NO_AWS);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const families = new Map(stdout.trim().split("\n\n").map((part) => part.split(/\n */)).map(([family = "", ...ids]) => [family, ids]));
    expect([...families.keys()]).toEqual([...families.keys()].sort());
    expect(families.get("claude")).toContain("anthropic.claude-opus-5-5");
    expect(families.get("nova")).toContain("amazon.nova-2-lite-v1:0");
    const { stdout: json } = await run(["models", "--json"], "", NO_AWS);
    expect(JSON.parse(json)).toEqual(Object.fromEntries(families));
    const { models } = JSON.parse(readFileSync(join(__dirname, "../src/models/table.json"), "utf8")) as { models: object };
    expect([...families.values()].flat().sort()).toEqual(Object.keys(models).sort());
  });

  test("says what is known of an id of any form, each fact with its source", async () => {
    const { code, stdout } = await run(["models", "us.anthropic.claude-opus-5-5"], "", NO_AWS);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^us\.anthropic\.claude-opus-5-5 is anthropic\.claude-opus-5-5:\n/);
    expect(stdout).toMatch(/^ {2}thinking +"always" +litellm, pydantic-ai \(20\d\d-\d\d-\d\d\)$/m);
    expect(stdout).toMatch(/^ {2}maxInputTokens +1000000 +langchain-aws \d.*$/m);
  });

  test("tells a model that is known by its name only, and one that is not known", async () => {
    expect((await run(["models", "anthropic.claude-opus-5-7"], "", NO_AWS)).stdout).toContain("is not in the table; this is known of models with such names");
    expect(await run(["models", "acme.thinker-1"], "", NO_AWS)).toEqual({ code: 0, stdout: "Nothing is known of acme.thinker-1: what is sent to it is not changed for it.\n", stderr: "" });
  });

  test("--json gives the facts", async () => {
    const { stdout } = await run(["models", "amazon.nova-lite-v1:0", "--json"], "", NO_AWS);
    expect(JSON.parse(stdout)).toMatchObject({ id: "amazon.nova-lite-v1:0", facts: { family: "nova" }, sources: { family: expect.any(String) as unknown }, profile: { toolCalling: true } });
  });
});

describe("explain", () => {
  const OPUS = "anthropic.claude-opus-5-5";
  const STORED = [new SystemMessage("Be brief."), new HumanMessage("Hello"), new AIMessage("Hello."), new HumanMessage("And?")];
  const BODY = {
    system: [{ text: "Be brief." }],
    messages: [
      { role: "user", content: [{ text: "Hello" }] },
      { role: "assistant", content: [{ text: "Hello." }] },
      { role: "user", content: [{ text: "And?" }] },
    ],
  };

  test.each([
    ["pairs", [["system", "Be brief."], ["human", "Hello"], ["ai", "Hello."], ["human", "And?"]]],
    ["roles", [{ role: "system", content: "Be brief." }, { role: "user", content: "Hello" }, { role: "assistant", content: "Hello." }, { role: "user", content: "And?" }]],
    ["stored messages", mapChatMessagesToStoredMessages(STORED)],
    ["serialized messages", STORED],
  ])("takes a list of %s from standard input, and sends nothing", async (_form, messages) => {
    const { code, stdout, stderr } = await run(["explain", "--model", OPUS, "-"], JSON.stringify(messages), environment());
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(JSON.parse(stdout)).toMatchObject({ operation: "Converse", modelId: OPUS, body: BODY, warnings: [], model: { id: OPUS } });
    expect(bedrock.requests).toHaveLength(0);
  });

  test("takes a file with options of the call, without region or credentials", async () => {
    const folder = mkdtempSync(join(tmpdir(), "explain-"));
    const file = join(folder, "request.json");
    writeFileSync(file, JSON.stringify({ messages: [["human", "Hello"]], temperature: 0.2, reasoning: { effort: "low" } }));
    const arn = "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc";
    const { code, stdout, stderr } = await run(["explain", file, "--model", OPUS, "--application-inference-profile", arn], "", NO_AWS);
    rmSync(folder, { recursive: true });
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(JSON.parse(stdout)).toMatchObject({
      modelId: arn,
      body: { additionalModelRequestFields: { thinking: { type: "adaptive" }, output_config: { effort: "low" } } },
      warnings: [{ code: "sampling_left_out", path: "inferenceConfig" }],
    });
  });

  test.each([
    ["no file", ["explain"], "", 2, "The argument file is missing. See: langchain-aws-native explain --help"],
    ["two files", ["explain", "a.json", "b.json"], "", 2, "Unexpected argument 'b.json'. See: langchain-aws-native explain --help"],
    ["an argument where there is none", ["doctor", "now"], "", 2, "Unexpected argument 'now'. See: langchain-aws-native doctor --help"],
    ["no conversation", ["explain", "-"], "{}", 2, "-: A list of messages is needed, or an object with the member messages."],
    ["an option that is none", ["explain", "-"], '{ "messages": [["human", "Hi"]], "temperatur": 1, "temperature": "hot" }', 1, "temperature"],
    ["no JSON", ["explain", "-"], "Hello", 2, "-: This is not JSON: "],
  ])("a mistake is one sentence: %s", async (_what, args, input, expected, sentence) => {
    const { code, stdout, stderr } = await run(args, input, NO_AWS);
    expect({ code, stdout }).toEqual({ code: expected, stdout: "" });
    expect(stderr).toMatch(/^[^\n]+\n$/);
    expect(stderr).toContain(sentence);
  });

  test("its help names its argument", async () => {
    expect((await run(["explain", "--help"], "", NO_AWS)).stdout).toMatch(/^Usage: langchain-aws-native explain \[options\] file\n[^]*\n {2}file {2,}the file, or - for standard input\n/);
    expect((await run(["models", "--help"], "", NO_AWS)).stdout).toMatch(/^Usage: langchain-aws-native models \[options\] \[id\]\n/);
  });
});
