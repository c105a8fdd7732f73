import { inspect } from "node:util";
import { ChatBedrockConverse } from "langchain-aws-native";
import { startBedrock, type Bedrock } from "langchain-aws-native/testing";
import { rejection } from "../support/rejection.js";

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
