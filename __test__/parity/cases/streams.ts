import { events, type StreamEvent } from "langchain-aws-native/testing";
import type { Subject } from "../types.js";

const START: StreamEvent = { messageStart: { role: "assistant" } };
const USAGE: StreamEvent = { metadata: { usage: { inputTokens: 7, outputTokens: 3, totalTokens: 10 }, metrics: { latencyMs: 100 } } };
const stop = (stopReason: string = "end_turn"): StreamEvent => ({ messageStop: { stopReason } });
const delta = (contentBlockIndex: number, delta: object): StreamEvent => ({ contentBlockDelta: { contentBlockIndex, delta } });
const text = (index: number, value: string): StreamEvent => delta(index, { text: value });
const start = (contentBlockIndex: number, start: object): StreamEvent => ({ contentBlockStart: { contentBlockIndex, start } });
const end = (contentBlockIndex: number): StreamEvent => ({ contentBlockStop: { contentBlockIndex } });
const input = (index: number, json: string): StreamEvent => delta(index, { toolUse: { input: json } });
const reason = (index: number, reasoningContent: object): StreamEvent => delta(index, { reasoningContent });

export const streams: Subject = {
  subject: "streams",
  cases: [
    { name: "text in pieces", answer: events([START, text(0, "Blu"), text(0, "e."), end(0), stop(), USAGE]) },
    { name: "an empty piece of text", answer: events([START, text(0, ""), text(0, "Blue."), end(0), stop(), USAGE]) },
    { name: "no text at all", answer: events([START, stop(), USAGE]) },
    { name: "no metadata", answer: events([START, text(0, "Blue."), end(0), stop()]) },
    { name: "no messageStart", answer: events([text(0, "Blue."), end(0), stop(), USAGE]) },
    { name: "no contentBlockStop", answer: events([START, text(0, "Blue."), stop(), USAGE]) },
    { name: "metadata before messageStop", answer: events([START, text(0, "Blue."), end(0), USAGE, stop()]) },
    { name: "a tool call in pieces", answer: events([START, start(0, { toolUse: { toolUseId: "t1", name: "f" } }), input(0, '{"ci'), input(0, 'ty":"Paris"}'), end(0), stop("tool_use"), USAGE]) },
    { name: "two tool calls whose pieces are mixed", answer: events([START, start(0, { toolUse: { toolUseId: "t1", name: "f" } }), start(1, { toolUse: { toolUseId: "t2", name: "g" } }), input(0, '{"a":'), input(1, '{"b":'), input(0, "1}"), input(1, "2}"), end(0), end(1), stop("tool_use"), USAGE]) },
    { name: "a tool call without a piece of input", answer: events([START, start(0, { toolUse: { toolUseId: "t1", name: "f" } }), end(0), stop("tool_use"), USAGE]) },
    { name: "a tool call that ends at the token limit", answer: events([START, start(0, { toolUse: { toolUseId: "t1", name: "rm" } }), input(0, '{"path":"/tm'), end(0), stop("max_tokens"), USAGE]) },
    { name: "text, then a tool call", answer: events([START, text(0, "Let me see."), end(0), start(1, { toolUse: { toolUseId: "t1", name: "f" } }), input(1, "{}"), end(1), stop("tool_use"), USAGE]) },
    { name: "reasoning in pieces", answer: events([START, reason(0, { text: "H" }), reason(0, { text: "m" }), reason(0, { signature: "c2ln" }), end(0), text(1, "Blue."), end(1), stop(), USAGE]) },
    { name: "unsigned reasoning in pieces", answer: events([START, reason(0, { text: "H" }), reason(0, { text: "m" }), end(0), text(1, "Blue."), end(1), stop(), USAGE]) },
    { name: "a signature in pieces", answer: events([START, reason(0, { text: "H" }), reason(0, { signature: "c2" }), reason(0, { signature: "ln" }), end(0), stop(), USAGE]) },
    { name: "redacted reasoning", answer: events([START, reason(0, { redactedContent: "YWJj" }), end(0), text(1, "Blue."), end(1), stop(), USAGE]) },
    { name: "reasoning, then text in pieces", answer: events([START, reason(0, { text: "Hm" }), end(0), text(1, "Blu"), text(1, "e."), end(1), stop(), USAGE]) },
    { name: "two texts in pieces", answer: events([START, text(0, "A"), end(0), text(1, "B"), end(1), stop(), USAGE]) },
    { name: "a citation", answer: events([START, text(0, "Blue."), delta(0, { citation: { title: "Sky" } }), end(0), stop(), USAGE]) },
    { name: "a start of a tool result", answer: events([START, start(0, { toolResult: { toolUseId: "s1" } }), delta(0, { toolResult: [{ text: "blue" }] }), end(0), stop(), USAGE]) },
    { name: "a start of an image", answer: events([START, start(0, { image: { format: "png" } }), delta(0, { image: { source: { bytes: "iVBORw==" } } }), end(0), stop(), USAGE]) },
    { name: "a delta of a kind that is new", answer: events([START, delta(0, { hologram: { depth: 3 } }), end(0), stop(), USAGE]) },
    { name: "an event of a kind that is new", answer: events([START, { sparkle: { n: 1 } }, text(0, "Blue."), end(0), stop(), USAGE]) },
    { name: "the model's own response fields", answer: events([START, text(0, "Blue."), end(0), { messageStop: { stopReason: "end_turn", additionalModelResponseFields: { a: [1] } } }, USAGE]) },
    { name: "a stream that ends in the middle of text", answer: events([START, text(0, "Blu")]) },
    { name: "a stream that ends in the middle of a tool call", answer: events([START, start(0, { toolUse: { toolUseId: "t1", name: "rm" } }), input(0, '{"path":"/')]) },
    { name: "a stream that ends before anything", answer: events([]) },
  ],
};
