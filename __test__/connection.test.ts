import { ChatBedrockConverse } from "langchain-aws-native";
import { startBedrock, type Bedrock } from "langchain-aws-native/testing";
import { MODEL, ourModel } from "./support/models.js";
import { rejection } from "./support/rejection.js";

const environment = { ...process.env };
let bedrock: Bedrock;
beforeAll(async () => {
  bedrock = await startBedrock({ region: "eu-central-1", bearerToken: "bedrock-api-key-made-up" });
});
beforeEach(() => {
  for (const name of Object.keys(process.env)) if (/^(BEDROCK_)?AWS_/.test(name)) delete process.env[name];
});
afterEach(() => {
  bedrock.reset();
  process.env = { ...environment };
});
afterAll(() => bedrock.close());

describe("region", () => {
  test("AWS_REGION beats AWS_DEFAULT_REGION; the option beats both", () => {
    process.env.AWS_DEFAULT_REGION = "eu-west-3";
    expect(new ChatBedrockConverse().region).toBe("eu-west-3");
    process.env.AWS_REGION = "eu-west-2";
    expect(new ChatBedrockConverse().region).toBe("eu-west-2");
    expect(new ChatBedrockConverse({ region: "eu-west-1" }).region).toBe("eu-west-1");
  });

  test("is what requests are signed for", async () => {
    const { endpointUrl, credentials } = bedrock.connection;
    process.env.AWS_REGION = "eu-central-1";
    await new ChatBedrockConverse({ model: MODEL, endpointUrl, credentials }).invoke("Hello");
    expect(bedrock.requests[0]?.headers.authorization).toContain("/eu-central-1/bedrock/aws4_request");
  });
});

describe("credentials", () => {
  const connect = (fields: object): Promise<unknown> =>
    new ChatBedrockConverse({ model: MODEL, region: "eu-central-1", endpointUrl: bedrock.url, maxRetries: 0, ...fields }).invoke("Hello");
  const pair = (): { accessKeyId: string; secretAccessKey: string } => bedrock.connection.credentials;
  const signer = (): string | undefined => /Credential=([^/]+)/.exec(bedrock.requests[0]?.headers.authorization ?? "")?.[1];

  test("as an object", async () => {
    await connect({ credentials: pair() });
    expect(signer()).toBe(pair().accessKeyId);
  });

  test("as a function, called once for concurrent calls and kept while it is valid", async () => {
    const provider = jest.fn(async () => ({ ...pair(), expiration: new Date(Date.now() + 3_600_000) }));
    const model = ourModel(bedrock, { credentials: provider, bedrockBearerToken: undefined });
    await Promise.all([model.invoke("one"), model.invoke("two"), model.invoke("three")]);
    await model.invoke("four");
    expect(provider).toHaveBeenCalledTimes(1);
    expect(bedrock.requests.map((request) => request.response.status)).toEqual([200, 200, 200, 200]);
  });

  test("what the function throws reaches the caller as the same object", async () => {
    const cause = Object.assign(new TypeError("no vault today"), { vault: 7 });
    expect(await rejection(connect({ credentials: () => Promise.reject(cause) }))).toBe(cause);
    const throwing = (): never => {
      throw cause;
    };
    expect(await rejection(connect({ credentials: throwing }))).toBe(cause);
    expect(bedrock.requests).toHaveLength(0);
  });

  test("what the function returns is checked", async () => {
    const thrown = await rejection(connect({ credentials: async () => ({ key: "typo" }) }));
    expect(thrown.message).toBe("`credentials` must be, or resolve to, an object with the strings accessKeyId and secretAccessKey.");
  });

  test("as bedrockApiKey and bedrockApiSecret", async () => {
    await connect({ bedrockApiKey: pair().accessKeyId, bedrockApiSecret: pair().secretAccessKey });
    expect(signer()).toBe(pair().accessKeyId);
  });

  test.each(["BEDROCK_AWS", "AWS"])("from %s_* variables", async (prefix) => {
    process.env[`${prefix}_ACCESS_KEY_ID`] = pair().accessKeyId;
    process.env[`${prefix}_SECRET_ACCESS_KEY`] = pair().secretAccessKey;
    process.env[`${prefix}_SESSION_TOKEN`] = "a-session";
    const thrown = await rejection(connect({}));
    expect(signer()).toBe(pair().accessKeyId);
    expect(bedrock.requests[0]?.headers["x-amz-security-token"]).toBe("a-session");
    // The endpoint's pair has no session, so it says what AWS says.
    expect(thrown.name).toBe("UnrecognizedClientException");
  });

  test("a bearer token is used instead, from the option or the environment", async () => {
    await connect({ credentials: pair(), bedrockBearerToken: "bedrock-api-key-made-up" });
    process.env.AWS_BEARER_TOKEN_BEDROCK = "bedrock-api-key-made-up";
    await connect({});
    expect(bedrock.requests.map((request) => request.headers.authorization)).toEqual(Array(2).fill("Bearer bedrock-api-key-made-up"));
  });

  test("a wrong secret is refused by the endpoint, in its words", async () => {
    const thrown = await rejection(connect({ credentials: { ...pair(), secretAccessKey: "wrong" } }));
    expect(thrown.name).toBe("InvalidSignatureException");
    expect(thrown.lc_error_code).toBe("MODEL_AUTHENTICATION");
  });
});

describe("the endpoint", () => {
  test("endpointHost is called over https unless it names its scheme", async () => {
    const { credentials, region } = bedrock.connection;
    await new ChatBedrockConverse({ region, credentials, endpointHost: bedrock.url }).invoke("Hello");
    expect(bedrock.requests).toHaveLength(1);
    const thrown = await rejection(new ChatBedrockConverse({ region, credentials, maxRetries: 0, endpointHost: `127.0.0.1:${bedrock.port}` }).invoke("Hello"));
    expect(thrown.message).toMatch(/^Could not reach Bedrock: /);
  });

  test("defaultHeaders are on every request, signed", async () => {
    const model = ourModel(bedrock, { bedrockBearerToken: undefined, defaultHeaders: { "anthropic-beta": "some-feature", "X-Team": "blue" } });
    await model.invoke("Hello");
    await (await model.stream("Hello")).cancel();
    for (const { headers } of bedrock.requests) {
      expect(headers).toMatchObject({ "anthropic-beta": "some-feature", "x-team": "blue" });
      expect(headers.authorization).toMatch(/SignedHeaders=[^,]*anthropic-beta;[^,]*x-team/);
    }
  });

  test("calls one after the other share a connection", async () => {
    const before = bedrock.connections;
    // A configuration of its own, since models of one configuration share connections.
    const model = ourModel(bedrock, { userAgent: "counts-connections" });
    for (let call = 0; call < 10; call++) await model.invoke("Hello");
    expect(bedrock.connections - before).toBe(1);
  });
});
