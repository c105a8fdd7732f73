import { AIMessage, type BaseMessage, HumanMessage } from "@langchain/core/messages";
import { createAgent, summarizationMiddleware } from "langchain";
import type { ChatBedrockConverseInput } from "langchain-aws-native";
import { reasoning, startBedrock, text, toolUse, type Answer, type Bedrock, type JsonObject, type RequestBody } from "langchain-aws-native/testing";
import { z } from "zod";
import { ourModel } from "../support/models.js";
import { collect } from "../support/rejection.js";
import { getWeather, QUESTION, toolResults, WEATHER } from "../support/weather.js";

/**
 * `createAgent({ tools, responseFormat })` on every family. LangChain takes the model's native structured output where `profile` says that it is reliable;
 * else a tool, of which it demands that the model is forced to call one. The strict endpoint refuses that as each family does.
 */

let bedrock: Bedrock;
beforeAll(async () => void (bedrock = await startBedrock()));
afterEach(() => bedrock.reset());
afterAll(() => bedrock.close());

const Report = z.object({
  city: z.string(),
  weather: z.string(),
  note: z.string().nullable(),
  stations: z.array(z.object({ name: z.string(), height: z.number().int().min(0) })).max(3).optional(),
  source: z.discriminatedUnion("kind", [z.object({ kind: z.literal("tool"), tool: z.string() }), z.object({ kind: z.literal("memory") })]),
});
const REPORT = { city: "Paris", weather: WEATHER, note: null, stations: [{ name: "Montsouris", height: 75 }], source: { kind: "tool" as const, tool: "get_weather" } };

type Way = "native" | "forced tool" | "tool";

const CASES: [family: string, model: string, way: Way, fields?: ChatBedrockConverseInput][] = [
  ["Claude Haiku 4.5", "us.anthropic.claude-haiku-4-5-20251001-v1:0", "native"],
  ["Claude Haiku 4.5, thinking", "us.anthropic.claude-haiku-4-5-20251001-v1:0", "native", { reasoning: { effort: "low" } }],
  ["Claude Haiku 4.5, thinking by its own field", "us.anthropic.claude-haiku-4-5-20251001-v1:0", "native", { additionalModelRequestFields: { thinking: { type: "enabled", budget_tokens: 2048 } }, maxTokens: 4096 }],
  ["Claude Sonnet 4, thinking", "us.anthropic.claude-sonnet-4-20250514-v1:0", "tool", { reasoning: { effort: "medium" }, temperature: 0 }],
  ["Claude Fable 5.1", "us.anthropic.claude-fable-5-1", "tool"],
  ["Claude Opus 5.5", "us.anthropic.claude-opus-5-5", "native", { reasoning: { effort: "max" } }],
  ["Claude Sonnet 5.5", "global.anthropic.claude-sonnet-5-5", "native", { temperature: 0.2 }],
  ["Nova Pro", "us.amazon.nova-pro-v1:0", "forced tool", { temperature: 0 }],
  ["Nova 2 Lite, thinking", "us.amazon.nova-2-lite-v1:0", "forced tool", { reasoning: { effort: "high" }, maxTokens: 4096 }],
  ["Llama 4", "us.meta.llama4-maverick-17b-instruct-v1:0", "tool"],
  ["Mistral Large 2407", "mistral.mistral-large-2407-v1:0", "forced tool"],
  ["Mistral Large 3", "mistral.mistral-large-3-675b-instruct", "native"],
  ["gpt-oss", "openai.gpt-oss-120b-1:0", "forced tool", { stop: ["END"] }],
  ["GPT-5.6", "us.openai.gpt-5.6-sol", "forced tool", { temperature: 0 }],
  ["DeepSeek V3", "deepseek.v3-v1:0", "forced tool"],
  ["DeepSeek V3.2, thinking", "deepseek.v3.2", "tool", { reasoning: { effort: "high" } }],
  ["Qwen 3", "qwen.qwen3-235b-a22b-2507-v1:0", "native"],
  ["Kimi K3", "us.moonshotai.kimi-k3", "native", { temperature: 0.2 }],
  ["GLM 5", "zai.glm-5", "native"],
  ["Grok 4.6", "us.xai.grok-4.6", "forced tool", { temperature: 0.2 }],
  ["Palmyra X5", "writer.palmyra-x5-v1:0", "forced tool"],
];

/** A row without fields would have Jest's `done` in their place. */
const FAMILIES = CASES.map(([family, model, way, fields = {}]) => [family, model, way, fields] as const);

function toolNames({ toolConfig }: RequestBody): string[] {
  return (toolConfig?.tools ?? []).flatMap(({ toolSpec }) => (toolSpec === undefined ? [] : [(toolSpec as { name: string }).name]));
}

