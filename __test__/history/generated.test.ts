import fc from "fast-check";
import { ChatBedrockConverse, type RequestExplanation } from "langchain-aws-native";
import { checkRequest } from "../../testing/checks/index.js";
import { toolsOf } from "../parity/histories.js";
import { generatedHistory, type GeneratedHistory, messagesOf, textsOf } from "./generated.js";

/**
 * Over 20,000 histories: whatever the converter sends, the strict checks accept for that model, and every text is in the body or in a warning. Each history is
 * for three models of different families, in turn, so that each family gets thousands.
 */

jest.setTimeout(1_200_000);

const HISTORIES = 20_000;
const MODELS = [
  "anthropic.claude-haiku-4-5-20251001-v1:0", "anthropic.claude-opus-5-5", "anthropic.claude-3-opus-20240229-v1:0", "amazon.nova-pro-v1:0", "amazon.nova-2-lite-v1:0",
  "meta.llama3-3-70b-instruct-v1:0", "meta.llama3-2-11b-instruct-v1:0", "mistral.mistral-large-2407-v1:0", "mistral.pixtral-large-2502-v1:0", "mistral.mistral-7b-instruct-v0:2",
  "deepseek.r1-v1:0", "deepseek.v3-v1:0", "qwen.qwen3-32b-v1:0", "openai.gpt-oss-120b-1:0", "openai.gpt-5.6-sol", "moonshotai.kimi-k3", "zai.glm-5", "xai.grok-4.6",
  "google.gemma-3-27b-it", "minimax.minimax-m2.5", "nvidia.nemotron-nano-12b-v2", "writer.palmyra-x5-v1:0", "ai21.jamba-1-5-large-v1:0", "cohere.command-text-v14",
  "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/ab1",
];

const models = MODELS.map((model) => new ChatBedrockConverse({ model, region: "us-east-1" }));

function explain(model: ChatBedrockConverse, history: GeneratedHistory, adaptation?: "strict"): Promise<RequestExplanation | string> {
  const tools = history.hasTools && model.profile.toolCalling !== false ? toolsOf(history.said) : [];
  const options = { adaptation, ...(tools.length > 0 ? { tools } : {}), ...(history.isCached ? { cache_control: {} } : {}) };
  return model.explainRequest(messagesOf(history), options as never).catch((error: Error) => (error instanceof TypeError ? Promise.reject(error) : error.message));
}

/** What cannot be repaired gets one sentence with its place. */
const SENTENCE = /^(?:messages(?:\[\d+\](?:\.content\[\d+\])?)?|toolConfig\S*|system): [A-Z][^]*\.$/u;

test("what is sent is what the model takes, and nothing that was said is lost", async () => {
  const counts = { sent: 0, repaired: 0, refused: 0 };
  await fc.assert(
    fc.asyncProperty(generatedHistory, async (history) => {
      for (const step of [0, 8, 16]) {
        const model = models[(history.start + step) % models.length] as ChatBedrockConverse;
        const explained = await explain(model, history);
        if (typeof explained === "string") {
          expect(explained).toMatch(SENTENCE);
          counts.refused++;
          continue;
        }
        const { modelId, body } = explained;
        // That nothing was put where nothing is cached changes nothing.
        const warnings = explained.warnings.filter(({ code }) => code !== "cache_prefix_too_short");
        expect({ modelId, refusal: checkRequest({ operation: "converse", modelId, body: body as never })?.message }).toEqual({ modelId, refusal: undefined });
        const said = JSON.stringify([body, warnings]);
        const lost = textsOf(history).filter((text) => !said.includes(JSON.stringify(text).slice(1, -1)) && !said.includes(JSON.stringify(JSON.stringify(text).slice(1, -1)).slice(1, -1)));
        if (!warnings.some(({ code }) => code === "reasoning_not_replayed")) expect({ modelId, lost }).toEqual({ modelId, lost: [] });
        counts.sent++;
        if (warnings.length === 0) continue;
        counts.repaired++;
        if (history.start % 7 === 0) expect(await explain(model, history, "strict")).toBe(`${warnings[0]?.path}: ${warnings[0]?.message}`);
      }
    }),
    { seed: 20261126, numRuns: HISTORIES },
  );
  expect(counts.sent).toBeGreaterThan(2 * HISTORIES);
  expect(counts.repaired).toBeGreaterThan(HISTORIES);
  expect(counts.refused).toBeLessThan(HISTORIES);
});
