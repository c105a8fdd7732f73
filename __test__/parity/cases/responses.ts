import { citations, reasoning, text, toolUse, type Answer, type ContentBlock } from "langchain-aws-native/testing";
import { chunks, events, message } from "../marks.js";
import { PIXEL } from "../messages.js";
import { MALFORMED, NOTHING_LOST, NO_ARGUMENTS, ONE_BLOCK, SIGNATURE } from "../reasons.js";
import type { Difference, Subject } from "../types.js";

const SERVER_TOOL = "A tool that Bedrock ran itself is content and no tool call, so that no agent runs it again.";
const STOP_REASON =
  "Of content-block events, `message-finish` calls an answer cut by a full context window `length`, and gives malformed answers no reason at all instead of `stop`.";

const USAGE = { inputTokens: 7, outputTokens: 3 };

/** An answer whose usage does not depend on the request. */
function answer(content: string | ContentBlock[], members: object = {}): Answer {
  return { content, usage: USAGE, ...members };
}

/** A block that only we keep, in chunks and events at least. `standard` are the blocks that content-block events make of it. */
function kept(content: object[], standard: object[], ...others: Difference[]): Difference[] {
  return [chunks(NOTHING_LOST, { content }), events(NOTHING_LOST, { content: standard }), ...others];
}

function nonStandard(value: object): object {
  return { type: "non_standard", value };
}

const VIDEO = { video: { format: "mp4", source: { s3Location: { uri: "s3://b/v.mp4" } } } };
const DOCUMENT = { document: { format: "txt", name: "notes", source: { text: "x" } } };
const GUARDED = { guardContent: { text: { text: "x", qualifiers: ["query"] } } };
const SEARCH_RESULT = { searchResult: { source: "s", title: "t", content: [{ text: "c" }] } };
const CITATIONS = [{ title: "Sky", sourceContent: [{ text: "blue" }], location: { documentChar: { documentIndex: 0, start: 1, end: 5 } } }];
const CITED = { content: [{ text: "The sky is blue." }], citations: CITATIONS };
const SERVER_CALL = { toolUse: { type: "server_tool_use", name: "nova_grounding", toolUseId: "s1", input: { q: "sky" } } };
const SERVER_RESULT = { toolResult: { toolUseId: "s1", content: [{ text: "blue" }], type: "nova_grounding_result" } };
const INVALID = { name: "f", args: '{"a":', id: "t1" };

const audio = { type: "audio", audio: { format: "wav", source: { bytes: { $bytes: "UklGRg==" } } } };
const searchResult = { type: "search_result", ...SEARCH_RESULT };
const hologram = { type: "hologram", hologram: { depth: 3 } };
const blue = { type: "text", text: "Blue." };
const signed = (value: string): object => ({ type: "reasoning", reasoning: value, signature: "c2ln" });

