import type { AIMessage, AIMessageChunk } from "@langchain/core/messages";
import type { ChatBedrockConverseInput } from "langchain-aws-native";
import { events, startBedrock, type Bedrock } from "langchain-aws-native/testing";
import { ourModel, ourModelByClient } from "../support/models.js";
import { fold } from "../support/streams.js";

/** Reasoning that Nova 1 writes into its text is split off where the caller wants it. */

const FIELDS: ChatBedrockConverseInput = { model: "us.amazon.nova-pro-v1:0", splitInlineReasoning: true };
const SAID = "<thinking> It is about the sky.</thinking>\n\nIt scatters blue light.";
const SPLIT = [
  { type: "reasoning", reasoning: "It is about the sky." },
  { type: "text", text: "It scatters blue light." },
];

let bedrock: Bedrock;
beforeAll(async () => void (bedrock = await startBedrock()));
afterEach(() => bedrock.reset());
afterAll(() => bedrock.close());

/** The answer in pieces of a few characters, so that the tags are cut. */
function inPieces(): ReturnType<typeof events> {
  const pieces = SAID.match(/[^]{1,5}/g) ?? [];
  return events([
    { messageStart: { role: "assistant" } },
    ...pieces.map((text) => ({ contentBlockDelta: { contentBlockIndex: 0, delta: { text } } })),
    { contentBlockStop: { contentBlockIndex: 0 } },
    { messageStop: { stopReason: "end_turn" } },
    { metadata: { usage: { inputTokens: 1, outputTokens: 2, totalTokens: 3 }, metrics: { latencyMs: 1 } } },
  ]);
}

const blocksOf = ({ contentBlocks }: AIMessage | AIMessageChunk): object[] => contentBlocks.map((block) => ("reasoning" in block ? { type: block.type, reasoning: block.reasoning } : { type: block.type, text: block["text"] }));

describe.each([
  ["the native client", ourModel],
  ["AWS's client for JavaScript", ourModelByClient],
])("by %s", (_way, modelOf) => {
  test("invoke", async () => {
    bedrock.reply(SAID);
    const answer = await modelOf(bedrock, FIELDS).invoke("Why is the sky blue?");
    expect(blocksOf(answer)).toEqual(SPLIT);
    expect(answer.text).toBe("It scatters blue light.");
  });

  test("stream", async () => {
    bedrock.reply(inPieces());
    const answer = await fold(await modelOf(bedrock, FIELDS).stream("Why is the sky blue?"));
    expect(blocksOf(answer)).toEqual(SPLIT);
  });

  test("content-block events", async () => {
    bedrock.reply(inPieces());
    const answer = await ((await modelOf(bedrock, FIELDS).streamEvents("Why is the sky blue?", {} as never)) as unknown as PromiseLike<AIMessage>);
    expect(blocksOf(answer)).toEqual(SPLIT);
  });
});

test("a call's option has precedence, and without it the text stays as it is", async () => {
  bedrock.replyAlways(SAID);
  expect((await ourModel(bedrock, FIELDS).invoke("Hi", { splitInlineReasoning: false })).text).toBe(SAID);
  expect((await ourModel(bedrock, { model: FIELDS.model }).invoke("Hi")).text).toBe(SAID);
});
