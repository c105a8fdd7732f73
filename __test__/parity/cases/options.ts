import { NodeHttpHandler } from "@smithy/node-http-handler";
import { stall } from "langchain-aws-native/testing";
import { asked, error, message, request } from "../marks.js";
import { human } from "../messages.js";
import type { Difference, Subject } from "../types.js";

const CALL = "What a call says beats what the constructor said, for all options; `temperature`, `maxTokens` and `topP` can be said by a call.";
const CONSTRUCTOR = "`stop`, `performanceConfig` and `requestMetadata` of the constructor are sent.";
const MORE = "`additionalModelResponseFieldPaths`, `outputConfig` and `promptVariables` are sent.";
const CHECKED = "An option of the wrong kind is refused with a sentence before anything is sent, whether it is used or not.";
const COUNTS =
  "`getNumTokens`, `getNumTokensFromMessages` and `trimMessages` ask Bedrock's CountTokens, or count locally ([tokens.md](tokens.md)): LangChain's default fetches tables of another vendor's tokenizer from the network.";

const KNOWN = "`profile` holds what is known of the model ([models.md](models.md)), for LangChain's agents and middleware, instead of nothing.";
const REASONING = "`reasoning` asks every model for reasoning in its own form, where `additionalModelRequestFields` is different for each.";
const SAMPLING = "Sampling parameters that the model refuses are left out, with a warning.";
/** A model that takes temperature and topP together. */
const OLDER = "anthropic.claude-3-5-sonnet-20241022-v2:0";

const GUARDRAIL = { guardrailIdentifier: "g1", guardrailVersion: "1", trace: "enabled" };

const ABORTED = "A call whose `signal` fires throws the signal's reason, with `streaming: true` as well: part of an answer is none.";
const SERIALISED = "A model can be serialised by LangChain; its secrets are left out.";

function sent(why: string, members: object): Difference {
  return request(why, { ...asked({ text: "Why is the sky blue?" }), ...members });
}

