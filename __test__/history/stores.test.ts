import type { BaseMessage } from "@langchain/core/messages";
import fc from "fast-check";
import { createAgent, summarizationMiddleware } from "langchain";
import { repairHistory } from "langchain-aws-native";
import { startBedrock, type Bedrock } from "langchain-aws-native/testing";
import { ourModel } from "../support/models.js";
import { messagesOf, mutatedConversation } from "./conversations.js";
import { expectSentence, FAMILIES, hushLangChain, missingIn, refusalOf, saidIn, send, type Sent } from "./sent.js";
import { anySteps, type Step } from "./stores.js";

/** Conversations of several providers that were stored, trimmed, merged and damaged between two calls. */

jest.setTimeout(120_000);

const SEED = { seed: 20261126 };

let bedrock: Bedrock;
beforeAll(async () => {
  bedrock = await startBedrock({ strict: false });
  hushLangChain();
});
afterAll(() => bedrock.close());

async function after(steps: Step[], messages: BaseMessage[]): Promise<BaseMessage[]> {
  for (const { run } of steps) messages = await run(messages);
  return messages;
}

test.each(FAMILIES)("what is sent to %s is what Bedrock takes, and each text is in it or in a warning", async (model) => {
  let sentCount = 0;
  let repaired = 0;
  await fc.assert(
    fc.asyncProperty(mutatedConversation, anySteps, async (history, { shortened, store }) => {
      const messages = await after(shortened, messagesOf(history));
      const sent = await send(bedrock, store === null ? messages : await store.run(messages), { model });
      if (sent instanceof Error) return expectSentence(sent, messages);
      expect(refusalOf(sent, model)).toBeUndefined();
      expect(missingIn(sent, messages.flatMap(saidIn))).toEqual([]);
      for (const { path } of sent.warnings) expect(Number(/^messages\[(\d+)\]/.exec(path)?.[1] ?? 0)).toBeLessThan(messages.length);
      sentCount++;
      if (sent.warnings.length > 0) repaired++;
    }),
    { ...SEED, numRuns: 300 },
  );
  expect(sentCount).toBeGreaterThan(150);
  expect(repaired).toBeGreaterThan(100);
});

test.each(FAMILIES)("strict refuses for %s with the first warning, and sends what has none", async (model) => {
  let refused = 0;
  await fc.assert(
    fc.asyncProperty(mutatedConversation, anySteps, async (history, { shortened }) => {
      const messages = await after(shortened, messagesOf(history));
      const sent = await send(bedrock, messages, { model });
      const strict = await send(bedrock, messages, { model, adaptation: "strict" });
      // A change before the fault is refused first.
      if (sent instanceof Error) return expect(String(strict)).toMatch(/^Error: messages/);
      const [first] = sent.warnings;
      if (first === undefined) return expect(strict).toEqual(sent);
      expect(String(strict)).toBe(`Error: ${first.path}: ${first.message}`);
      refused++;
    }),
    { ...SEED, numRuns: 100 },
  );
  expect(refused).toBeGreaterThan(30);
});

test("what is sent of a repaired history is what is sent of the history, and it needs no repair", async () => {
  const model = FAMILIES[0] ?? "";
  let repairs = 0;
  await fc.assert(
    fc.asyncProperty(mutatedConversation, anySteps, async (history, { shortened }) => {
      const messages = await after(shortened, messagesOf(history));
      const sent = await send(bedrock, messages, { model });
      if (sent instanceof Error) return;
      const { messages: repaired, warnings } = repairHistory(messages, { model });
      repairs += Number(warnings.length > 0);
      expect(repairHistory(repaired, { model }).warnings).toEqual([]);
      expect(((await send(bedrock, repaired, { model })) as Sent).body).toEqual(sent.body);
    }),
    { ...SEED, numRuns: 400 },
  );
  expect(repairs).toBeGreaterThan(100);
});

test.each(["anthropic.claude-haiku-4-5-20251001-v1:0", "meta.llama3-3-70b-instruct-v1:0", "openai.gpt-oss-120b-1:0"])(
  "what an agent with summarizationMiddleware sends to %s is what Bedrock takes",
  async (model) => {
    let summaries = 0;
    await fc.assert(
      fc.asyncProperty(mutatedConversation, fc.integer({ min: 1, max: 6 }), async (history, kept) => {
        bedrock.requests.length = 0;
        const chat = ourModel(bedrock, { model });
        const middleware = [summarizationMiddleware({ model: chat, trigger: { messages: 3 }, keep: { messages: kept } })];
        const messages = messagesOf(history);
        try {
          await createAgent({ model: chat, tools: [], middleware }).invoke({ messages });
        } catch (error) {
          expect((error as Error).message).toMatch(/^messages/);
        }
        for (const { body } of bedrock.requests) expect(refusalOf({ body: body as never, warnings: [] }, model)).toBeUndefined();
        if (bedrock.requests.length > 1) summaries++;
      }),
      { ...SEED, numRuns: 60 },
    );
    expect(summaries).toBeGreaterThan(20);
  },
);
