import { AIMessage, HumanMessage } from "@langchain/core/messages";
import { approximateMessage, approximateText } from "../../langchain/request/approximate_tokens.js";
import { estimateChat, estimateEmbedding } from "../../langchain/request/quota.js";

const CLAUDE = "us.anthropic.claude-haiku-4-5-20251001-v1:0";
const hello = new HumanMessage("Hello there, how are you?");

test("input and maxTokens are taken; without it the longest answer of the model", () => {
  const input = approximateMessage(hello);
  expect(estimateChat(CLAUDE, [hello], { inferenceConfig: { maxTokens: 100 } }).tokens).toBe(input + 100);
  expect(estimateChat(CLAUDE, [hello], {}).tokens).toBe(input + 64_000);
  expect(estimateChat("acme.unknown-v1", [hello], {}).tokens).toBe(input);
});

test("tools are input", () => {
  const tools = [{ toolSpec: { name: "search", inputSchema: { json: { type: "object" } } } }];
  const without = estimateChat(CLAUDE, [hello], {}).tokens;
  expect(estimateChat(CLAUDE, [hello], { toolConfig: { tools } }).tokens).toBeGreaterThan(without);
});

/** AWS, "How tokens are counted in Amazon Bedrock". */
test.each([
  ["anthropic.claude-3-5-sonnet-20241022-v2:0", 5],
  ["us.anthropic.claude-sonnet-4-6", 5],
  ["anthropic.claude-opus-4-7", 5],
  ["global.anthropic.claude-opus-4-8", 15],
  ["us.anthropic.claude-sonnet-5", 10],
  ["anthropic.claude-opus-5", 10],
  ["us.anthropic.claude-fable-5-1", 10],
  ["us.openai.gpt-5.6-terra", 10],
  ["us.anthropic.claude-opus-5-5", 1],
  ["amazon.nova-pro-v1:0", 1],
  ["openai.gpt-oss-120b-1:0", 1],
  ["acme.unknown-v1", 1],
])("a token of %s counts %i times", (model, outputBurndown) => {
  expect(estimateChat(model, [hello], {}).outputBurndown).toBe(outputBurndown);
});

test("a message that has new content is counted anew", () => {
  const message = new AIMessage("short");
  const before = estimateChat(CLAUDE, [message], {}).tokens;
  message.content = "a much longer text than it was before";
  expect(estimateChat(CLAUDE, [message], {}).tokens).toBeGreaterThan(before);
});

test("a long text is sampled, within a twentieth of the whole approximation", () => {
  const parts = Array.from({ length: 4000 }, (_, index) => `Line ${index} of the report says ${"word ".repeat(index % 7)}, and 数字 ${index * 31}.\n`);
  const text = parts.join("");
  const whole = approximateText(text);
  expect(Math.abs(estimateEmbedding([text]).tokens - whole)).toBeLessThan(whole / 20);
  const { tokens } = estimateChat("acme.unknown-v1", [new HumanMessage(text)], {});
  expect(Math.abs(tokens - whole)).toBeLessThan(whole / 20);
});
