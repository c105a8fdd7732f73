import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { startBedrock, type Bedrock } from "langchain-aws-native/testing";
import { run } from "../support/child.js";
import { ISSUED_KEYS, ssoLogin, temporaryFolder } from "../support/aws_files.js";
import { useCleanEnvironment } from "../support/environment.js";
import { MODEL, ourModel } from "../support/models.js";
import {
  asked,
  ISSUED,
  startContainerCredentials,
  startInstanceMetadata,
  startSsoPortal,
  startSsoTokens,
  startTokenService,
} from "../support/servers/credential_services.js";
import type { SimpleServer } from "../support/servers/loopback.js";

// Jest's `process.env`, like a worker's, is not the environment of the process: what the core finds, it got from here.
useCleanEnvironment();

let bedrock: Bedrock;
beforeAll(async () => {
  bedrock = await startBedrock({ credentials: ISSUED });
});
afterEach(() => bedrock.reset());
afterAll(() => bedrock.close());

const { folder, file } = temporaryFolder("environment-");
const { accessKeyId, secretAccessKey, sessionToken } = ISSUED;

/** As the program of a profile prints keys. */
const PRINTED_KEYS = JSON.stringify({ Version: 1, AccessKeyId: accessKeyId, SecretAccessKey: secretAccessKey, SessionToken: sessionToken });

/** Asks with nothing but an endpoint and a region: all else is in `environment`. */
async function ask(environment: Record<string, string>, fields: object = {}): Promise<string> {
  Object.assign(process.env, { AWS_EC2_METADATA_DISABLED: "true", HOME: "/nonexistent", ...environment });
  const model = ourModel(bedrock, { credentials: undefined, endpointUrl: bedrock.url, region: "us-east-1", ...fields });
  try {
    return (await model.invoke("Hello")).text;
  } finally {
    model.close();
  }
}

describe("the core has the environment of the JavaScript that made the model", () => {
  test.each([
    ["the shared credentials file", () => ({ AWS_SHARED_CREDENTIALS_FILE: file("shared", `[default]\n${ISSUED_KEYS}`) })],
    ["the configuration file and the profile", () => ({ AWS_PROFILE: "blue", AWS_CONFIG_FILE: file("config", `[profile blue]\n${ISSUED_KEYS}`) })],
    ["a key pair", () => ({ AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey, AWS_SESSION_TOKEN: sessionToken! })],
  ])("%s", async (_name, environment) => {
    expect(await ask(environment())).toBe("You said: Hello");
  });

  test("a role and a token", async () => {
    const sts = await startTokenService();
    const token = file("token", "made-up");
    await ask({ AWS_ROLE_ARN: "arn:aws:iam::123456789012:role/web", AWS_WEB_IDENTITY_TOKEN_FILE: token, AWS_ENDPOINT_URL_STS: sts.url });
    expect(sts.requests[0]?.body).toContain("Action=AssumeRoleWithWebIdentity");
    await sts.close();
  });

  test("a container", async () => {
    const container = await startContainerCredentials("made-up");
    await ask({ AWS_CONTAINER_CREDENTIALS_FULL_URI: `${container.url}/role`, AWS_CONTAINER_AUTHORIZATION_TOKEN: "made-up" });
    expect(bedrock.requests[0]?.response.status).toBe(200);
    await container.close();
  });

  test("a home folder", async () => {
    const home = mkdtempSync(join(folder, "home-"));
    mkdirSync(join(home, ".aws"));
    writeFileSync(join(home, ".aws", "credentials"), `[default]\n${ISSUED_KEYS}`);
    expect(await ask({ HOME: home })).toBe("You said: Hello");
  });

  test("the execution environment, for the user agent", async () => {
    await ask({ AWS_EXECUTION_ENV: "made-up-environment", AWS_SHARED_CREDENTIALS_FILE: file("shared", `[default]\n${ISSUED_KEYS}`) });
    expect(bedrock.requests[0]?.headers["user-agent"]).toContain("exec-env/made-up-environment");
  });

  test("a later change is seen by a model that is made later", async () => {
    const wrong = file("wrong", "[default]\naws_access_key_id = AKIAWRONG\naws_secret_access_key = wrong\n");
    await expect(ask({ AWS_SHARED_CREDENTIALS_FILE: wrong })).rejects.toMatchObject({ name: "UnrecognizedClientException" });
    expect(await ask({ AWS_SHARED_CREDENTIALS_FILE: file("shared", `[default]\n${ISSUED_KEYS}`) })).toBe("You said: Hello");
  });
});

test("a credentials file that is missing says so every time, and is used as soon as it is there", async () => {
  const filepath = join(folder, "missing");
  Object.assign(process.env, { AWS_EC2_METADATA_DISABLED: "true", HOME: "/nonexistent" });
  const model = ourModel(bedrock, { credentials: undefined, endpointUrl: bedrock.url, region: "us-east-1", filepath });
  const sentence = `Could not load credentials from any providers: ProfileFile provider could not be built: invalid profile: could not read file \`${filepath}\`.`;
  for (let call = 0; call < 2; call++) await expect(model.invoke("Hello")).rejects.toMatchObject({ name: "CredentialsProviderError", message: sentence });
  await expect(model.stream("Hello")).rejects.toMatchObject({ message: sentence });
  await expect(model.prewarm()).rejects.toMatchObject({ message: sentence });
  file("missing", `[default]\n${ISSUED_KEYS}`);
  expect((await model.invoke("Hello")).text).toBe("You said: Hello");
});

