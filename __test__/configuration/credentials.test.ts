import { chmodSync } from "node:fs";
import { startBedrock, type Bedrock } from "langchain-aws-native/testing";
import { ISSUED_KEYS, ssoLogin, temporaryFolder } from "../support/aws_files.js";
import { askInChild } from "../support/asking.js";
import { deferred, useCleanEnvironment } from "../support/environment.js";
import { ourModel } from "../support/models.js";
import { rejection } from "../support/rejection.js";
import { startConnectProxy } from "../support/servers/connect_proxy.js";
import { asked, ISSUED, startContainerCredentials, startInstanceMetadata, startSsoPortal, startSsoTokens, startTokenService } from "../support/servers/credential_services.js";
import { type SimpleServer, startServer } from "../support/servers/loopback.js";

useCleanEnvironment();

let bedrock: Bedrock;
beforeAll(async () => {
  bedrock = await startBedrock({ credentials: ISSUED });
});
afterEach(() => bedrock.reset());
afterAll(() => bedrock.close());

const { accessKeyId, secretAccessKey, sessionToken } = ISSUED;
const { folder, file } = temporaryFolder("credentials-");

/** Asks in a process with this environment; resolves once the endpoint has accepted the signature of what was found. */
async function expectFound(environment: Record<string, string>, fields: object = {}): Promise<void> {
  const outcome = await askInChild({ region: "us-east-1", endpointUrl: bedrock.url, ...fields }, environment);
  expect(outcome.error).toBeUndefined();
  expect(bedrock.requests.map(({ response, headers }) => [response.status, headers["x-amz-security-token"]])).toEqual([[200, sessionToken]]);
}

async function using(starting: Promise<SimpleServer>, work: (server: SimpleServer) => Promise<void>): Promise<void> {
  const server = await starting;
  try {
    await work(server);
  } finally {
    await server.close();
  }
}

