import { ChatModelStream } from "@langchain/core/language_models/stream";
import { type AIMessage, HumanMessage, ToolMessage } from "@langchain/core/messages";
import fc from "fast-check";
import { startBedrock, type Bedrock, type ContentBlock } from "langchain-aws-native/testing";
import { ourModel } from "../support/models.js";
import { fold } from "../support/streams.js";
import { anyContent, BLOCKS, distinct, isClientCall } from "./blocks.js";
import { plain } from "./outcome.js";

type Json = Record<string, unknown>;
type Asking = (question: HumanMessage) => Promise<AIMessage>;

const QUESTION = new HumanMessage("Why is the sky blue?");
const USAGE = { inputTokens: 7, outputTokens: 3, totalTokens: 20, cacheReadInputTokens: 10 };
const SEED = { seed: 20261122 };
/** For machines that are busy otherwise: two seconds are enough. */
jest.setTimeout(60_000);

let bedrock: Bedrock;
beforeAll(async () => void (bedrock = await startBedrock({ strict: false })));
afterAll(() => bedrock.close());

/** The ways to get an answer. */
const invoke: Asking = (question) => ourModel(bedrock).invoke([question]);
const foldChunks: Asking = async (question) => fold(await ourModel(bedrock).stream([question]));
const assembleEvents: Asking = async (question) =>
  (ourModel(bedrock).streamEvents([question], undefined as never) as unknown as ChatModelStream).output;

async function ask(how: Asking, content: ContentBlock[]): Promise<AIMessage> {
  bedrock.reset();
  bedrock.replyAlways({ content, usage: USAGE });
  return how(QUESTION);
}

/** What the wire says of an answer when it is put into the next request. */
async function replay(answer: AIMessage): Promise<Json[] | undefined> {
  const results = (answer.tool_calls ?? []).map(({ id }) => new ToolMessage({ content: "x", tool_call_id: id ?? "" }));
  bedrock.reset();
  bedrock.replyAlways("Yes.");
  await ourModel(bedrock, { adaptation: "off" }).invoke([QUESTION, answer, ...(results.length > 0 ? results : [new HumanMessage("And?")])]);
  return bedrock.requests[0]?.body.messages?.[1]?.content;
}

/** LangChain keeps a message's tool calls beside its content, so that their place among the blocks is lost. */
function callsLast(content: ContentBlock[]): ContentBlock[] {
  return [...content.filter((block) => !isClientCall(block)), ...content.filter(isClientCall)];
}

/** Answers of one kind each. A cache point alone is no answer. */
const KINDS = Object.entries(BLOCKS).map(([kind, block]): [string, fc.Arbitrary<ContentBlock[]>] => [
  kind,
  block.map((one) => distinct([...(kind === "cachePoint" ? [{ text: "Yes." }] : []), structuredClone(one)])),
]);

describe.each([...KINDS, ["any content", anyContent] as const])("%s", (kind, content) => {
  const runs = { ...SEED, numRuns: kind === "any content" ? 150 : 12 };

  test("an answer can be the next request", () =>
    fc.assert(
      fc.asyncProperty(content, async (blocks) => {
        expect(await replay(await ask(invoke, blocks))).toEqual(callsLast(blocks));
      }),
      runs,
    ));

  test("a streamed answer can be the next request", () =>
    fc.assert(
      fc.asyncProperty(content, async (blocks) => {
        expect(await replay(await ask(foldChunks, blocks))).toEqual(callsLast(blocks));
      }),
      runs,
    ));

  test("an answer of content-block events can be the next request", () =>
    fc.assert(
      fc.asyncProperty(content, async (blocks) => {
        expect(await replay(await ask(assembleEvents, blocks))).toEqual(blocks);
      }),
      runs,
    ));

  test("chunks add up to the message that invoke gives", () =>
    fc.assert(
      fc.asyncProperty(content, async (blocks) => {
        expect(essence(await ask(foldChunks, blocks))).toEqual(essence(await ask(invoke, blocks)));
      }),
      runs,
    ));

  test("content-block events add up to the message that invoke gives", () =>
    fc.assert(
      fc.asyncProperty(content, async (blocks) => {
        const assembled = await ask(assembleEvents, blocks);
        expect(essence({ ...plainFields(assembled), content: (assembled.content as Json[]).flatMap(fromStandard) as never })).toEqual(
          essence(await ask(invoke, blocks)),
        );
      }),
      runs,
    ));
});

type Fields = Pick<AIMessage, "content" | "tool_calls" | "invalid_tool_calls" | "usage_metadata">;

function plainFields({ content, tool_calls, invalid_tool_calls, usage_metadata }: Fields): Fields {
  return asBase64(plain({ content, tool_calls, invalid_tool_calls, usage_metadata })) as Fields;
}

/** Events are JSON, so that bytes are base64 in them. */
function asBase64(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value), (_name, member: Json) => member?.["$bytes"] ?? member) as unknown;
}

/** What a message says, without what is only the manner of its coming. */
function essence(message: Fields): Json {
  const { content, tool_calls, invalid_tool_calls, usage_metadata } = plainFields(message);
  const { input_token_details, ...usage } = usage_metadata as unknown as Json;
  delete usage["output_token_details"];
  return { content: joinCitations(blocksOf(content)), tool_calls, invalid_tool_calls, usage: { ...usage, input_token_details } };
}

function blocksOf(content: unknown): Json[] {
  if (typeof content === "string") return content === "" ? [] : [{ type: "text", text: content }];
  return (content as Json[]).map(({ index: _, ...block }) => block);
}

/** The text of a citation is streamed before the citation is known, so that it stands before it as a text. */
function joinCitations(blocks: Json[]): Json[] {
  return blocks.reduce<Json[]>((joined, block) => {
    const cited = block["citationsContent"] as Json | undefined;
    const last = joined.at(-1);
    if (cited === undefined || "content" in cited || last?.["type"] !== "text") return [...joined, block];
    return [...joined.slice(0, -1), { ...block, citationsContent: { content: [{ text: last["text"] }], ...cited } }];
  }, []);
}

/** A standard block as the content block that `invoke` has. */
function fromStandard(block: Json): Json[] {
  const { type, value, citationsContent, toolUse, mimeType, data, fileId } = block;
  if (type === "non_standard") return [value as Json];
  if (type === "tool_call") return [];
  if (citationsContent !== undefined) return [{ type: "citations_content", citationsContent }];
  if (toolUse !== undefined) return [{ type: "server_tool_use", toolUse }];
  if (type !== "image") return [block];
  const source = data === undefined ? { s3Location: { uri: fileId } } : { bytes: data };
  return [{ type: "image", image: { format: String(mimeType).slice("image/".length), source } }];
}