describe("a profile whose role the environment's keys may assume", () => {
  const ROLE = "[profile role]\nrole_arn = arn:aws:iam::123456789012:role/inner\ncredential_source = Environment\nexternal_id = made-up-id\n";
  const CHAIN = `${ROLE}[profile outer]\nrole_arn = arn:aws:iam::123456789012:role/outer\nsource_profile = role\n`;

  test.each([
    ["role", ["role/inner"]],
    ["outer", ["role/inner", "role/outer"]],
  ])("%s", async (profile, roles) => {
    const sts = await startTokenService();
    const keys = { AWS_ACCESS_KEY_ID: "AKIABASE", AWS_SECRET_ACCESS_KEY: "base" };
    await ask({ ...keys, AWS_CONFIG_FILE: file("roles", CHAIN), AWS_ENDPOINT_URL_STS: sts.url }, { profile });
    expect(bedrock.requests[0]?.headers["x-amz-security-token"]).toBe(sessionToken);
    expect(sts.requests.map(({ body }) => new URLSearchParams(body).get("RoleArn"))).toEqual(roles.map((role) => `arn:aws:iam::123456789012:${role}`));
    expect(sts.requests[0]?.headers.authorization).toContain("Credential=AKIABASE/");
    expect(sts.requests[0]?.body).toContain("ExternalId=made-up-id");
    await sts.close();
  });
});

describe("in AWS Lambda", () => {
  const LAMBDA = { AWS_LAMBDA_FUNCTION_NAME: "made-up", _X_AMZN_TRACE_ID: "Root=1-2-3;lineage=é:0" };

  test("a request carries the trace of the invocation under way", async () => {
    const model = ourModel(bedrock, { credentials: ISSUED });
    Object.assign(process.env, LAMBDA);
    await model.invoke("one");
    process.env["_X_AMZN_TRACE_ID"] = "Root=4-5-6";
    await model.invoke("two");
    expect(bedrock.requests.map(({ headers }) => headers["x-amzn-trace-id"])).toEqual(["Root=1-2-3;lineage=%C3%A9:0", "Root=4-5-6"]);
  });

  test("a header of the call has precedence", async () => {
    Object.assign(process.env, LAMBDA);
    await ourModel(bedrock, { credentials: ISSUED }).invoke("one", { headers: { "X-Amzn-Trace-Id": "own" } });
    expect(bedrock.requests[0]?.headers["x-amzn-trace-id"]).toBe("own");
  });

  test("elsewhere there is none", async () => {
    process.env["_X_AMZN_TRACE_ID"] = "Root=1-2-3";
    await ourModel(bedrock, { credentials: ISSUED }).invoke("one");
    expect(bedrock.requests[0]?.headers["x-amzn-trace-id"]).toBeUndefined();
  });
});

const PROGRAM = `
  import { ChatBedrockConverse } from "langchain-aws-native";
  const options = JSON.parse(process.env.OPTIONS);
  for (let index = 0; index < 3; index++) {
    const model = new ChatBedrockConverse({ ...options, userAgent: "model-" + index });
    await model.invoke("Hello");
    for await (const chunk of await model.stream("Hello")) chunk.text;
    await model.prewarm();
  }
  console.log("done");`;

const library = join(folder, "getenv.so");

/** The names that threads of a program read, other than its JavaScript's. */
async function readByOtherThreads(program: string, environment: Record<string, string>): Promise<string[]> {
  const log = file("getenv.log", "");
  expect(await run(program, { environment: { LD_PRELOAD: library, GETENV_LOG: log, ...environment } })).toBe("done");
  return [...new Set(readFileSync(log, "utf8").split("\n").filter(Boolean))];
}

const onLinux = process.platform === "linux" ? describe : describe.skip;