/** The model: it calls the tool, and then gives the report as it was asked to; a thinking one thinks before each. */
const answer: Answer = ({ body }) => {
  const last = body.messages?.at(-1)?.content ?? [];
  const result = toolResults(last);
  const thoughts = body.messages?.some(({ role }) => role === "assistant") ? [] : [reasoning("Let me see.", "c2ln")];
  if (result === "") return [...thoughts, toolUse("get_weather", { city: "Paris" }, "tooluse_1")];
  const report = { ...REPORT, weather: result };
  if (body.outputConfig !== undefined) return [reasoning("Now I know.", "c2ln"), text(JSON.stringify(report))];
  return toolUse(toolNames(body).find((name) => name !== "get_weather") ?? "", report, "tooluse_2");
};

function wayOf({ outputConfig, toolConfig }: RequestBody): Way {
  if (outputConfig !== undefined) return "native";
  const choice = (toolConfig as JsonObject | undefined)?.["toolChoice"] as JsonObject | undefined;
  return choice !== undefined && !("auto" in choice) ? "forced tool" : "tool";
}

function agentOf(model: string, fields: ChatBedrockConverseInput) {
  return createAgent({ model: ourModel(bedrock, { model, ...fields }), tools: [getWeather], responseFormat: Report, systemPrompt: "You know the weather." });
}

const question = { messages: [{ role: "user", content: QUESTION }] };
const statuses = (): unknown[] => bedrock.requests.map(({ response }) => response.errorMessage ?? response.status);

test.each(FAMILIES)("%s: the structured answer arrives", async (_family, model, way, fields) => {
  bedrock.replyAlways(answer);
  const { structuredResponse, messages } = await agentOf(model, fields).invoke(question);
  expect(structuredResponse).toEqual(REPORT);
  expect(statuses()).toEqual([200, 200]);
  expect(bedrock.requests.map(({ body }) => wayOf(body))).toEqual([way, way]);
  expect(bedrock.requests.map(({ body }) => toolNames(body)[0])).toEqual(["get_weather", "get_weather"]);
  expect((messages.find(({ type }) => type === "ai") as AIMessage).tool_calls).toMatchObject([{ name: "get_weather", args: { city: "Paris" } }]);
});

/** Llama and Mistral Large 2407 take no tools in a stream. */
test.each(FAMILIES.filter(([family]) => !/Llama|2407/.test(family)))("%s, streamed", async (_family, model, way, fields) => {
  bedrock.replyAlways(answer);
  const states = await collect(agentOf(model, fields).stream(question, { streamMode: ["messages", "values"] }));
  const last = states.filter(([mode]) => mode === "values").at(-1)?.[1] as { structuredResponse: unknown };
  expect(last.structuredResponse).toEqual(REPORT);
  expect(statuses()).toEqual([200, 200]);
  expect(bedrock.requests.map(({ operation, body }) => [operation, wayOf(body)])).toEqual([
    ["converse-stream", way],
    ["converse-stream", way],
  ]);
});

describe("summarizationMiddleware with a fraction of the context window", () => {
  const LENGTH = 200;
  const history = (characters: number): { messages: BaseMessage[] } => {
    const said = "x".repeat(characters / LENGTH);
    const messages = Array.from({ length: LENGTH }, (_, index) => (index % 2 === 0 ? new HumanMessage(said) : new AIMessage(said)));
    return { messages: [...messages, new HumanMessage("And?")] };
  };
  const agentWith = (model: string, fields: ChatBedrockConverseInput = {}) => {
    const chat = ourModel(bedrock, { model, ...fields });
    return createAgent({ model: chat, tools: [], middleware: [summarizationMiddleware({ model: chat, trigger: { fraction: 0.8 }, keep: { messages: 4 } })] });
  };

  // The middleware counts four characters as a token.
  test.each<[string, number, boolean]>([
    ["us.anthropic.claude-haiku-4-5-20251001-v1:0", 4_277 * 4, false],
    ["us.anthropic.claude-haiku-4-5-20251001-v1:0", 150_000 * 4, false],
    ["us.anthropic.claude-haiku-4-5-20251001-v1:0", 170_000 * 4, true],
    ["us.meta.llama3-70b-instruct-v1:0", 7_500 * 4, true],
    ["us.amazon.nova-pro-v1:0", 170_000 * 4, false],
    ["amazon.nova-pro-v1:0:24k", 23_000 * 4, true],
  ])("%s, %i characters: summarised %s", async (model, characters, isSummarised) => {
    bedrock.replyAlways("Well.");
    await agentWith(model).invoke(history(characters));
    expect(statuses()).toEqual(isSummarised ? [200, 200] : [200]);
    expect(bedrock.requests.at(-1)?.body.messages?.length).toBe(isSummarised ? 5 : LENGTH + 1);
  });

  test("the window that the application gives counts", async () => {
    bedrock.replyAlways("Well.");
    await agentWith("us.anthropic.claude-haiku-4-5-20251001-v1:0", { modelProfile: { maxInputTokens: 4_000 } }).invoke(history(4_277 * 4));
    expect(bedrock.requests).toHaveLength(2);
  });
});