export const responses: Subject = {
  subject: "responses",
  cases: [
    { name: "a text", answer: answer("Blue light scatters more than red light.") },
    { name: "an empty text", answer: answer("") },
    { name: "no content", answer: answer([]) },
    { name: "text of every script", answer: answer('"\\\n é 漢字 \u{1f600}') },
    {
      name: "two texts",
      answer: answer([text("One thing. "), text("Another.")]),
      differs: chunks(ONE_BLOCK, {
        content: [
          { type: "text", text: "One thing. " },
          { type: "text", text: "Another." },
        ],
      }),
    },
    { name: "a tool call", answer: answer([toolUse("get_weather", { city: "Paris", days: [1, 2.5], deep: { z: null, a: true } }, "t1")]) },
    {
      name: "a tool call without arguments",
      answer: answer([toolUse("now", {}, "t1")]),
      differs: events(NO_ARGUMENTS, {
        content: [{ type: "tool_call", id: "t1", name: "now", args: {} }],
        tool_calls: [{ type: "tool_call", id: "t1", name: "now", args: {} }],
      }),
    },
    { name: "text and a tool call", answer: answer([text("Let me look that up."), toolUse("get_weather", { city: "Paris" }, "t1")]) },
    { name: "text and two tool calls", answer: answer([text("Sure."), toolUse("f", { a: 1 }, "t1"), toolUse("g", { b: 2 }, "t2")]) },
    { name: "a tool call before text", answer: answer([toolUse("f", { a: 1 }, "t1"), text("I asked.")]) },
    {
      name: "signed reasoning and text",
      answer: answer([reasoning("Hm. Light.", "c2ln"), text("Blue.")]),
      differs: events(SIGNATURE, { content: [signed("Hm. Light."), blue] }),
    },
    {
      name: "signed reasoning and long text",
      answer: answer([reasoning("Hm.", "c2ln"), text("Blue light scatters more.")]),
      differs: [
        chunks(ONE_BLOCK, {
          content: [
            { type: "reasoning", reasoning: "Hm.", index: 0, signature: "c2ln" },
            { type: "text", text: "Blue light scatters more." },
          ],
        }),
        events(SIGNATURE, { content: [signed("Hm."), { type: "text", text: "Blue light scatters more." }] }),
      ],
    },
    { name: "unsigned reasoning", answer: answer([reasoning("Hm. Light."), text("Blue.")]) },
    {
      name: "reasoning and a tool call",
      answer: answer([reasoning("Hm.", "c2ln"), toolUse("f", { a: 1 }, "t1")]),
      differs: events(SIGNATURE, { content: [signed("Hm."), { type: "tool_call", id: "t1", name: "f", args: { a: 1 } }] }),
    },
    {
      name: "redacted reasoning",
      answer: answer([{ reasoningContent: { redactedContent: "c2VjcmV0" } }, text("Blue.")]),
      differs: events(SIGNATURE, { content: [nonStandard({ type: "reasoning_content", redactedContent: "c2VjcmV0" }), blue] }),
    },
    {
      name: "citations",
      answer: answer([citations("The sky is blue.", CITATIONS)]),
      differs: kept(
        [
          { type: "text", text: "The sky is blue." },
          { type: "citations_content", citationsContent: { citations: CITATIONS } },
        ],
        [
          {
            type: "text",
            text: "The sky is blue.",
            annotations: [{ type: "citation", citedText: "blue", title: "Sky", source: "0", startIndex: 1, endIndex: 5 }],
            citationsContent: CITED,
          },
        ],
      ),
    },
    {
      name: "an image",
      answer: answer([text("Here:"), { image: { format: "png", source: { bytes: PIXEL } } }]),
      differs: kept(
        [
          { type: "text", text: "Here:" },
          { type: "image", image: { format: "png", source: { bytes: { $bytes: PIXEL } } } },
        ],
        [
          { type: "text", text: "Here:" },
          { type: "image", mimeType: "image/png", data: PIXEL },
        ],
      ),
    },
    { name: "a video", answer: answer([VIDEO]), differs: kept([{ type: "video", ...VIDEO }], [nonStandard({ type: "video", ...VIDEO })]) },
    {
      name: "audio",
      answer: answer([{ audio: { format: "wav", source: { bytes: "UklGRg==" } } }]),
      differs: kept(
        [audio],
        [nonStandard({ type: "audio", audio: { format: "wav", source: { bytes: "UklGRg==" } } })],
        message(NOTHING_LOST, { content: [audio] }),
      ),
    },
    {
      name: "a document",
      answer: answer([DOCUMENT]),
      differs: kept([{ type: "document", ...DOCUMENT }], [nonStandard({ type: "document", ...DOCUMENT })]),
    },
    {
      name: "guarded content",
      answer: answer([GUARDED]),
      differs: kept([{ type: "guard_content", ...GUARDED }], [nonStandard({ type: "guard_content", ...GUARDED })]),
    },
    {
      name: "a search result",
      answer: answer([SEARCH_RESULT]),
      differs: kept([searchResult], [nonStandard(searchResult)], message(NOTHING_LOST, { content: [searchResult] })),
    },
    {
      name: "a cache point",
      answer: answer([text("Blue."), { cachePoint: { type: "default" } }]),
      differs: kept(
        [blue, { type: "cache_point", cachePoint: { type: "default" } }],
        [blue, nonStandard({ type: "cache_point", cachePoint: { type: "default" } })],
      ),
    },
    {
      name: "a block of a kind that is new",
      answer: answer([text("Blue."), { hologram: { depth: 3 } }]),
      differs: kept([blue, hologram], [blue, nonStandard(hologram)], message(NOTHING_LOST, { content: [blue, hologram] })),
    },
    {
      name: "a tool that Bedrock ran",
      answer: answer([SERVER_CALL, SERVER_RESULT, text("Blue.")]),
      differs: [
        message(SERVER_TOOL, {
          content: [{ type: "server_tool_use", ...SERVER_CALL }, { type: "tool_result", ...SERVER_RESULT }, blue],
          tool_calls: [],
        }),
        chunks(SERVER_TOOL, { content: [{ type: "server_tool_use", ...SERVER_CALL }, { type: "tool_result", ...SERVER_RESULT }, blue] }),
        events(SERVER_TOOL, {
          content: [
            { type: "server_tool_call", id: "s1", name: "nova_grounding", args: { q: "sky" }, ...SERVER_CALL },
            nonStandard({ type: "tool_result", ...SERVER_RESULT }),
            blue,
          ],
          tool_calls: [],
        }),
      ],
    },
    {
      name: "a tool call whose input is no object",
      answer: answer([{ toolUse: { name: "f", toolUseId: "t1", input: '{"a":' } }]),
      differs: [
        message(MALFORMED, { invalid_tool_calls: [{ ...INVALID, error: "Malformed args.", type: "invalid_tool_call" }] }),
        events(MALFORMED, {
          content: [{ ...INVALID, type: "invalid_tool_call", error: "Failed to parse tool call arguments as JSON" }],
          tool_calls: [],
        }),
      ],
    },

    {
      name: "usage of a prompt cache",
      answer: { content: "Blue.", usage: { ...USAGE, cacheReadInputTokens: 100, cacheWriteInputTokens: 50, totalTokens: 160 } },
    },
    {
      name: "usage of a prompt cache that was not hit",
      answer: { content: "Blue.", usage: { ...USAGE, cacheReadInputTokens: 0, cacheWriteInputTokens: 0 } },
    },
    {
      name: "usage of a prompt cache by lifetime",
      answer: {
        content: "Blue.",
        usage: {
          ...USAGE,
          cacheWriteInputTokens: 50,
          totalTokens: 60,
          cacheDetails: [
            { ttl: "5m", inputTokens: 20 },
            { ttl: "1h", inputTokens: 30 },
          ],
        },
      },
    },
    { name: "stop at a stop sequence", answer: answer("Blue", { stopReason: "stop_sequence" }) },
    { name: "stop at the token limit", answer: answer("Blue", { stopReason: "max_tokens" }) },
    { name: "stop by a guardrail", answer: answer("No.", { stopReason: "guardrail_intervened", trace: { guardrail: { actionReason: "x" } } }) },
    { name: "stop by a content filter", answer: answer("", { stopReason: "content_filtered" }) },
    {
      name: "stop because the context window is full",
      answer: answer("Blue", { stopReason: "model_context_window_exceeded" }),
      differs: events(STOP_REASON, {
        response_metadata: { output_version: "v1", model_provider: "bedrock-converse", finish_reason: "length" },
      }),
    },
    {
      name: "stop because the model's output was malformed",
      answer: answer("Blue", { stopReason: "malformed_model_output" }),
      differs: events(STOP_REASON, { response_metadata: { output_version: "v1", model_provider: "bedrock-converse" } }),
    },
    {
      name: "performance, service tier and a trace",
      answer: answer("Blue.", {
        performanceConfig: { latency: "optimized" },
        serviceTier: { type: "flex" },
        trace: { promptRouter: { invokedModelId: "m" } },
      }),
    },
    {
      name: "the model's own response fields",
      answer: answer("Blue.", { additionalModelResponseFields: { stop_sequence: "x", list: [1, { z: 1, a: 2 }] } }),
    },
  ],
};
