import type { ModelProfile } from "@langchain/core/language_models/profile";
import { ChatBedrockConverse, type ChatBedrockConverseInput } from "langchain-aws-native";
import { reasoning, startBedrock, text, toolUse, type Bedrock, type JsonObject } from "langchain-aws-native/testing";
import { MODEL } from "../support/models.js";
import { ADA, CHECKED, JSON_PERSON, Person } from "../support/person.js";

/** Which method the model gets, and how strictly it is asked. */

let bedrock: Bedrock;
beforeAll(async () => {
  bedrock = await startBedrock();
});
afterEach(() => bedrock.reset());
afterAll(() => bedrock.close());

/** A model of which this is known, as an application may say it of a model that the package does not know. */
function modelOf(profile: ModelProfile, fields: ChatBedrockConverseInput = {}): ChatBedrockConverse {
  class Known extends ChatBedrockConverse {
    override get profile(): ModelProfile {
      return profile;
    }
  }
  return new Known({ model: MODEL, maxRetries: 0, ...bedrock.connection, ...fields });
}

const THINKING: ChatBedrockConverseInput = { additionalModelRequestFields: { thinking: { type: "enabled", budget_tokens: 1024 } } };
const FABLE: ChatBedrockConverseInput = { model: "anthropic.claude-fable-5-1" };
const OPUS: ChatBedrockConverseInput = { model: "anthropic.claude-opus-5-5" };
const UNKNOWN: ChatBedrockConverseInput = { model: "example.model-v1:0" };
const NATIVE: ModelProfile = { structuredOutput: true, toolCalling: true };
const TOOLS: ModelProfile = { structuredOutput: false, toolCalling: true };
const body = (): JsonObject => (bedrock.requests[0]?.body ?? {}) as JsonObject;
const toolChoice = (): unknown => (body().toolConfig as JsonObject | undefined)?.toolChoice;

describe("a tool", () => {
  test.each<[string, ModelProfile, ChatBedrockConverseInput, unknown]>([
    ["forced where it can be", NATIVE, {}, { tool: { name: "extract" } }],
    ["forced as far as it can be", TOOLS, { model: "deepseek.v3-v1:0" }, { any: {} }],
    ["forced where it is only known that it can be", { toolChoice: true }, UNKNOWN, { any: {} }],
    ["forced where the caller says that it can be", { toolCalling: false }, { ...UNKNOWN, supportsToolChoiceValues: ["tool"] }, { tool: { name: "extract" } }],
    ["not forced where that is refused", TOOLS, FABLE, { auto: {} }],
    ["not forced while the model thinks", TOOLS, THINKING, { auto: {} }],
    ["not forced where only tools are known of", TOOLS, UNKNOWN, undefined],
    ["not forced where nothing is known", {}, UNKNOWN, undefined],
  ])("is %s", async (_case, profile, fields, choice) => {
    bedrock.reply(toolUse("extract", ADA));
    expect(await modelOf(profile, fields).withStructuredOutput(Person).invoke("Who?")).toEqual(CHECKED);
    expect(toolChoice()).toEqual(choice);
    expect(body().toolConfig).toMatchObject({ tools: [{ toolSpec: { name: "extract" } }] });
    expect(body().outputConfig).toBeUndefined();
  });

  test("is forced although its name is a kind of choice", async () => {
    bedrock.reply(toolUse("any", ADA));
    expect(await modelOf({}).withStructuredOutput(Person, { name: "any" }).invoke("Who?")).toEqual(CHECKED);
    expect(toolChoice()).toEqual({ tool: { name: "any" } });
  });
});

test.each<[string, ModelProfile, ChatBedrockConverseInput]>([
  ["refuses a forced tool", NATIVE, OPUS],
  ["thinks", NATIVE, THINKING],
  ["is not known to take a forced tool", NATIVE, UNKNOWN],
  ["has no tools", { structuredOutput: true, toolCalling: false }, UNKNOWN],
])("Bedrock's structured outputs where the model has them and %s", async (_case, profile, fields) => {
  bedrock.reply([reasoning("Ada, of course.", "c2ln"), text(JSON.stringify(ADA))]);
  expect(await modelOf(profile, fields).withStructuredOutput(Person, { name: "person" }).invoke("Who?")).toEqual(CHECKED);
  expect(body().outputConfig).toMatchObject({ textFormat: { type: "json_schema", structure: { jsonSchema: { name: "person" } } } });
  expect(body().toolConfig).toBeUndefined();
});

describe("the prompt, where the model has no tools", () => {
  const NO_TOOLS: ModelProfile = { toolCalling: false };
  const described = `Answer with one JSON value that matches the JSON schema below, and with nothing else: no explanation, no code fence.\n\n${JSON.stringify(JSON_PERSON)}`;

  test("describes the schema in the same turn as the question", async () => {
    bedrock.reply(`\`\`\`json\n${JSON.stringify(ADA)}\n\`\`\``);
    expect(await modelOf(NO_TOOLS, UNKNOWN).withStructuredOutput(JSON_PERSON).invoke("Who?")).toEqual(ADA);
    expect(body()).toEqual({ messages: [{ role: "user", content: [{ text: "Who?" }, { text: described }] }] });
  });

  test("and what it is a description of, after a conversation", async () => {
    bedrock.reply(JSON.stringify(ADA));
    const schema = { ...JSON_PERSON, description: "A person." };
    expect(await modelOf(NO_TOOLS, UNKNOWN).withStructuredOutput(schema).invoke([["system", "Be brief."], ["human", "Hi"], ["ai", "Hello"], ["human", "Who?"]])).toEqual(ADA);
    expect(body().system).toEqual([{ text: "Be brief." }]);
    const [, , question] = body().messages as JsonObject[];
    expect(question).toEqual({ role: "user", content: [{ text: "Who?" }, { text: expect.stringContaining(`code fence.\nA person.\n\n${JSON.stringify(schema)}`) }] });
  });
});

test.each([
  ["functionCalling", FABLE, { auto: {} }, undefined],
  ["jsonSchema", {}, undefined, { textFormat: expect.anything() }],
  ["jsonMode", {}, undefined, undefined],
])("the method %s is obeyed", async (method, fields, choice, outputConfig) => {
  bedrock.reply(JSON.stringify(ADA));
  expect(await modelOf(NATIVE, fields).withStructuredOutput(Person, { method }).invoke("Who?")).toEqual(CHECKED);
  expect([toolChoice(), body().outputConfig]).toEqual([choice, outputConfig]);
  expect((body().messages as JsonObject[])[0]?.content).toEqual([{ text: "Who?" }]);
});
