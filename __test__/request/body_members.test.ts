import { HumanMessage } from "@langchain/core/messages";
import type { ChatBedrockConverseCallOptions, ChatBedrockConverseInput } from "langchain-aws-native";
import { type Bedrock, startBedrock } from "langchain-aws-native/testing";
import { ourModel, ourModelByClient } from "../support/models.js";
import { collect } from "../support/rejection.js";

let bedrock: Bedrock;
beforeEach(async () => {
  bedrock = await startBedrock();
});
afterEach(() => bedrock.close());

/** The members of Converse's body, from its API reference. */
const MEMBERS = [
  "additionalModelRequestFields",
  "additionalModelResponseFieldPaths",
  "guardrailConfig",
  "inferenceConfig",
  "messages",
  "outputConfig",
  "performanceConfig",
  "promptVariables",
  "requestMetadata",
  "serviceTier",
  "system",
  "toolConfig",
];

/** Each option that decides how a request is made, or sent, and is no member of it. */
const FIELDS: ChatBedrockConverseInput = {
  adaptation: "warn",
  failoverAfter: 60_000,
  fetchMedia: { hosts: ["example.com"] },
  guardLastTurnOnly: true,
  guardrailConfig: { guardrailIdentifier: "madeup", guardrailVersion: "1" },
  includeRaw: true,
  includeResponseHeaders: true,
  reasoning: { effort: "low" },
  redactGuardrailContent: true,
  splitInlineReasoning: true,
  streamCoalescing: 10,
  supportsToolChoiceValues: ["auto", "any", "tool"],
};
const CALL: Partial<ChatBedrockConverseCallOptions> = { cache_control: { type: "ephemeral" }, headers: { "x-made-up": "1" }, responseTimeout: 60_000, tools: [{ name: "search", description: "Searches.", schema: { type: "object" } }] };

test.each([
  ["short", "Hello", ourModel],
  ["long", "Hello ".repeat(10_000), ourModel],
  ["by AWS's client", "Hello", ourModelByClient],
])("no option of ours is in the body: %s", async (_name, text, modelOf) => {
  const { failoverAfter, ...fields } = FIELDS;
  const models = [modelOf(bedrock, fields), ...(modelOf === ourModel ? [ourModel(bedrock, { ...fields, failoverAfter, failover: [{ region: "eu-west-1", endpointUrl: bedrock.url }] })] : [])];
  for (const model of models) {
    await model.invoke([new HumanMessage(text)], CALL);
    await collect(await model.stream([new HumanMessage(text)], CALL));
    model.close();
  }
  expect(bedrock.requests).toHaveLength(models.length * 2);
  for (const { rawBody } of bedrock.requests) expect(Object.keys(JSON.parse(String(rawBody)) as object).filter((member) => !MEMBERS.includes(member))).toEqual([]);
});