onLinux("no thread but JavaScript's reads the environment of the process", () => {
  beforeAll(() => void execFileSync("cc", ["-shared", "-fPIC", "-o", library, join(__dirname, "..", "support", "getenv", "getenv.c"), "-ldl"]));

  const options = (): object => ({ model: MODEL, region: "us-east-1", endpointUrl: bedrock.url });

  test("the tracer sees a thread that does", async () => {
    const program = `import { Worker } from "node:worker_threads";
      new Worker("process.env.MADE_UP", { eval: true, env: (await import("node:worker_threads")).SHARE_ENV }).once("exit", () => console.log("done"));`;
    expect(await readByOtherThreads(program, {})).toContain("MADE_UP");
  });

  test.each([
    ["a key pair", () => ({ AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey, AWS_SESSION_TOKEN: sessionToken! })],
    ["a profile", () => ({ AWS_PROFILE: "blue", AWS_CONFIG_FILE: file("blue", `[profile blue]\n${ISSUED_KEYS}`) })],
    ["a credentials file", () => ({ AWS_SHARED_CREDENTIALS_FILE: file("shared", `[default]\n${ISSUED_KEYS}`) })],
    ["the program of a profile", () => ({ AWS_CONFIG_FILE: file("program", `[default]\ncredential_process = cat ${file("printed", PRINTED_KEYS)}\n`) })],
  ])("%s", async (_name, environment) => {
    expect(await readByOtherThreads(PROGRAM, { OPTIONS: JSON.stringify(options()), ...environment() })).toEqual([]);
  });

  /** What the SDK's own sources of keys read for each request. */
  const LOOKED_FOR = { AWS_EXECUTION_ENV: "made-up", AWS_LAMBDA_FUNCTION_NAME: "made-up", LOG_SENSITIVE_BODIES: "true" };

  test.each<[string, () => Promise<SimpleServer>[], (...urls: string[]) => Record<string, string>, string[]]>([
    [
      "STS, for a token",
      () => [startTokenService()],
      (sts) => ({ AWS_ROLE_ARN: "arn:aws:iam::123456789012:role/web", AWS_WEB_IDENTITY_TOKEN_FILE: file("token", "made-up"), AWS_ENDPOINT_URL_STS: sts }),
      ["POST /"],
    ],
    [
      "STS, for other keys",
      () => [startTokenService()],
      (sts) => ({ AWS_CONFIG_FILE: file("roles", `[default]\nrole_arn = arn:aws:iam::123456789012:role/a\nsource_profile = base\n[profile base]\n${ISSUED_KEYS}`), AWS_ENDPOINT_URL_STS: sts }),
      ["POST /"],
    ],
    [
      "SSO, and what renews its token",
      () => [startSsoPortal("renewed"), startSsoTokens("renewed")],
      (portal, tokens) => ({ ...ssoLogin(folder, "old"), AWS_ENDPOINT_URL_SSO: portal, AWS_ENDPOINT_URL_SSO_OIDC: tokens }),
      ["GET /federation/credentials?role_name=Reader&account_id=123456789012", "POST /token"],
    ],
    [
      "a container",
      () => [startContainerCredentials("made-up")],
      (url) => ({ AWS_CONTAINER_CREDENTIALS_FULL_URI: `${url}/role`, AWS_CONTAINER_AUTHORIZATION_TOKEN: "made-up" }),
      ["GET /role"],
    ],
    [
      "an instance, its region too",
      () => [startInstanceMetadata("us-east-1")],
      (url) => ({ AWS_EC2_METADATA_DISABLED: "false", AWS_EC2_METADATA_SERVICE_ENDPOINT: url }),
      ["GET /latest/meta-data/placement/region", "PUT /latest/api/token"],
    ],
  ])("keys of %s", async (_name, start, environment, requests) => {
    const servers = await Promise.all(start());
    try {
      const variables = environment(...servers.map(({ url }) => url));
      const own = { ...options(), region: variables.AWS_EC2_METADATA_SERVICE_ENDPOINT ? undefined : "us-east-1" };
      expect(await readByOtherThreads(PROGRAM, { OPTIONS: JSON.stringify(own), ...LOOKED_FOR, ...variables })).toEqual([]);
      expect(servers.flatMap(asked)).toEqual(expect.arrayContaining(requests));
      // `prewarm` asks for nothing.
      expect(new Set(bedrock.requests.map(({ response }) => response.status))).toEqual(new Set([200, 404]));
    } finally {
      await Promise.all(servers.map((server) => server.close()));
    }
  });

  test("over TLS, with the system's certificates", async () => {
    await using secure = await startBedrock({ tls: true });
    const { caBundle, credentials } = secure.connection as { caBundle: string; credentials: object };
    const own = { ...options(), endpointUrl: secure.url, caBundle, credentials };
    expect(await readByOtherThreads(PROGRAM, { OPTIONS: JSON.stringify(own) })).toEqual([]);
  });
});

test("variables that JavaScript writes all the time do no harm to models that are made meanwhile", async () => {
  const printed = await run(
    `
    import { ChatBedrockConverse } from "langchain-aws-native";
    const options = JSON.parse(process.env.OPTIONS);
    const calls = [];
    for (let index = 0; index < 60; index++) {
      for (let variable = 0; variable < 50; variable++) process.env["MADE_UP_" + index + "_" + variable] = "x".repeat(100);
      const model = new ChatBedrockConverse({ ...options, userAgent: "model-" + index });
      calls.push(model.invoke("Hello").finally(() => model.close()));
      if (index % 20 === 19) await Promise.all(calls);
    }
    console.log((await Promise.all(calls)).length);`,
    { environment: { OPTIONS: JSON.stringify({ model: MODEL, region: "us-east-1", endpointUrl: bedrock.url }), AWS_SHARED_CREDENTIALS_FILE: file("shared", `[default]\n${ISSUED_KEYS}`) } },
  );
  expect(printed).toBe("60");
}, 60_000);
