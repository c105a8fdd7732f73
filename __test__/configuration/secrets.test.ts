import { inspect } from "node:util";
import { InMemoryCache } from "@langchain/core/caches";
import { RunnableLambda } from "@langchain/core/runnables";
import { ChatBedrockConverse } from "langchain-aws-native";
import { startBedrock, type Bedrock } from "langchain-aws-native/testing";
import { collect, rejection } from "../support/rejection.js";

const SECRETS = {
  bedrockApiKey: "AKIAMADEUPSECRET0001",
  bedrockApiSecret: "made-up-secret-0002",
  bedrockApiSessionToken: "made-up-session-0003",
  bedrockBearerToken: "made-up-bearer-0004",
  defaultHeaders: { "x-gateway-key": "made-up-gateway-0005" },
  credentials: { accessKeyId: "AKIAMADEUPSECRET0006", secretAccessKey: "made-up-secret-0007", sessionToken: "made-up-session-0008" },
};
const VALUES = JSON.stringify(SECRETS).match(/(AKIAMADEUPSECRET|made-up-\w+-)\d+/g) as string[];

let bedrock: Bedrock;
beforeAll(async () => {
  bedrock = await startBedrock();
});
afterAll(() => bedrock.close());

const model = (): ChatBedrockConverse =>
  new ChatBedrockConverse({ region: "us-east-1", endpointUrl: bedrock.url, maxRetries: 0, temperature: 0.5, ...SECRETS });

function expectNoSecret(text: string): void {
  expect(VALUES).toHaveLength(8);
  for (const value of VALUES) expect(text).not.toContain(value);
}

test("no dump of a model shows a secret", () => {
  expectNoSecret(inspect(model(), { depth: 20 }));
  expectNoSecret(inspect(model(), { depth: 20, getters: true }));
  expectNoSecret(JSON.stringify(model()));
  expectNoSecret(JSON.stringify({ ...model() }));
  expectNoSecret(JSON.stringify(model().bindTools([]).toJSON()));
});

test("secrets stay readable under the peer's names", () => {
  expect(model().bedrockApiSecret).toBe(SECRETS.bedrockApiSecret);
});

test("toJSON() names the secrets' variables and keeps the options", () => {
  expect(model().toJSON()).toMatchObject({
    type: "constructor",
    kwargs: {
      temperature: 0.5,
      region_name: "us-east-1",
      bedrock_api_secret: { lc: 1, type: "secret", id: ["BEDROCK_AWS_SECRET_ACCESS_KEY"] },
    },
  });
});

test("no error shows a secret", async () => {
  const refused = await rejection(model().invoke("Hello"));
  const unreachable = await rejection(new ChatBedrockConverse({ region: "us-east-1", maxRetries: 0, ...SECRETS, endpointUrl: "http://127.0.0.1:1" }).invoke("Hello"));
  for (const thrown of [refused, unreachable]) {
    expectNoSecret(inspect(thrown, { depth: 20, showHidden: true }));
    expectNoSecret(JSON.stringify(thrown));
  }
});

test("no tracer is told a secret", async () => {
  bedrock.reply("Hello.");
  const told: string[] = [];
  const { bedrockBearerToken: _unused, ...signed } = SECRETS;
  const traced = new ChatBedrockConverse({ ...signed, ...bedrock.connection });
  await traced.invoke("Hello", {
    callbacks: [
      {
        handleChatModelStart: (...all: unknown[]) => void told.push(inspect(all, { depth: 20 })),
        handleLLMEnd: (...all: unknown[]) => void told.push(inspect(all, { depth: 20 })),
      },
    ],
  });
  expect(told).toHaveLength(2);
  told.forEach(expectNoSecret);
});

