import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ChatBedrockConverse } from "langchain-aws-native";
import { hang, startBedrock, throttling, type Bedrock } from "langchain-aws-native/testing";
import { askInChild } from "../support/asking.js";
import { useCleanEnvironment } from "../support/environment.js";
import { rejection } from "../support/rejection.js";
import { startConnectProxy } from "../support/servers/connect_proxy.js";
import { startSilentServer } from "../support/servers/loopback.js";

useCleanEnvironment();

/** `clientOptions` is where users of the peer put what AWS's own client takes. */

let bedrock: Bedrock;
beforeAll(async () => {
  bedrock = await startBedrock({ region: "eu-central-1", bearerToken: "made-up-key" });
});
afterEach(() => bedrock.reset());
afterAll(() => bedrock.close());

const pair = (): { accessKeyId: string; secretAccessKey: string } => bedrock.connection.credentials;
const model = (clientOptions: object, fields: object = {}): ChatBedrockConverse =>
  new ChatBedrockConverse({ clientOptions: { endpoint: bedrock.url, region: "eu-central-1", credentials: pair(), ...clientOptions }, ...fields });

describe("what is honoured", () => {
  test("region, endpoint and credentials", async () => {
    const it = model({});
    expect(it.region).toBe("eu-central-1");
    await it.invoke("Hello");
    expect(bedrock.requests[0]?.response.status).toBe(200);
  });

  test.each([
    ["an object", { token: "made-up-key" }],
    ["a function", async () => ({ token: "made-up-key" })],
  ])("token as %s", async (_form, token) => {
    await model({ token }).invoke("Hello");
    expect(bedrock.requests[0]?.headers.authorization).toBe("Bearer made-up-key");
  });

  test.each([
    [1, 1],
    [2, 2],
  ])("maxAttempts: %d", async (maxAttempts, requests) => {
    bedrock.reply(throttling(), throttling());
    await rejection(model({ maxAttempts }).invoke("Hello"));
    expect(bedrock.requests).toHaveLength(requests);
  });

  test.each([
    ["standard", "E"],
    ["adaptive", "F"],
  ])("retryMode: %s, as the user agent tells AWS", async (retryMode, feature) => {
    await model({ retryMode }).invoke("Hello");
    expect(metrics(bedrock.requests[0]?.headers)).toContain(feature);
  });

  test.each([
    ["a string", "billing-service", "app/billing-service"],
    ["pairs", [["billing", "1.2"]], "app/billing-1.2"],
  ])("customUserAgent as %s", async (_form, customUserAgent, expected) => {
    await model({ customUserAgent }).invoke("Hello");
    expect(userAgent(bedrock.requests[0]?.headers)).toContain(expected);
  });

  test("useFipsEndpoint and useDualstackEndpoint", async () => {
    const proxy = await startConnectProxy({ tunnels: "refused" });
    await rejection(model({ endpoint: undefined, useFipsEndpoint: true, useDualstackEndpoint: true }, { proxy: proxy.url, maxRetries: 0 }).invoke("Hello"));
    expect(proxy.targets).toEqual(["bedrock-runtime-fips.eu-central-1.api.aws:443"]);
    await proxy.close();
  });

  test("requestHandler as plain timeouts: connectionTimeout", async () => {
    const silent = await startSilentServer();
    const endpoint = `https://127.0.0.1:${silent.port}`;
    const thrown = await rejection(model({ endpoint, requestHandler: { connectionTimeout: 60 } }, { maxRetries: 0 }).invoke("Hello"));
    expect(thrown.message).toContain("no connection after 60 ms");
    await silent.close();
  });

  test.each(["requestTimeout", "socketTimeout"])("requestHandler as plain timeouts: %s", async (name) => {
    bedrock.reply(hang());
    const thrown = await rejection(model({ requestHandler: { [name]: 60 } }, { maxRetries: 0 }).invoke("Hello"));
    expect(thrown.message).toBe("Bedrock Converse timed out after 60 ms while waiting for the answer.");
  });

  test("profile", async () => {
    const file = join(mkdtempSync(join(tmpdir(), "profile-")), "credentials");
    writeFileSync(file, `[green]\naws_access_key_id = ${pair().accessKeyId}\naws_secret_access_key = ${pair().secretAccessKey}\n`);
    const outcome = await askInChild({ clientOptions: { endpoint: bedrock.url, region: "eu-central-1", profile: "green" } }, { AWS_SHARED_CREDENTIALS_FILE: file });
    expect(outcome.error).toBeUndefined();
  });

  test("the constructor's own options beat it", async () => {
    bedrock.reply(throttling(), throttling());
    await rejection(model({ maxAttempts: 2, region: "eu-west-1" }, { maxRetries: 0, region: "eu-central-1" }).invoke("Hello"));
    expect(bedrock.requests).toHaveLength(1);
    expect(bedrock.requests[0]?.headers.authorization).toContain("/eu-central-1/");
  });
});

test("wrong kinds of values are refused in one sentence", () => {
  expect(() => new ChatBedrockConverse({ clientOptions: { retryMode: "legacy" as never } })).toThrow(/retryMode must be "standard" or "adaptive"/);
  expect(() => new ChatBedrockConverse({ clientOptions: { maxAttempts: 0 } })).toThrow(/^ChatBedrockConverse: [^\n]+\.$/);
});

describe("a token function is called as AWS's client calls it", () => {
  const inMinutes = (minutes: number): Date => new Date(Date.now() + minutes * 60_000);

  test.each<[string, Date | undefined, number]>([
    ["without an expiration, once", undefined, 1],
    ["once, if its token lasts", inMinutes(60), 1],
    ["for each request, if its token ends within five minutes", inMinutes(4), 3],
  ])("%s", async (_when, expiration, expected) => {
    let calls = 0;
    const token = async (): Promise<object> => (calls++, { token: "made-up-key", expiration });
    const it = model({ token });
    for (let request = 0; request < 3; request++) await it.invoke("Hello");
    expect(calls).toBe(expected);
  });
});

/** Where the SDK says what it is: in `x-amz-user-agent`, or in `user-agent` itself. */
function userAgent(headers: Record<string, string> | undefined): string {
  return `${headers?.["user-agent"] ?? ""} ${headers?.["x-amz-user-agent"] ?? ""}`;
}

/** The features in use, by AWS's letters. */
function metrics(headers: Record<string, string> | undefined): string[] {
  return /\bm\/([\w,+-]+)/.exec(userAgent(headers))?.[1]?.split(",") ?? [];
}
