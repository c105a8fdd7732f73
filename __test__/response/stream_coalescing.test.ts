import type { AIMessageChunk } from "@langchain/core/messages";
import fc from "fast-check";
import { reasoning, startBedrock, text, toolUse, type Bedrock, type ContentBlock } from "langchain-aws-native/testing";
import { ourModel } from "../support/models.js";
import { collect } from "../support/rejection.js";

let bedrock: Bedrock;
beforeAll(async () => {
  bedrock = await startBedrock();
});
afterEach(() => bedrock.reset());
afterAll(() => bedrock.close());

/** Longer than any answer here takes, and no answer waits for it: its end ends the wait. */
const LONG = 30_000;

const stream = (streamCoalescing: number | undefined): Promise<AIMessageChunk[]> => collect(ourModel(bedrock, { streamCoalescing }).stream("Hello"));
const whole = ([first, ...rest]: AIMessageChunk[]): AIMessageChunk => rest.reduce((message, chunk) => message.concat(chunk), first as AIMessageChunk);

/** The message without what differs from call to call. */
function said(chunks: AIMessageChunk[]): unknown {
  const { content, tool_calls, invalid_tool_calls, usage_metadata } = whole(chunks);
  return { content, tool_calls, invalid_tool_calls, usage_metadata };
}

test("joins the pieces of a text that are already here", async () => {
  const words = Array.from({ length: 300 }, (_, index) => `word${index}`).join(" ");
  bedrock.reply(words, words);
  const [apart, together] = [await stream(undefined), await stream(LONG)];
  expect(apart.length).toBeGreaterThan(300);
  expect(together.length).toBeLessThan(10);
  expect(together.map((chunk) => chunk.text).join("")).toBe(words);
});

const words = fc.array(fc.constantFrom("one", "two", "three", "four"), { minLength: 1, maxLength: 30 }).map((all) => all.join(" "));
const block: fc.Arbitrary<ContentBlock> = fc.oneof(
  words.map(text),
  words.map((thought) => reasoning(thought, "c2lnbmVk")),
  words.map((query) => toolUse("search", { query }, "call_1")),
);

test("changes neither the order nor the message, whatever its blocks", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(block, { minLength: 1, maxLength: 4 }), async (blocks) => {
      bedrock.reply(blocks, blocks);
      const [apart, together] = [await stream(undefined), await stream(LONG)];
      expect(said(together)).toEqual(said(apart));
      expect(together.map((chunk) => chunk.text).join("")).toBe(apart.map((chunk) => chunk.text).join(""));
      expect(together.length).toBeLessThanOrEqual(apart.length);
    }),
    { seed: 1, numRuns: 40 },
  );
});
