import { ConverseCommand, type BedrockRuntimeClientConfig } from "@aws-sdk/client-bedrock-runtime";
import { startBedrock, type Bedrock, type Credentials, type StartBedrockOptions } from "../../testing/index.js";
import { canonicalRequest, checkAuthorization, type AccessRules, type SignedRequest } from "../../testing/signature.js";
import { ask, awsClient } from "./support.js";

const INFERENCE_PROFILE = "arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.anthropic.claude-sonnet-4-20250514-v1:0";
const TEMPORARY = { accessKeyId: "ASIATEMPORARY", secretAccessKey: "secret", sessionToken: "token/with+signs==" };

/** Sends one request with AWS's client; gives the error it got, or `undefined`. */
async function call(bedrock: Bedrock, config: BedrockRuntimeClientConfig = {}, modelId?: string): Promise<Error | undefined> {
  const client = awsClient(bedrock, config);
  try {
    await client.send(new ConverseCommand(ask("Hello", modelId)));
    return undefined;
  } catch (error) {
    return error as Error;
  } finally {
    client.destroy();
  }
}

/** A request that AWS's client signed, with the rules it satisfies. */
async function signedRequest(options: StartBedrockOptions = {}): Promise<{ request: SignedRequest; rules: AccessRules; at: Date }> {
  await using bedrock = await startBedrock(options);
  await call(bedrock);
  const recorded = bedrock.requests[0]!;
  const stamp = recorded.headers["x-amz-date"]!.replace(/^(....)(..)(..)T(..)(..)(..)Z$/, "$1-$2-$3T$4:$5:$6Z");
  return {
    request: { method: recorded.method, url: recorded.url, headers: recorded.headers, body: recorded.rawBody },
    rules: { service: "bedrock", region: bedrock.region, credentials: [bedrock.credentials], bearerToken: undefined },
    at: new Date(stamp),
  };
}

function withHeader(request: SignedRequest, name: string, value: string): SignedRequest {
  return { ...request, headers: { ...request.headers, [name]: value } };
}

describe("requests signed by AWS's client", () => {
  let bedrock: Bedrock;
  beforeEach(async () => {
    bedrock = await startBedrock();
  });
  afterEach(() => bedrock.close());

  test.each(["anthropic.claude-sonnet-4-20250514-v1:0", INFERENCE_PROFILE])("are accepted for the model %s", async (modelId) => {
    expect(await call(bedrock, {}, modelId)).toBeUndefined();
    expect(bedrock.requests[0]).toMatchObject({ modelId, response: { status: 200 } });
  });

  test("are refused with a wrong secret, and recorded", async () => {
    const credentials = { ...bedrock.credentials, secretAccessKey: "another" };
    expect(await call(bedrock, { credentials })).toMatchObject({
      name: "InvalidSignatureException",
      message: expect.stringMatching(/^The request signature we calculated does not match the signature you provided\./),
      $metadata: { httpStatusCode: 403 },
    });
    expect(bedrock.requests[0]!.response).toMatchObject({ status: 403, errorType: "InvalidSignatureException" });
  });

  test("are refused with an unknown key or a token that was not given out", async () => {
    const expected = { name: "UnrecognizedClientException", message: "The security token included in the request is invalid." };
    expect(await call(bedrock, { credentials: { ...bedrock.credentials, accessKeyId: "AKIAANOTHER" } })).toMatchObject(expected);
    expect(await call(bedrock, { credentials: { ...bedrock.credentials, sessionToken: "made up" } })).toMatchObject(expected);
  });

  test("are refused for another region", async () => {
    const error = await call(bedrock, { region: "eu-west-1" });
    expect(error).toMatchObject({ name: "InvalidSignatureException", message: "Credential should be scoped to a valid region." });
  });

  test("do not use up a queued answer when they are refused", async () => {
    bedrock.reply("first");
    await call(bedrock, { region: "eu-west-1" });
    const output = await awsClient(bedrock).send(new ConverseCommand(ask("Hello")));
    expect(output.output?.message?.content).toEqual([{ text: "first" }]);
  });
});

test("temporary credentials need their session token", async () => {
  await using bedrock = await startBedrock({ credentials: TEMPORARY });
  expect(await call(bedrock)).toBeUndefined();
  const { accessKeyId, secretAccessKey } = TEMPORARY;
  expect(await call(bedrock, { credentials: { accessKeyId, secretAccessKey } })).toMatchObject({ name: "UnrecognizedClientException" });
});

test("expired credentials are refused as such", async () => {
  await using bedrock = await startBedrock({ credentials: { ...TEMPORARY, expiration: new Date(0) } });
  expect(await call(bedrock)).toMatchObject({
    name: "ExpiredTokenException",
    message: "The security token included in the request is expired",
  });
});

