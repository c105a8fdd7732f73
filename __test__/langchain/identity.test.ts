import { inspect } from "node:util";
import { BaseChatModel } from "@langchain/core/language_models/chat_models";
import { load } from "@langchain/core/load";
import { Runnable } from "@langchain/core/runnables";
import { ChatBedrockConverse } from "langchain-aws-native";
import { startBedrock, type Bedrock } from "langchain-aws-native/testing";
import { ourModel } from "../support/models.js";
import { askWithTools, expectRoundTrip, FINAL_TEXT, finalAnswer, getWeather, TOOL_CALL } from "../support/weather.js";

/** How LangChain, its middleware and its tracers know the model, and how it is written down. */

let bedrock: Bedrock;
beforeEach(async () => void (bedrock = await startBedrock()));
afterEach(() => bedrock.close());

test("it is a chat model of the core that the application uses", () => {
  const model = ourModel(bedrock);
  expect(model).toBeInstanceOf(BaseChatModel);
  expect(Runnable.isRunnable(model)).toBe(true);
});

test("its names are those of the class it stands in for", () => {
  const model = ourModel(bedrock);
  expect(ChatBedrockConverse.lc_name()).toBe("ChatBedrockConverse");
  expect(model.getName()).toBe("ChatBedrockConverse");
  expect(model._llmType()).toBe("chat_bedrock_converse");
  expect(model._modelType()).toBe("base_chat_model");
  expect(model.lc_id).toEqual(["langchain", "chat_models", "chat_bedrock_converse", "ChatBedrockConverse"]);
});

describe("getLsParams", () => {
  test("tells tracers the provider, the model and its parameters", () => {
    const model = new ChatBedrockConverse({ model: "amazon.nova-pro-v1:0", region: "us-east-1", temperature: 0.1, maxTokens: 5, stop: ["a"] });
    expect(model.getLsParams({})).toEqual({
      ls_provider: "amazon_bedrock",
      ls_model_name: "amazon.nova-pro-v1:0",
      ls_model_type: "chat",
      ls_temperature: 0.1,
      ls_max_tokens: 5,
      ls_stop: ["a"],
    });
  });

  test("tells those of the call, as they are sent", () => {
    const options = { temperature: 0.9, maxTokens: 7, stop: ["b"] };
    expect(ourModel(bedrock, { temperature: 0.1, maxTokens: 5 }).getLsParams(options)).toMatchObject({
      ls_temperature: 0.9,
      ls_max_tokens: 7,
      ls_stop: ["b"],
    });
  });
});

describe("no secret is written down", () => {
  const secrets = {
    bedrockApiKey: "key-one",
    bedrockApiSecret: "secret-one",
    bedrockApiSessionToken: "secret-two",
    bedrockBearerToken: "secret-three",
    credentials: { accessKeyId: "key-two", secretAccessKey: "secret-four", sessionToken: "secret-five" },
    defaultHeaders: { "x-gateway": "secret-six" },
  };
  const model = new ChatBedrockConverse({ model: "amazon.nova-pro-v1:0", region: "us-east-1", ...secrets });

  test.each([
    ["toJSON()", () => JSON.stringify(model.toJSON())],
    ["JSON.stringify of a chain", () => JSON.stringify(model.bindTools([getWeather]).pipe((message) => message.text))],
    ["inspect()", () => inspect(model, { depth: 10 })],
    ["a copy of its members", () => JSON.stringify({ ...model })],
    ["_identifyingParams()", () => JSON.stringify(model._identifyingParams())],
    ["serialize()", () => JSON.stringify(model.serialize())],
  ])("by %s", (_, write) => {
    expect(write()).toContain("amazon.nova-pro-v1:0");
    expect(write()).not.toMatch(/(key|secret)-(one|two|three|four|five|six)/);
  });

  test("toJSON() names the environment variables instead", () => {
    expect(model.toJSON()).toMatchObject({
      type: "constructor",
      kwargs: {
        model_id: "amazon.nova-pro-v1:0",
        region_name: "us-east-1",
        bedrock_api_key: { type: "secret", id: ["BEDROCK_AWS_ACCESS_KEY_ID"] },
        bedrock_api_secret: { type: "secret", id: ["BEDROCK_AWS_SECRET_ACCESS_KEY"] },
        bedrock_api_session_token: { type: "secret", id: ["BEDROCK_AWS_SESSION_TOKEN"] },
        bedrock_bearer_token: { type: "secret", id: ["AWS_BEARER_TOKEN_BEDROCK"] },
      },
    });
  });
});

test("a model that was written down and loaded again goes through a whole tool round trip", async () => {
  const { credentials, ...connection } = bedrock.connection;
  const { accessKeyId: bedrockApiKey, secretAccessKey: bedrockApiSecret } = credentials;
  const additionalModelRequestFields = { top_k: 5, nested: { camelCase: true } };
  const model = new ChatBedrockConverse({ ...connection, bedrockApiKey, bedrockApiSecret, temperature: 0.5, additionalModelRequestFields });
  const loaded: ChatBedrockConverse = await load(JSON.stringify(model), {
    secretsMap: { BEDROCK_AWS_ACCESS_KEY_ID: bedrockApiKey, BEDROCK_AWS_SECRET_ACCESS_KEY: bedrockApiSecret },
    importMap: { chat_models__chat_bedrock_converse: { ChatBedrockConverse } },
  });
  bedrock.reply(TOOL_CALL, finalAnswer);
  const bound = loaded.bindTools([getWeather]);
  expect((await askWithTools((messages) => bound.invoke(messages))).text).toBe(FINAL_TEXT);
  expectRoundTrip(bedrock);
  expect(bedrock.requests[0]?.body).toMatchObject({ inferenceConfig: { temperature: 0.5 }, additionalModelRequestFields });
});
