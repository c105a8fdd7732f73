import { citations, reasoning, text, toolUse, type Answer, type ContentBlock } from "langchain-aws-native/testing";
import { PIXEL } from "../messages.js";
import type { Subject } from "../types.js";

const USAGE = { inputTokens: 7, outputTokens: 3 };
/** An answer whose usage does not depend on the request. */
const answer = (content: string | ContentBlock[], members: object = {}): Answer => ({ content, usage: USAGE, ...members });

export const responses: Subject = {
  subject: "responses",
  cases: [
    { name: "a text", answer: answer("Blue light scatters more than red light.") },
    { name: "an empty text", answer: answer("") },
    { name: "no content", answer: answer([]) },
    { name: "text of every script", answer: answer('"\\\n é 漢字 \u{1f600}') },
    { name: "two texts", answer: answer([text("One thing. "), text("Another.")]) },
    { name: "a tool call", answer: answer([toolUse("get_weather", { city: "Paris", days: [1, 2.5], deep: { z: null, a: true } }, "t1")]) },
    { name: "a tool call without arguments", answer: answer([toolUse("now", {}, "t1")]) },
    { name: "text and a tool call", answer: answer([text("Let me look that up."), toolUse("get_weather", { city: "Paris" }, "t1")]) },
    { name: "text and two tool calls", answer: answer([text("Sure."), toolUse("f", { a: 1 }, "t1"), toolUse("g", { b: 2 }, "t2")]) },
    { name: "a tool call before text", answer: answer([toolUse("f", { a: 1 }, "t1"), text("I asked.")]) },
    { name: "signed reasoning and text", answer: answer([reasoning("Hm. Light.", "c2lnbmF0dXJl"), text("Blue.")]) },
    { name: "signed reasoning and long text", answer: answer([reasoning("Hm.", "c2ln"), text("Blue light scatters more.")]) },
    { name: "unsigned reasoning", answer: answer([reasoning("Hm. Light."), text("Blue.")]) },
    { name: "reasoning and a tool call", answer: answer([reasoning("Hm.", "c2ln"), toolUse("f", { a: 1 }, "t1")]) },
    { name: "redacted reasoning", answer: answer([{ reasoningContent: { redactedContent: "c2VjcmV0" } }, text("Blue.")]) },
    { name: "citations", answer: answer([citations("The sky is blue.", [{ title: "Sky", sourceContent: [{ text: "blue" }], location: { documentChar: { documentIndex: 0, start: 1, end: 5 } } }])]) },
    { name: "an image", answer: answer([text("Here:"), { image: { format: "png", source: { bytes: PIXEL } } }]) },
    { name: "a video", answer: answer([{ video: { format: "mp4", source: { s3Location: { uri: "s3://b/v.mp4" } } } }]) },
    { name: "audio", answer: answer([{ audio: { format: "wav", source: { bytes: "UklGRg==" } } }]) },
    { name: "a document", answer: answer([{ document: { format: "txt", name: "notes", source: { text: "x" } } }]) },
    { name: "guarded content", answer: answer([{ guardContent: { text: { text: "x", qualifiers: ["query"] } } }]) },
    { name: "a search result", answer: answer([{ searchResult: { source: "s", title: "t", content: [{ text: "c" }] } }]) },
    { name: "a cache point", answer: answer([text("x"), { cachePoint: { type: "default" } }]) },
    { name: "a block of a kind that is new", answer: answer([text("x"), { hologram: { depth: 3 } }]) },
    { name: "a tool that Bedrock ran", answer: answer([{ toolUse: { type: "server_tool_use", name: "nova_grounding", toolUseId: "s1", input: { q: "sky" } } }, { toolResult: { toolUseId: "s1", content: [{ text: "blue" }], type: "nova_grounding_result" } }, text("Blue.")]) },
    { name: "a tool call whose input is no object", answer: answer([{ toolUse: { name: "f", toolUseId: "t1", input: "{\"a\":" } }]) },
    { name: "usage of a prompt cache", answer: { content: "Blue.", usage: { ...USAGE, cacheReadInputTokens: 100, cacheWriteInputTokens: 50, totalTokens: 160 } } },
    { name: "usage of a prompt cache that was not hit", answer: { content: "Blue.", usage: { ...USAGE, cacheReadInputTokens: 0, cacheWriteInputTokens: 0 } } },
    { name: "usage of a prompt cache by lifetime", answer: { content: "Blue.", usage: { ...USAGE, cacheWriteInputTokens: 50, totalTokens: 60, cacheDetails: [{ ttl: "5m", inputTokens: 20 }, { ttl: "1h", inputTokens: 30 }] } } },
    { name: "stop at a stop sequence", answer: answer("Blue", { stopReason: "stop_sequence" }) },
    { name: "stop at the token limit", answer: answer("Blue", { stopReason: "max_tokens" }) },
    { name: "stop by a guardrail", answer: answer("No.", { stopReason: "guardrail_intervened", trace: { guardrail: { actionReason: "x" } } }) },
    { name: "stop by a content filter", answer: answer("", { stopReason: "content_filtered" }) },
    { name: "stop because the context window is full", answer: answer("Blue", { stopReason: "model_context_window_exceeded" }) },
    { name: "stop because the model's output was malformed", answer: answer("Blue", { stopReason: "malformed_model_output" }) },
    { name: "performance, service tier and a trace", answer: answer("Blue.", { performanceConfig: { latency: "optimized" }, serviceTier: { type: "flex" }, trace: { promptRouter: { invokedModelId: "m" } } }) },
    { name: "the model's own response fields", answer: answer("Blue.", { additionalModelResponseFields: { stop_sequence: "x", list: [1, { z: 1, a: 2 }] } }) },
  ],
};