describe("an endpoint with a clock of its own", () => {
  const HOUR = 3_600_000;

  test.each([
    [HOUR, /^Signature expired: /],
    [-HOUR, /^Signature not yet current: /],
  ])("that is %d ms ahead refuses signatures, and dates its answers so that clients can correct theirs", async (ahead, message) => {
    await using bedrock = await startBedrock({ now: () => new Date(Date.now() + ahead) });
    expect(await call(bedrock)).toMatchObject({ name: "InvalidSignatureException", message: expect.stringMatching(message) });
    expect(await call(bedrock, { maxAttempts: 2 })).toBeUndefined();
    const answer = await fetch(`${bedrock.url}/nowhere`);
    expect(Math.abs(Date.parse(answer.headers.get("date") ?? "") - Date.now() - ahead)).toBeLessThan(HOUR / 2);
  });

  test("refuses keys when they have expired by that clock, one pair after the other", async () => {
    let now = new Date();
    const pairs = [1, 2].map((hours) => ({ ...TEMPORARY, accessKeyId: `ASIA${hours}`, expiration: new Date(now.getTime() + hours * HOUR) }));
    await using bedrock = await startBedrock({ credentials: pairs as [Credentials, ...Credentials[]], now: () => now });
    const ask = (pair: number): Promise<Error | undefined> => call(bedrock, { credentials: { ...pairs[pair]!, expiration: undefined }, maxAttempts: 2 });
    expect(bedrock.credentials).toBe(pairs[0]);
    expect([await ask(0), await ask(1)]).toEqual([undefined, undefined]);
    now = new Date(now.getTime() + 1.5 * HOUR);
    expect(await ask(0)).toMatchObject({ name: "ExpiredTokenException" });
    expect(await ask(1)).toBeUndefined();
  });

  test("takes a function, and at least one pair", async () => {
    await expect(startBedrock({ now: new Date() as never })).rejects.toThrow("`now` must be a function that returns the endpoint's time as a Date.");
    await expect(startBedrock({ credentials: [] as never })).rejects.toThrow("`credentials` must have at least one key pair.");
  });
});

describe("the parts of a signature", () => {
  test("the clock may differ by five minutes, no more", async () => {
    const { request, rules, at } = await signedRequest();
    const minutesLater = (minutes: number): Date => new Date(at.getTime() + minutes * 60_000);
    expect(checkAuthorization(request, rules, minutesLater(5))).toBeUndefined();
    expect(checkAuthorization(request, rules, minutesLater(-5))).toBeUndefined();
    expect(checkAuthorization(request, rules, minutesLater(6))?.message).toMatch(/^Signature expired: .* is now earlier than .* - 5 min\.\)$/);
    expect(checkAuthorization(request, rules, minutesLater(-6))?.message).toMatch(/^Signature not yet current: .* is still later than/);
  });

  test("body, path, method and signed headers are covered", async () => {
    const { request, rules, at } = await signedRequest();
    const changed: SignedRequest[] = [
      { ...request, body: Buffer.from("{}") },
      { ...request, url: request.url.replace("sonnet", "opus") },
      { ...request, method: "PUT" },
      withHeader(request, "content-type", "text/plain"),
      withHeader(request, "x-amz-content-sha256", "0".repeat(64)),
    ];
    for (const each of changed) expect(checkAuthorization(each, rules, at)?.name).toBe("InvalidSignatureException");
    expect(checkAuthorization(withHeader(request, "user-agent", "unsigned"), rules, at)).toBeUndefined();
  });

  test("service and day of the scope are named when they are wrong", async () => {
    const { request, rules, at } = await signedRequest();
    const authorization = request.headers["authorization"]!.replace(/\/\d{8}\/us-east-1\/bedrock\//, "/20000101/us-east-1/s3/");
    expect(checkAuthorization(withHeader(request, "authorization", authorization), rules, at)?.message).toMatch(
      /^Credential should be scoped to correct service: 'bedrock'\. Date in Credential scope does not match .*'20000101' != /,
    );
  });

  test.each([
    ["", "MissingAuthenticationTokenException"],
    ["Basic dTpw", "IncompleteSignatureException"],
    ["AWS4-HMAC-SHA256 Credential=a/b/c/d/e", "IncompleteSignatureException"],
  ])("the authorization %j is refused with %s", async (authorization, name) => {
    const { request, rules, at } = await signedRequest();
    expect(checkAuthorization(withHeader(request, "authorization", authorization), rules, at)).toMatchObject({ name, status: 403 });
  });

  test("the colon of a model id is encoded twice", () => {
    const request = { method: "POST", url: "/model/a%3A0/converse", headers: { host: "h" }, body: Buffer.alloc(0) };
    expect(canonicalRequest(request, ["host"], "hash")).toBe("POST\n/model/a%253A0/converse\n\nhost:h\n\nhost\nhash");
  });
});

describe("bearer tokens", () => {
  const bearer = (token: string): BedrockRuntimeClientConfig => ({ token: { token }, authSchemePreference: ["httpBearerAuth"] });

  test("the token is accepted beside signatures, another is refused", async () => {
    await using bedrock = await startBedrock({ bearerToken: "right" });
    expect(bedrock.connection.bedrockBearerToken).toBe("right");
    expect(await call(bedrock, bearer("right"))).toBeUndefined();
    expect(await call(bedrock)).toBeUndefined();
    expect(await call(bedrock, bearer("wrong"))).toMatchObject({
      name: "AccessDeniedException",
      message: "Authentication failed: Please make sure your API Key is valid.",
      $metadata: { httpStatusCode: 403 },
    });
  });

  test("none is accepted when none was given", async () => {
    await using bedrock = await startBedrock();
    expect(await call(bedrock, bearer("any"))).toMatchObject({ name: "AccessDeniedException" });
  });
});