describe("secrets of a call", () => {
  const { credentials, bedrockBearerToken, defaultHeaders: headers } = SECRETS;
  const tenant = { credentials: { ...credentials }, headers };
  const plain = (): ChatBedrockConverse => new ChatBedrockConverse({ region: "us-east-1", endpointUrl: bedrock.url, maxRetries: 0 });

  test.each<[string, (model: ChatBedrockConverse, callbacks: object[]) => Promise<unknown>]>([
    ["invoke", (it, callbacks) => it.invoke("Hello", { ...tenant, callbacks })],
    ["invoke, an API key", (it, callbacks) => it.invoke("Hello", { bedrockBearerToken, callbacks })],
    ["stream", async (it, callbacks) => collect(it.stream("Hello", { ...tenant, callbacks }))],
    ["batch", (it, callbacks) => it.batch(["Hello"], { ...tenant, callbacks } as never)],
    ["streamEvents v2", async (it, callbacks) => collect((async () => it.streamEvents("Hello", { ...tenant, callbacks, version: "v2" }))() as never)],
    ["withConfig", (it, callbacks) => it.withConfig(tenant).invoke("Hello", { callbacks })],
    ["a chain", (it, callbacks) => RunnableLambda.from(() => "Hello").pipe(it.withConfig(tenant)).invoke("", { callbacks })],
    ["a model with a cache", (it, callbacks) => Object.assign(it, { cache: new InMemoryCache() }).invoke("Hello", { ...tenant, callbacks })],
  ])("are told to no callback: %s", async (_way, ask) => {
    const told: unknown[][] = [];
    const handler = {
      handleChatModelStart: (...all: unknown[]) => void told.push(all),
      handleChainStart: (...all: unknown[]) => void told.push(all),
      handleLLMError: (...all: unknown[]) => void told.push(all),
    };
    await ask(plain(), [handler]).catch(() => undefined);
    expect(told.length).toBeGreaterThan(0);
    for (const all of told) {
      expectNoSecret(inspect(all, { depth: 20, showHidden: true }));
      expectNoSecret(JSON.stringify(all));
      expectNoSecret(inspect(structuredClone(JSON.parse(JSON.stringify(all)))));
    }
  });

  test("are in no serialized runnable", () => {
    for (const bound of [plain().withConfig(tenant), plain().withConfig({}).withConfig(tenant), plain().bindTools([], tenant)]) {
      expectNoSecret(JSON.stringify(bound));
      expectNoSecret(inspect(bound, { depth: 20 }));
    }
    expect(JSON.parse(JSON.stringify(plain().withConfig(tenant))).id).toEqual(["langchain_core", "runnables", "RunnableBinding"]);
  });

  test("sign the request all the same, also bound twice", async () => {
    for (const bound of [plain().withConfig(tenant), plain().withConfig({ temperature: 0 }).withConfig(tenant)]) {
      bedrock.reset();
      await bound.invoke("Hello").catch(() => undefined);
      expect(bedrock.requests[0]?.headers["authorization"]).toContain(`Credential=${credentials.accessKeyId}/`);
      expect(bedrock.requests[0]?.headers["x-gateway-key"]).toBe(headers["x-gateway-key"]);
    }
  });

  test("tell cached answers of one tenant from another's, without being in the key", async () => {
    bedrock.reset();
    const keys: string[] = [];
    const cache = new InMemoryCache();
    const lookup = cache.lookup.bind(cache);
    cache.lookup = (prompt: string, key: string) => (keys.push(key), lookup(prompt, key));
    const cached = Object.assign(new ChatBedrockConverse({ ...bedrock.connection }), { cache });
    const other = { ...bedrock.credentials };
    bedrock.reply("For the model.", "For the tenant.");
    const texts: string[] = [];
    for (const options of [{}, { credentials: other }, {}, { credentials: other }]) texts.push((await cached.invoke("Hello", options)).text);
    expect(texts).toEqual(["For the model.", "For the tenant.", "For the model.", "For the tenant."]);
    keys.forEach((key) => expect(key).not.toContain(other.secretAccessKey));
    expect(bedrock.requests).toHaveLength(2);
  });

  test("of a wrong type are refused as before", async () => {
    expect((await rejection(plain().invoke("Hello", { credentials: 5 as never }))).message).toMatch(/^ChatBedrockConverse: credentials must be an object/);
  });
});
