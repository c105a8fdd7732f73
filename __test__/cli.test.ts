import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
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
