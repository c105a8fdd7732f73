import fc from "fast-check";
import { startBedrock, type Bedrock } from "langchain-aws-native/testing";
import { ourModel, peerModel } from "../support/models.js";
import { anyHistory, isPeerRight, messageOf, type Said, toolsOf } from "./histories.js";

type Json = Record<string, unknown>;

const SEED = { seed: 20261122 };
/** For machines that are busy otherwise: two or three seconds are enough. */
jest.setTimeout(60_000);

let bedrock: Bedrock;
beforeAll(async () => void (bedrock = (await startBedrock({ strict: false })).replyAlways("Yes.")));
afterAll(() => bedrock.close());

/** The text of the request that a model makes of a history, or why it makes none. */
async function bodyOf(model: ReturnType<typeof ourModel>, history: Said[]): Promise<{ body?: string; refusal?: string }> {
  bedrock.requests.length = 0;
  try {
    await model.invoke(history.map(messageOf), { tools: toolsOf(history) as never });
  } catch (error) {
    return { refusal: (error as Error).message };
  }
  return { body: bedrock.requests[0]?.rawBody.toString() };
}

test("where the peer is right, request bodies are equal byte for byte", async () => {
  let right = 0;
  await fc.assert(
    fc.asyncProperty(anyHistory, async (history) => {
      if (!isPeerRight(history)) return;
      right++;
      const theirs = await bodyOf(peerModel(bedrock) as never, history);
      expect(await bodyOf(ourModel(bedrock), history)).toEqual(theirs);
      expect(theirs.refusal).toBeUndefined();
    }),
    { ...SEED, numRuns: 1000 },
  );
  expect(right).toBeGreaterThan(250);
});

test("whatever the history, it is refused with a sentence or sent as Bedrock accepts it", () =>
  fc.assert(
    fc.asyncProperty(anyHistory, async (history) => {
      const { body, refusal } = await bodyOf(ourModel(bedrock), history);
      if (refusal !== undefined) expect(refusal).toMatch(/^messages(\[\d+\])?(\.content\[\d+\])?: [A-Z].*\.$/u);
      else expectLegal(JSON.parse(body ?? "") as { messages: { role: string; content: Json[] }[]; system?: Json[] });
    }),
    { ...SEED, numRuns: 600 },
  ));

function expectLegal({ messages, system = [] }: { messages: { role: string; content: Json[] }[]; system?: Json[] }): void {
  // Claude may speak first.
  const shift = messages[0]?.role === "user" ? 0 : 1;
  expect(messages.map(({ role }) => role)).toEqual(messages.map((_, index) => ((index + shift) % 2 === 0 ? "user" : "assistant")));
  const blocks = messages.flatMap(({ content }) => content);
  const results = blocks
    .map((block) => block["toolResult"] as { toolUseId: string; content: Json[] } | undefined)
    .filter((result) => result !== undefined);
  const calls = blocks.map((block) => block["toolUse"] as { toolUseId: string; name: string } | undefined).filter((call) => call !== undefined);
  const all = [...system, ...blocks, ...results.flatMap(({ content }) => content)];
  for (const { text } of all) if (text !== undefined) expect(text).toMatch(/\S/u);
  for (const { content } of results) expect(content).not.toEqual([]);
  for (const name of [...calls.flatMap(({ name, toolUseId }) => [name, toolUseId]), ...results.map(({ toolUseId }) => toolUseId)]) {
    expect(name).toMatch(/^[a-zA-Z0-9_-]{1,64}$/);
  }
  const documents = all.map((block) => (block["document"] as { name: string } | undefined)?.name).filter((name) => name !== undefined);
  expect(new Set(documents).size).toBe(documents.length);
  for (const name of documents) expect(name).toMatch(/^[a-zA-Z0-9()[\]-]+( [a-zA-Z0-9()[\]-]+)*$/);
  for (const { role, content } of messages) expectLegalTurn(role, content);
}

function expectLegalTurn(role: string, content: Json[]): void {
  expect(content.some((block) => !("cachePoint" in block))).toBe(true);
  const areResults = content.filter((block) => !("cachePoint" in block)).map((block) => "toolResult" in block);
  expect(areResults).toEqual([...areResults].sort((a, b) => Number(b) - Number(a)));
  if (role === "user" && content.some((block) => "document" in block)) expect(content.some((block) => "text" in block)).toBe(true);
  for (const block of content) {
    const { reasoningText } = (block["reasoningContent"] ?? {}) as { reasoningText?: Json };
    if (reasoningText !== undefined) expect(reasoningText).toHaveProperty("signature");
  }
}