export const options: Subject = {
  subject: "options",
  group: "Options",
  cases: [
    { name: "temperature, maxTokens and topP", fields: { model: OLDER, temperature: 0.5, maxTokens: 100, topP: 0.9 } },
    {
      name: "temperature and topP to a model that takes one of them",
      fields: { temperature: 0.5, topP: 0.9 },
      differs: sent(SAMPLING, { inferenceConfig: { temperature: 0.5 } }),
    },
    {
      name: "temperature to a model that takes none",
      fields: { model: "us.anthropic.claude-opus-5-5", temperature: 0.5 },
      differs: sent(SAMPLING, {}),
    },
    { name: "temperature 0", fields: { temperature: 0 } },
    { name: "maxTokens alone", fields: { maxTokens: 7 } },
    { name: "stop of a call", options: { stop: ["END", "\n"] } },
    { name: "an empty stop", options: { stop: [] } },
    { name: "stop beside temperature", fields: { temperature: 1 }, options: { stop: ["END"] } },
    {
      name: "stop of the constructor",
      fields: { stop: ["END"] },
      differs: sent(CONSTRUCTOR, { inferenceConfig: { stopSequences: ["END"] } }),
    },
    {
      name: "temperature of a call",
      fields: { temperature: 1 },
      options: { temperature: 0 },
      differs: sent(CALL, { inferenceConfig: { temperature: 0 } }),
    },
    {
      name: "maxTokens and topP of a call",
      options: { maxTokens: 5, topP: 0.5 },
      differs: sent(CALL, { inferenceConfig: { maxTokens: 5, topP: 0.5 } }),
    },
    {
      name: "additionalModelRequestFields",
      fields: { additionalModelRequestFields: { thinking: { type: "enabled", budget_tokens: 1024 }, anthropic_beta: ["context-1m-2025-08-07"] } },
    },
    { name: "additionalModelRequestFields of a call", options: { additionalModelRequestFields: { z: 1, a: [1.5, null, true], "": "x" } } },
    {
      name: "additionalModelRequestFields of both",
      fields: { additionalModelRequestFields: { top_k: 5 } },
      options: { additionalModelRequestFields: { top_k: 7 } },
      differs: sent(CALL, { additionalModelRequestFields: { top_k: 7 } }),
    },
    { name: "guardrailConfig", fields: { guardrailConfig: GUARDRAIL } },
    {
      name: "guardrailConfig, members in another order",
      fields: { guardrailConfig: { trace: "enabled", guardrailVersion: "1", guardrailIdentifier: "g1" } },
    },
    { name: "guardrailConfig of a call", options: { guardrailConfig: GUARDRAIL } },
    {
      name: "guardrailConfig of both",
      fields: { guardrailConfig: GUARDRAIL },
      options: { guardrailConfig: { ...GUARDRAIL, guardrailVersion: "2" } },
      differs: sent(CALL, { guardrailConfig: { ...GUARDRAIL, guardrailVersion: "2" } }),
    },
    { name: "performanceConfig of a call", options: { performanceConfig: { latency: "optimized" } } },
    {
      name: "performanceConfig of the constructor",
      fields: { performanceConfig: { latency: "optimized" } },
      differs: sent(CONSTRUCTOR, { performanceConfig: { latency: "optimized" } }),
    },
    { name: "serviceTier", fields: { serviceTier: "flex" } },
    { name: "serviceTier of a call", fields: { serviceTier: "flex" }, options: { serviceTier: "priority" } },
    { name: "requestMetadata of a call", options: { requestMetadata: { user: "u1", app: "a" } } },
    {
      name: "requestMetadata of the constructor",
      fields: { requestMetadata: { user: "u1" } },
      differs: sent(CONSTRUCTOR, { requestMetadata: { user: "u1" } }),
    },
    {
      name: "additionalModelResponseFieldPaths",
      options: { additionalModelResponseFieldPaths: ["/stop_sequence"] },
      differs: sent(MORE, { additionalModelResponseFieldPaths: ["/stop_sequence"] }),
    },
    {
      name: "outputConfig",
      options: { outputConfig: { textFormat: { type: "json_schema", structure: { jsonSchema: { schema: "{}", name: "n" } } } } },
      differs: sent(MORE, { outputConfig: { textFormat: { type: "json_schema", structure: { jsonSchema: { schema: "{}", name: "n" } } } } }),
    },
    {
      name: "promptVariables",
      options: { promptVariables: { topic: { text: "rain" } } },
      differs: sent(MORE, { promptVariables: { topic: { text: "rain" } } }),
    },
    {
      name: "all at once",
      fields: {
        model: OLDER,
        temperature: 0.1,
        maxTokens: 9,
        topP: 0.2,
        additionalModelRequestFields: { a: 1 },
        guardrailConfig: GUARDRAIL,
        serviceTier: "default",
      },
      input: [human("Hi")],
      options: {
        stop: ["x"],
        performanceConfig: { latency: "standard" },
        requestMetadata: { k: "v" },
        tools: [{ toolSpec: { name: "f", inputSchema: { json: { type: "object" } } } }],
        tool_choice: "auto",
      },
    },
    { name: "another model", fields: { model: "us.anthropic.claude-sonnet-4-5-20250929-v1:0" } },
    {
      name: "an application inference profile",
      fields: { applicationInferenceProfile: "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc123" },
    },
    { name: "a model by its ARN", fields: { model: "arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-haiku-4-5-20251001-v1:0" } },
    { name: "streaming: true", fields: { streaming: true } },
    { name: "streamUsage: false", fields: { streamUsage: false } },
    { name: "streamUsage: false of a call", options: { streamUsage: false } },
    { name: "streamUsage: true of a call", fields: { streamUsage: false }, options: { streamUsage: true } },
    { name: "a stream without an idle timeout", options: { streamIdleTimeout: 0 } },
    {
      name: "an idle timeout that makes no sense",
      options: { streamIdleTimeout: -1 },
      differs: error(CHECKED, "ChatBedrockConverse: streamIdleTimeout must be a non-negative finite number of milliseconds, but it is -1."),
    },
    {
      name: "a signal that has fired",
      options: { signal: AbortSignal.abort(new Error("Enough.")) },
      differs: error(ABORTED, { events: { name: "Error", message: "Enough." } }),
    },
    {
      name: "a signal that fires while an answer streams",
      fields: { streaming: true },
      answer: stall("Because blue light scatters more.", { afterEvents: 3 }),
      call: (model) => {
        const controller = new AbortController();
        return model.invoke("Why?", { signal: controller.signal, callbacks: [{ handleLLMNewToken: () => controller.abort(new Error("Enough.")) }] });
      },
      differs: error(ABORTED, { invoke: { name: "Error", message: "Enough." } }),
    },
    { name: "clientOptions", fields: { clientOptions: { maxAttempts: 1 } } },
    { name: "clientOptions that only JavaScript can serve", fields: { clientOptions: { requestHandler: new NodeHttpHandler() } } },
    {
      name: "a temperature that is no number",
      fields: { temperature: "hot" },
      differs: error(CHECKED, "ChatBedrockConverse: temperature must be a number, but it is a string."),
    },
    { name: "toJSON", call: async (model) => model.toJSON().type, differs: message(SERIALISED, { result: "constructor" }) },
    { name: "_llmType", call: async (model) => model._llmType() },
    { name: "getName", call: async (model) => model.getName() },
    { name: "lc_name", call: async (model) => (model.constructor as unknown as { lc_name(): string }).lc_name() },
    { name: "getLsParams", fields: { temperature: 0.3, maxTokens: 5 }, call: async (model) => model.getLsParams({ stop: ["x"] } as never) },
    { name: "invocationParams", fields: { temperature: 0.3 }, call: async (model) => model.invocationParams({ stop: ["x"] } as never) },
    {
      name: "getNumTokensFromMessages",
      fields: { model: "meta.llama3-3-70b-instruct-v1:0" },
      call: async (model) => (await model.getNumTokensFromMessages([human("Why?")])).totalCount,
      differs: message(COUNTS, { result: 6 }),
    },
    {
      name: "profile",
      call: async ({ profile: { maxInputTokens, structuredOutput } }) => ({ maxInputTokens, structuredOutput }),
      differs: message(KNOWN, { result: { maxInputTokens: 200_000, structuredOutput: true } }),
    },
    {
      name: "reasoning",
      fields: { reasoning: { effort: "low" } },
      differs: sent(REASONING, { additionalModelRequestFields: { thinking: { type: "enabled", budget_tokens: 2048 } } }),
    },
    { name: "the default model", fields: { model: undefined }, call: async (model) => model.model },
    { name: "region", call: async (model) => model.region },
    { name: "supportsToolChoiceValues", call: async (model) => model.supportsToolChoiceValues },
    { name: "batch", call: async (model) => (await model.batch(["One?", "Two?"])).map(({ content }) => content) },
  ],
};
