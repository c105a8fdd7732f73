/** An option that chooses how requests are authenticated switches all other ways off, those of the environment too. */
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ChatBedrockConverse, type ChatBedrockConverseInput } from "langchain-aws-native";
import { startBedrock, type Bedrock } from "langchain-aws-native/testing";
import { networkOptions } from "../../langchain/configuration/network.js";
import { useCleanEnvironment } from "../support/environment.js";
import { ourModel } from "../support/models.js";
import { rejection } from "../support/rejection.js";

useCleanEnvironment();

const KEYS = { accessKeyId: "AKIAMADEUPOPTION0001", secretAccessKey: "made-up" };
const FILE = join(__dirname, "../fixtures/aws/credentials");
const CONFIG = join(__dirname, "../fixtures/aws/config");
const ENVIRONMENT: Record<string, Record<string, string>> = {
  "an API key": { AWS_BEARER_TOKEN_BEDROCK: "key-of-the-environment" },
  "an empty API key": { AWS_BEARER_TOKEN_BEDROCK: "" },
  "keys for Bedrock": { BEDROCK_AWS_ACCESS_KEY_ID: "AKIAMADEUPENVIRON001", BEDROCK_AWS_SECRET_ACCESS_KEY: "made-up" },
  "keys": { AWS_ACCESS_KEY_ID: "AKIAMADEUPENVIRON002", AWS_SECRET_ACCESS_KEY: "made-up" },
};

let bedrock: Bedrock;
beforeAll(async () => void (bedrock = await startBedrock()));
afterEach(() => bedrock.reset());
afterAll(() => bedrock.close());

/** The `Authorization` header that a model sends: the endpoint need not accept it. */
async function authorization(fields: ChatBedrockConverseInput): Promise<string | undefined> {
  await ourModel(bedrock, { credentials: undefined, ...fields }).invoke("Hello").catch(() => undefined);
  return bedrock.requests[0]?.headers["authorization"];
}

describe.each(Object.entries(ENVIRONMENT))("with %s in the environment", (_name, variables) => {
  beforeEach(() => void Object.assign(process.env, variables));

  test.each<[string, ChatBedrockConverseInput, RegExp]>([
    ["credentials", { credentials: KEYS }, /^AWS4-HMAC-SHA256 Credential=AKIAMADEUPOPTION0001\//],
    ["a function of credentials", { credentials: async () => KEYS }, /^AWS4-HMAC-SHA256 Credential=AKIAMADEUPOPTION0001\//],
    ["a key pair", { bedrockApiKey: KEYS.accessKeyId, bedrockApiSecret: "made-up" }, /^AWS4-HMAC-SHA256 Credential=AKIAMADEUPOPTION0001\//],
    ["a profile", { profile: "blue", filepath: FILE, configFilepath: CONFIG }, /^AWS4-HMAC-SHA256 Credential=AKIAMADEUPPROFILE/],
    ["an API key", { bedrockBearerToken: "key-of-the-option" }, /^Bearer key-of-the-option$/],
  ])("the option %s decides", async (_option, fields, expected) => {
    expect(await authorization(fields)).toMatch(expected);
  });

  test("the option noAuth decides", async () => {
    expect(await authorization({ noAuth: true })).toBeUndefined();
  });
});

test("an empty API key in the environment is none: the chain's keys sign", async () => {
  Object.assign(process.env, ENVIRONMENT["an empty API key"], ENVIRONMENT["keys"]);
  expect(await authorization({})).toMatch(/^AWS4-HMAC-SHA256 Credential=AKIAMADEUPENVIRON002\//);
});

test("without an option, the API key of the environment has precedence", async () => {
  Object.assign(process.env, ENVIRONMENT["an API key"], ENVIRONMENT["keys"]);
  expect(await authorization({})).toBe("Bearer key-of-the-environment");
});

describe("a secret that cannot be one is refused, and not shown", () => {
  test.each<[string, ChatBedrockConverseInput, string]>([
    ["an access key with a line break", { bedrockApiKey: "AKIA\n", bedrockApiSecret: "x" }, "The AWS access key id has a character that it cannot have, such as a line break or a space."],
    ["a session token with a space", { bedrockApiKey: "AKIA", bedrockApiSecret: "x", bedrockApiSessionToken: "a b" }, "The AWS session token has a character that it cannot have, such as a line break or a space."],
    ["an API key with a line break", { bedrockBearerToken: "abc\r\n" }, "bedrockBearerToken (or AWS_BEARER_TOKEN_BEDROCK) has a character that it cannot have, such as a line break or a space."],
    ["a password in the URL", { endpointUrl: "https://user:hunter2@gateway" }, 'ChatBedrockConverse: endpointUrl must be a URL such as "http://127.0.0.1:8080", without user and password, but it is a string.'],
  ])("%s, by the constructor", (_name, fields, sentence) => {
    expect(() => new ChatBedrockConverse({ region: "us-east-1", ...fields })).toThrow(new Error(sentence));
  });

  test.each<[string, ChatBedrockConverseInput, string]>([
    ["an API key function that resolves to nothing", { bedrockBearerToken: (async () => undefined) as never }, "`bedrockBearerToken` must be, or resolve to, a string that is not empty."],
    ["an API key function that resolves to an empty text", { bedrockBearerToken: async () => "" }, "`bedrockBearerToken` must be, or resolve to, a string that is not empty."],
    ["an API key function with a line break", { bedrockBearerToken: () => "abc\n" }, "What the `bedrockBearerToken` function resolves to has a character that it cannot have, such as a line break or a space."],
    ["a credentials function with a line break", { credentials: async () => ({ accessKeyId: "AKIA\n", secretAccessKey: "x" }) }, "The accessKeyId of `credentials` has a character that it cannot have, such as a line break or a space."],
  ])("%s, by the call", async (_name, fields, sentence) => {
    expect(await rejection(ourModel(bedrock, { credentials: undefined, ...fields }).invoke("Hello"))).toEqual(new Error(sentence));
    expect(bedrock.requests).toHaveLength(0);
  });
});

test("a container's credential service on this machine is reached without the proxy", () => {
  process.env.AWS_CONTAINER_CREDENTIALS_FULL_URI = "http://127.0.0.1:51678/creds";
  expect(networkOptions({ proxy: "http://proxy:8080" }).noProxy).toMatch(/,127\.0\.0\.1$/);
  process.env.AWS_CONTAINER_CREDENTIALS_FULL_URI = "https://credentials.example.com/creds";
  expect(networkOptions({ proxy: "http://proxy:8080" }).noProxy).not.toMatch(/example/);
});

(process.platform === "win32" ? test.skip : test)("recordings are for their owner only", async () => {
  const folder = mkdtempSync(join(tmpdir(), "recording-"));
  const recorder = await startBedrock({ record: join(folder, "session.jsonl"), upstream: { url: bedrock.url, credentials: bedrock.credentials } });
  await ourModel(recorder).invoke("Hello");
  await recorder.close();
  expect(statSync(join(folder, "session.jsonl")).mode & 0o777).toBe(0o600);
  rmSync(folder, { recursive: true });
});
