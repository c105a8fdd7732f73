import type { BaseMessage } from "@langchain/core/messages";
import fc from "fast-check";
import type { RequestWarning } from "langchain-aws-native";
import { startBedrock, type Bedrock } from "langchain-aws-native/testing";
import { checkRequest } from "../../testing/checks/index.js";
import { MODEL, ourModel } from "../support/models.js";
import { messageOf, poisonedHistory, type Said, toolsOf } from "./histories.js";

/** Histories in which calls and results do not fit: what is sent is what Bedrock takes, and nothing that was said is lost. */

jest.setTimeout(120_000);

const SEED = { seed: 20261125 };

let bedrock: Bedrock;
beforeAll(async () => void (bedrock = await startBedrock({ strict: false })));
afterAll(() => bedrock.close());

interface Sent {
  body: { messages: { role: string; content: Record<string, unknown>[] }[]; [member: string]: unknown };
  warnings: RequestWarning[];
}

async function send(history: Said[], fields: object = {}): Promise<Sent | string> {
  bedrock.requests.length = 0;
  try {
    const messages: BaseMessage[] = history.map(messageOf);
    const answer = await ourModel(bedrock, fields).invoke(messages, { tools: toolsOf(history) as never });
    return { body: bedrock.requests[0]?.body as never, warnings: (answer.response_metadata["warnings"] ?? []) as RequestWarning[] };
  } catch (error) {
    return (error as Error).message;
  }
}

const FAMILIES = [MODEL, "amazon.nova-pro-v1:0", "meta.llama3-3-70b-instruct-v1:0", "mistral.mistral-large-2407-v1:0", "qwen.qwen3-32b-v1:0", "openai.gpt-oss-120b-1:0"];

test.each(FAMILIES)("what is sent to %s is what Bedrock takes, and each text is in it or in a warning", async (model) => {
  let repaired = 0;
  await fc.assert(
    fc.asyncProperty(poisonedHistory, async (history) => {
      const sent = await send(history, { model });
      if (typeof sent === "string") return expect(sent).toMatch(/^messages(\[\d+\])?(\.content\[\d+\])?: [A-Z].*\.$/u);
      expect(checkRequest({ operation: "converse", modelId: model, body: sent.body as never })?.message).toBeUndefined();
      const said = JSON.stringify([sent.body, sent.warnings]);
      for (const { content } of history.filter(({ by }) => by === "tool")) {
        const texts = typeof content === "string" ? [content] : (content as { text?: unknown }[]).map(({ text }) => text);
        for (const text of texts) if (typeof text === "string" && text.trim() !== "") expect(said).toContain(JSON.stringify(text.trim()).slice(1, -1));
      }
      if (sent.warnings.length > 0) repaired++;
    }),
    { ...SEED, numRuns: 1000 },
  );
  expect(repaired).toBeGreaterThan(100);
});

test("strict refuses what would be repaired, with its place; off sends it", async () => {
  await fc.assert(
    fc.asyncProperty(poisonedHistory, async (history) => {
      const sent = await send(history);
      if (typeof sent === "string" || sent.warnings.length === 0) return;
      expect(await send(history, { adaptation: "strict" })).toBe(`${sent.warnings[0]?.path}: ${sent.warnings[0]?.message}`);
      const raw = await send(history, { adaptation: "off" });
      if (typeof raw !== "string") expect(raw.warnings).toEqual([]);
    }),
    { ...SEED, numRuns: 300 },
  );
});

test("the turns of a growing history stay as they were sent, unless a missing result arrives", async () => {
  await fc.assert(
    fc.asyncProperty(poisonedHistory, async (history) => {
      let before: string[] = [];
      let missingBefore = 0;
      for (let length = 1; length <= history.length; length++) {
        const sent = await send(history.slice(0, length));
        if (typeof sent === "string") continue;
        // A cache point of an hour lifts those before it, since Bedrock refuses a longer lifetime behind a shorter one.
        const turns = sent.body.messages.map((turn) => JSON.stringify(turn).replaceAll(',"ttl":"1h"', ""));
        const missing = sent.warnings.filter(({ code }) => code === "tool_result_missing").length;
        const hasArrived = missing < missingBefore || sent.warnings.some(({ code }) => code === "tool_result_late");
        // The last turns may go on; the results of the last assistant's calls may still arrive.
        const settled = before.slice(0, -2);
        if (!hasArrived) expect(turns.slice(0, settled.length)).toEqual(settled);
        before = turns;
        missingBefore = missing;
      }
    }),
    { ...SEED, numRuns: 200 },
  );
});