describe("the AWS chain finds credentials", () => {
  test("in the environment", async () => {
    await expectFound({ AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey, AWS_SESSION_TOKEN: sessionToken });
  });

  test("in the profile of AWS_PROFILE", async () => {
    await expectFound({ AWS_PROFILE: "blue", AWS_SHARED_CREDENTIALS_FILE: file("shared", `[blue]\n${ISSUED_KEYS}`) });
  });

  test("in the files and the profile of the options, which beat the environment", async () => {
    const fields = { profile: "green", filepath: file("filepath", `[green]\n${ISSUED_KEYS}`), configFilepath: file("config", "[default]\n") };
    await expectFound({ AWS_PROFILE: "red", AWS_SHARED_CREDENTIALS_FILE: "/nonexistent", AWS_CONFIG_FILE: "/nonexistent" }, fields);
  });

  test("in the profile of the option, even where the environment has other keys", async () => {
    const filepath = file("wins", `[green]\n${ISSUED_KEYS}`);
    await expectFound({ AWS_ACCESS_KEY_ID: "AKIAOTHER", AWS_SECRET_ACCESS_KEY: "other" }, { profile: "green", filepath });
  });

  test("by running the program of a profile", async () => {
    const answer = JSON.stringify({ Version: 1, AccessKeyId: accessKeyId, SecretAccessKey: secretAccessKey, SessionToken: sessionToken });
    const program = file("program.sh", `#!/bin/sh\necho '${answer}'\n`);
    chmodSync(program, 0o755);
    await expectFound({ AWS_CONFIG_FILE: file("process", `[default]\ncredential_process = ${program}\n`) });
  });

  test("for a role and a token, of the environment", async () => {
    await using(startTokenService(), async (sts) => {
      await expectFound({
        AWS_ROLE_ARN: "arn:aws:iam::123456789012:role/web",
        AWS_WEB_IDENTITY_TOKEN_FILE: file("token", "made-up-web-identity"),
        AWS_ENDPOINT_URL_STS: sts.url,
      });
      expect(sts.requests[0]?.body).toContain("Action=AssumeRoleWithWebIdentity");
      expect(sts.requests[0]?.body).toContain("WebIdentityToken=made-up-web-identity");
    });
  });

  test("for a role and a token, of the options", async () => {
    await using(startTokenService(), async (sts) => {
      const fields = { roleArn: "arn:aws:iam::123456789012:role/option", webIdentityTokenFile: file("token2", "made-up") };
      await expectFound({ AWS_ENDPOINT_URL_STS: sts.url }, fields);
      expect(decodeURIComponent(sts.requests[0]?.body ?? "")).toContain("RoleArn=arn:aws:iam::123456789012:role/option");
    });
  });

  test("for a role and a token, at the STS of the region, through the proxy, also where only the profile knows the region", async () => {
    const proxy = await startConnectProxy({ tunnels: "refused" });
    const fields = { region: undefined, roleArn: "arn:aws:iam::123456789012:role/option", webIdentityTokenFile: file("token3", "made-up"), proxy: proxy.url };
    const { error } = await askInChild(fields, { AWS_CONFIG_FILE: file("region", "[default]\nregion = eu-north-1\n") });
    expect(error?.name).toBe("CredentialsProviderError");
    expect([...new Set(proxy.targets)]).toEqual(["sts.eu-north-1.amazonaws.com:443"]);
    await proxy.close();
  });

  test("for the role of a profile, assumed with another profile's keys", async () => {
    await using(startTokenService(), async (sts) => {
      const config = "[profile role]\nrole_arn = arn:aws:iam::123456789012:role/assumed\nsource_profile = base\n";
      await expectFound(
        {
          AWS_CONFIG_FILE: file("assume", config),
          AWS_SHARED_CREDENTIALS_FILE: file("base", "[base]\naws_access_key_id = AKIABASE\naws_secret_access_key = base\n"),
          AWS_ENDPOINT_URL_STS: sts.url,
        },
        { profile: "role" },
      );
      expect(sts.requests[0]?.body).toContain("Action=AssumeRole&");
      expect(sts.requests[0]?.headers.authorization).toContain("Credential=AKIABASE/");
    });
  });

  test("at the portal of AWS SSO, with the token that a login left", async () => {
    await using(startSsoPortal("made-up-sso-token"), async (portal) => {
      await expectFound({ ...ssoLogin(folder, "made-up-sso-token"), AWS_ENDPOINT_URL_SSO: portal.url });
      expect(asked(portal)).toEqual(["GET /federation/credentials?role_name=Reader&account_id=123456789012"]);
    });
  });

  test("at the portal of AWS SSO, with a token that is renewed and written back", async () => {
    await using(startSsoTokens("renewed"), (tokens) =>
      using(startSsoPortal("renewed"), async (portal) => {
        const login = ssoLogin(folder, "old");
        for (let call = 0; call < 2; call++) {
          await expectFound({ ...login, AWS_ENDPOINT_URL_SSO: portal.url, AWS_ENDPOINT_URL_SSO_OIDC: tokens.url });
          bedrock.reset();
        }
        expect(asked(tokens)).toEqual(["POST /token"]);
      }),
    );
  });

  test("beside a container of ECS", async () => {
    await using(startContainerCredentials("made-up-authorization"), async (container) => {
      await expectFound({ AWS_CONTAINER_CREDENTIALS_FULL_URI: `${container.url}/role`, AWS_CONTAINER_AUTHORIZATION_TOKEN: "made-up-authorization" });
      expect(asked(container)).toEqual(["GET /role"]);
    });
  });

  test("beside a pod of EKS", async () => {
    await using(startContainerCredentials("made-up-pod-token"), async (container) => {
      await expectFound({
        AWS_CONTAINER_CREDENTIALS_FULL_URI: `${container.url}/v1/credentials`,
        AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: file("pod-token", "made-up-pod-token"),
      });
    });
  });

  test("in the instance's metadata", async () => {
    await using(startInstanceMetadata("us-east-1"), async (metadata) => {
      await expectFound({ AWS_EC2_METADATA_DISABLED: "false", AWS_EC2_METADATA_SERVICE_ENDPOINT: metadata.url });
      expect(asked(metadata)).toContain("PUT /latest/api/token");
    });
  });

  test("nowhere: one sentence", async () => {
    const { error } = await askInChild({ region: "us-east-1", endpointUrl: bedrock.url });
    expect(error?.name).toBe("CredentialsProviderError");
    expect(error?.message).toMatch(/^Could not load credentials from any providers: [^\n]+\.$/);
    expect(bedrock.requests).toHaveLength(0);
  });

  test("nowhere, and metadata that never answer are not waited for long", async () => {
    await using(startServer(() => undefined), async (silent) => {
      const { error, milliseconds } = await askInChild(
        { region: "us-east-1", endpointUrl: bedrock.url },
        { AWS_EC2_METADATA_DISABLED: "false", AWS_EC2_METADATA_SERVICE_ENDPOINT: silent.url },
      );
      expect(error?.name).toBe("CredentialsProviderError");
      expect(milliseconds).toBeLessThan(15_000);
    });
  }, 30_000);
});

