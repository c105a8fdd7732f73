import type { ModelProfile } from "@langchain/core/language_models/profile";
import { createAgent } from "langchain";
import { ChatBedrockConverse, type ChatBedrockConverseInput } from "langchain-aws-native";
import { startBedrock, text, toolUse, type Bedrock } from "langchain-aws-native/testing";
import { z } from "zod";
import { knownModels } from "../../langchain/request/model_knowledge.js";
import { ourModel } from "../support/models.js";

/** `model.profile`: what LangChain's agents and middleware read of a model. */

const HAIKU = "anthropic.claude-haiku-4-5-20251001-v1:0";
const APPLICATION_PROFILE = "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/ab1cd2ef3gh4";

const profileOf = (fields: ChatBedrockConverseInput): ModelProfile => new ChatBedrockConverse({ region: "us-east-1", ...fields }).profile;

const PROFILE_OF_HAIKU: ModelProfile = {
  maxInputTokens: 200_000,
  maxOutputTokens: 64_000,
  imageInputs: true,
  imageUrlInputs: false,
  pdfInputs: true,
  audioInputs: false,
  videoInputs: false,
  imageToolMessage: true,
  pdfToolMessage: true,
  reasoningOutput: true,
  imageOutputs: false,
  audioOutputs: false,
  videoOutputs: false,
  toolCalling: true,
  toolChoice: true,
  structuredOutput: true,
};

test("the members of a model that is known", () => {
  expect(profileOf({ model: HAIKU })).toEqual(PROFILE_OF_HAIKU);
  // The default.
  expect(profileOf({})).toEqual(PROFILE_OF_HAIKU);
});

test.each([
  `us.${HAIKU}`,
  `global.${HAIKU}`,
  `us-gov.${HAIKU}`,
  HAIKU.toUpperCase(),
  "anthropic.claude-haiku-4-5",
  "claude-haiku-4-5-20251001",
  `arn:aws:bedrock:us-east-1::foundation-model/${HAIKU}`,
  `arn:aws:bedrock:eu-west-1:123456789012:inference-profile/eu.${HAIKU}`,
  `arn:aws-us-gov:bedrock:us-gov-west-1:123456789012:inference-profile/us-gov.${HAIKU}`,
])("%s is the same model", (model) => {
  expect(profileOf({ model })).toEqual(PROFILE_OF_HAIKU);
});

test("an id may say the context window", () => {
  expect(profileOf({ model: "amazon.nova-pro-v1:0" }).maxInputTokens).toBe(300_000);
  expect(profileOf({ model: "amazon.nova-pro-v1:0:24k" }).maxInputTokens).toBe(24_000);
  expect(profileOf({ model: "arn:aws:bedrock:us-east-1:123456789012:custom-model/amazon.nova-pro-v1:0:24k/abc123def456" }).maxInputTokens).toBe(24_000);
});

describe("no member is undefined", () => {
  test.each(knownModels())("%s", (model) => {
    const profile = profileOf({ model });
    expect(Object.values(profile)).not.toContain(undefined);
    expect(Object.values(profile)).not.toContain(null);
    expect(Object.keys(profile)).toContain("imageInputs");
  });

  test("also where the application says one that is", () => {
    expect(profileOf({ model: HAIKU, modelProfile: { maxInputTokens: undefined, toolCalling: false } })).toEqual({ ...PROFILE_OF_HAIKU, toolCalling: false });
  });
});

test("of a model that is not known only what its family has is known, or nothing", () => {
  expect(profileOf({ model: "acme.thinker-1-v1:0" })).toEqual({});
  const { maxInputTokens, ...family } = profileOf({ model: "anthropic.claude-haiku-9-20300101-v1:0" });
  expect(maxInputTokens).toBeUndefined();
  expect(family).toMatchObject({ imageInputs: true, pdfInputs: true, toolCalling: true });
});

describe("behind the ARN of an application inference profile", () => {
  test("nothing is known without its model", () => {
    expect(profileOf({ applicationInferenceProfile: APPLICATION_PROFILE })).toEqual({});
    expect(profileOf({ model: APPLICATION_PROFILE })).toEqual({});
  });

  test("the model that stands beside it is", () => {
    expect(profileOf({ applicationInferenceProfile: APPLICATION_PROFILE, model: `us.${HAIKU}` })).toEqual(PROFILE_OF_HAIKU);
    expect(profileOf({ applicationInferenceProfile: APPLICATION_PROFILE, modelProfile: { maxInputTokens: 1000 } })).toEqual({ maxInputTokens: 1000 });
  });
});

test("the option `profile` is the AWS profile's name, and stays it", () => {
  const model = new ChatBedrockConverse({ model: HAIKU, region: "us-east-1", profile: "work" });
  expect(model.profile).toEqual(PROFILE_OF_HAIKU);
  expect(model.withConfig({ temperature: 0 })).toBeDefined();
  expect(Object.keys(model)).not.toContain("profile");
});

test("a change of the model, or of a profile that was read, changes no other", () => {
  const model = new ChatBedrockConverse({ model: HAIKU, region: "us-east-1" });
  model.profile.maxInputTokens = 1;
  expect(model.profile.maxInputTokens).toBe(200_000);
  model.model = "amazon.nova-lite-v1:0";
  expect(model.profile.maxInputTokens).toBe(300_000);
});

describe("what the application says of a model counts", () => {
  let bedrock: Bedrock;
  beforeAll(async () => void (bedrock = await startBedrock()));
  afterEach(() => bedrock.reset());
  afterAll(() => bedrock.close());

  const Person = z.object({ name: z.string() });
  const ask = async (fields: ChatBedrockConverseInput) => {
    bedrock.reply(({ body }) => (body.outputConfig === undefined ? toolUse(String((body.toolConfig?.tools?.[0]?.["toolSpec"] as { name: string }).name), { name: "Ada" }) : text('{"name":"Ada"}')));
    const { structuredResponse } = await createAgent({ model: ourModel(bedrock, fields), tools: [], responseFormat: Person }).invoke({ messages: [{ role: "user", content: "Who?" }] });
    expect(structuredResponse).toEqual({ name: "Ada" });
    return bedrock.requests[0]?.body.outputConfig !== undefined;
  };

  test.each<[what: string, fields: ChatBedrockConverseInput, isNative: boolean]>([
    ["native output by what is known", { model: HAIKU }, true],
    ["a tool by what the application says", { model: HAIKU, modelProfile: { structuredOutput: false } }, false],
    ["a tool for an unknown model", { model: "acme.thinker-1-v1:0" }, false],
    ["native output by what the application says", { model: "acme.thinker-1-v1:0", modelProfile: { structuredOutput: true } }, true],
    ["a tool behind an ARN alone", { model: APPLICATION_PROFILE }, false],
    ["native output behind an ARN with its model", { applicationInferenceProfile: APPLICATION_PROFILE, model: HAIKU }, true],
  ])("%s", async (_what, fields, isNative) => {
    expect(await ask(fields)).toBe(isNative);
  });
});