describe("a function", () => {
  const inMilliseconds = (milliseconds: number): object => ({ ...ISSUED, expiration: new Date(Date.now() + milliseconds) });

  test.each([
    ["long expired", -3_600_000],
    ["about to expire", 3_000],
  ])("is called again when what it gave is %s", async (_state, left) => {
    const provider = jest.fn(async () => inMilliseconds(left) as never);
    const model = ourModel(bedrock, { credentials: provider });
    for (let call = 0; call < 3; call++) await model.invoke("Hello");
    expect(provider).toHaveBeenCalledTimes(3);
  });

  test("is not called again while what it gave is good", async () => {
    const provider = jest.fn(async () => inMilliseconds(3_600_000) as never);
    const model = ourModel(bedrock, { credentials: provider });
    for (let call = 0; call < 3; call++) await model.invoke("Hello");
    expect(provider).toHaveBeenCalledTimes(1);
  });

  test.each([
    ["a text, as AWS's tools print it", () => inMilliseconds(3_600_000), 1],
    ["a text of the past", () => inMilliseconds(-3_600_000), 2],
  ])("may give its expiration as %s", async (_what, keys, calls) => {
    const provider = jest.fn(async () => JSON.parse(JSON.stringify(keys())) as never);
    const model = ourModel(bedrock, { credentials: provider });
    for (let call = 0; call < 2; call++) await model.invoke("Hello");
    expect(provider).toHaveBeenCalledTimes(calls);
  });

  test.each([new Date("never"), "soon", {}])("with the expiration %p is refused", async (expiration) => {
    const failure = await rejection(ourModel(bedrock, { credentials: async () => ({ ...ISSUED, expiration }) as never }).invoke("Hello"));
    expect(failure.message).toBe("The expiration of `credentials` must be a Date, and a valid one.");
  });

  test("is called once for calls that wait for it together, at first and when a refresh is due", async () => {
    const gates = [deferred<object>(), deferred<object>()];
    let calls = 0;
    const model = ourModel(bedrock, { credentials: () => gates[calls++]?.promise as never });
    const wave = async (gate: number, size: number, left: number): Promise<void> => {
      const answers = Promise.all(Array.from({ length: size }, () => model.invoke("Hello")));
      gates[gate]?.resolve(inMilliseconds(left));
      await answers;
    };
    await wave(0, 1, 1_000);
    await wave(1, 10, 3_600_000);
    await wave(1, 10, 3_600_000);
    expect(calls).toBe(2);
    expect(bedrock.requests.map((request) => request.response.status)).toEqual(Array(21).fill(200));
  });

  test("that takes its time, as a person with a one-time password does, is waited for", async () => {
    const slow = (): Promise<{ accessKeyId: string; secretAccessKey: string }> => new Promise((resolve) => setTimeout(() => resolve({ ...ISSUED }), 7_000));
    expect((await ourModel(bedrock, { credentials: slow }).invoke("Hello")).text).not.toBe("");
  }, 15_000);

  test("throws what the caller catches, the very object, and is asked again afterwards", async () => {
    const thrown = { not: "even an error" };
    let calls = 0;
    const model = ourModel(bedrock, { credentials: () => (++calls === 1 ? Promise.reject(thrown) : Promise.resolve({ ...ISSUED })) });
    expect(await rejection(model.invoke("Hello"))).toBe(thrown);
    expect((await model.invoke("Hello")).text).not.toBe("");
    expect(bedrock.requests).toHaveLength(1);
  });

  test("throws for concurrent callers alike", async () => {
    const thrown = new RangeError("no vault");
    const model = ourModel(bedrock, { credentials: () => Promise.reject(thrown) });
    const caught = await Promise.all([rejection(model.invoke("one")), rejection(model.invoke("two")), rejection((async () => model.stream("three"))())]);
    for (const error of caught) expect(error).toBe(thrown);
  });
});

describe("per call", () => {
  const tenants = { blue: { accessKeyId: "AKIABLUE", secretAccessKey: "blue" }, red: { accessKeyId: "AKIARED", secretAccessKey: "red", sessionToken: "red-session" } };
  const signers = (): (string | undefined)[] => bedrock.requests.map(({ headers }) => /Credential=([^/]+)/.exec(headers["authorization"] ?? "")?.[1]);
  const authorizations = (): (string | undefined)[] => bedrock.requests.map(({ headers }) => headers["authorization"]);

  test("credentials of many tenants, each request signed by its own, also at once", async () => {
    const model = ourModel(bedrock, { credentials: ISSUED });
    const asks = Array.from({ length: 20 }, (_, call) => {
      const credentials = [tenants.blue, tenants.red, ISSUED][call % 3] as { accessKeyId: string; secretAccessKey: string };
      return model.invoke(credentials.accessKeyId, { credentials }).catch((error: Error) => error);
    });
    await Promise.all(asks);
    expect(bedrock.requests).toHaveLength(20);
    const asker = bedrock.requests.map(({ body }) => (body.messages?.[0]?.content[0] as { text: string }).text);
    expect(signers()).toEqual(asker);
    expect(new Set(asker).size).toBe(3);
  });

  test("credentials in a stream, and none of them stay", async () => {
    const model = ourModel(bedrock, { credentials: ISSUED });
    await rejection((async () => model.stream("Hello", { credentials: tenants.red }))());
    await model.invoke("Hello");
    expect(signers()).toEqual(["AKIARED", accessKeyId]);
    expect(bedrock.requests[0]?.headers["x-amz-security-token"]).toBe("red-session");
  });

  test("a function of credentials is asked for its call, and its own error comes back", async () => {
    const provider = jest.fn(async () => tenants.blue);
    const thrown = new Error("this tenant is gone");
    const model = ourModel(bedrock, { credentials: ISSUED });
    await rejection(model.invoke("Hello", { credentials: provider }));
    expect(provider).toHaveBeenCalledTimes(1);
    expect(signers()).toEqual(["AKIABLUE"]);
    expect(await rejection(model.invoke("Hello", { credentials: () => Promise.reject(thrown) }))).toBe(thrown);
    expect(bedrock.requests).toHaveLength(1);
  });

  test("an API key, as text and as a function, beside a model that signs", async () => {
    const model = ourModel(bedrock, { credentials: ISSUED });
    await rejection(model.invoke("Hello", { bedrockBearerToken: "key-of-blue" }));
    await rejection(model.invoke("Hello", { bedrockBearerToken: async () => "key-of-red" }));
    await model.invoke("Hello");
    expect(authorizations()).toEqual(["Bearer key-of-blue", "Bearer key-of-red", expect.stringContaining(`Credential=${accessKeyId}/`)]);
  });

  test.each([
    ["an API key", { bedrockBearerToken: "key-of-the-model" }],
    ["an API key by a function", { bedrockBearerToken: () => "key-of-the-model" }],
    ["no authentication", { noAuth: true }],
  ])("credentials beat %s of the model", async (_what, fields) => {
    await ourModel(bedrock, { credentials: undefined, ...fields }).invoke("Hello", { credentials: ISSUED });
    expect(signers()).toEqual([accessKeyId]);
  });
});

describe("API keys", () => {
  const authorizations = (): (string | undefined)[] => bedrock.requests.map(({ headers }) => headers["authorization"]);

  test("of the constructor, as a function, are asked for before each request", async () => {
    let key = 0;
    const model = ourModel(bedrock, { bedrockBearerToken: async () => `key-${++key}` });
    await rejection(model.invoke("Hello"));
    await rejection((async () => model.stream("Hello"))());
    expect(authorizations()).toEqual(["Bearer key-1", "Bearer key-2"]);
  });

  test("that cannot be had: the function's own error", async () => {
    const thrown = new Error("no key today");
    expect(await rejection(ourModel(bedrock, { bedrockBearerToken: () => Promise.reject(thrown) }).invoke("Hello"))).toBe(thrown);
    const throwing = (): never => {
      throw thrown;
    };
    expect(await rejection(ourModel(bedrock, { bedrockBearerToken: throwing }).invoke("Hello"))).toBe(thrown);
    expect(bedrock.requests).toHaveLength(0);
  });

  test("a gateway gets requests without authentication, from a process without credentials", async () => {
    await askInChild({ region: "us-east-1", endpointUrl: bedrock.url, noAuth: true });
    expect(bedrock.requests).toHaveLength(1);
    expect(authorizations()).toEqual([undefined]);
    expect(bedrock.requests[0]?.headers["x-amz-date"]).toBeUndefined();
  });
});

