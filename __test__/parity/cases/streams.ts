import { events as script, type Answer, type StreamEvent } from "langchain-aws-native/testing";
import { chunks, error, events, message } from "../marks.js";
import { MALFORMED, NOTHING_LOST, NO_ARGUMENTS, ONE_BLOCK, SIGNATURE } from "../reasons.js";
import type { Difference, Subject } from "../types.js";

const CUT_ARGUMENTS =
  "Chunks of a tool call that was cut, as it is at the token limit, add up to an invalid tool call: half a tool call must not run.";
const UNKNOWN_EVENTS = "Events that are new come along, as `response_metadata.unknownEvents` and as `provider` events.";
const CLOSED = "A stream without Bedrock's last event, `metadata`, ends in a chunk with the stop reason and `$metadata` all the same.";
const INCOMPLETE =
  "A stream that ends before Bedrock says that the answer is whole throws an `IncompleteStreamError` with what had come as `partialOutput`: half an answer is none, and half a tool call must not run. A fake of Bedrock must send `messageStop` too; `langchain-aws-native/testing` does ([testing.md](testing.md)).";

const START: StreamEvent = { messageStart: { role: "assistant" } };
const USAGE: StreamEvent = { metadata: { usage: { inputTokens: 7, outputTokens: 3, totalTokens: 10 }, metrics: { latencyMs: 100 } } };
const blue = { type: "text", text: "Blue." };

/** A whole stream: what comes between its start and its end. */
function stream(...events: StreamEvent[]): Answer {
  return script([START, ...events, { messageStop: { stopReason: "end_turn" } }, USAGE]);
}

function delta(contentBlockIndex: number, delta: object): StreamEvent {
  return { contentBlockDelta: { contentBlockIndex, delta } };
}

function text(index: number, value: string): StreamEvent {
  return delta(index, { text: value });
}

function reason(index: number, reasoningContent: object): StreamEvent {
  return delta(index, { reasoningContent });
}

function input(index: number, json: string): StreamEvent {
  return delta(index, { toolUse: { input: json } });
}

function start(contentBlockIndex: number, start: object): StreamEvent {
  return { contentBlockStart: { contentBlockIndex, start } };
}

function call(index: number, toolUseId: string, name: string): StreamEvent {
  return start(index, { toolUse: { toolUseId, name } });
}

function end(contentBlockIndex: number): StreamEvent {
  return { contentBlockStop: { contentBlockIndex } };
}

/** A block that only we keep, as chunks and as content-block events have it. */
function kept(content: object[], standard: object[]): Difference[] {
  return [chunks(NOTHING_LOST, { content }), events(NOTHING_LOST, { content: standard })];
}

function incomplete(): Difference {
  const streamed = { name: "IncompleteStreamError", message: "The answer is incomplete. The stream ended without messageStop." };
  const invoke = { message: "The answer could not be read: end of file before message length reached." };
  return error(INCOMPLETE, { invoke, stream: streamed, events: streamed });
}

export const streams: Subject = {
  subject: "streams",
  cases: [
    { name: "text in pieces", answer: stream(text(0, "Blu"), text(0, "e."), end(0)) },
    { name: "an empty piece of text", answer: stream(text(0, ""), text(0, "Blue."), end(0)) },
    { name: "no text at all", answer: stream() },
    {
      name: "no metadata",
      answer: script([START, text(0, "Blue."), end(0), { messageStop: { stopReason: "end_turn" } }]),
      differs: chunks(CLOSED, {}),
    },
    { name: "no messageStart", answer: script([text(0, "Blue."), end(0), { messageStop: { stopReason: "end_turn" } }, USAGE]) },
    { name: "no contentBlockStop", answer: stream(text(0, "Blue.")) },
    { name: "metadata before messageStop", answer: script([START, text(0, "Blue."), end(0), USAGE, { messageStop: { stopReason: "end_turn" } }]) },
    { name: "a tool call in pieces", answer: stream(call(0, "t1", "f"), input(0, '{"ci'), input(0, 'ty":"Paris"}'), end(0)) },
    {
      name: "two tool calls whose pieces are mixed",
      answer: stream(call(0, "t1", "f"), call(1, "t2", "g"), input(0, '{"a":'), input(1, '{"b":'), input(0, "1}"), input(1, "2}"), end(0), end(1)),
    },
    {
      name: "a tool call without a piece of input",
      answer: stream(call(0, "t1", "f"), end(0)),
      differs: events(NO_ARGUMENTS, {
        content: [{ type: "tool_call", id: "t1", name: "f", args: {} }],
        tool_calls: [{ type: "tool_call", id: "t1", name: "f", args: {} }],
      }),
    },
    {
      name: "a tool call that ends at the token limit",
      answer: script([START, call(0, "t1", "rm"), input(0, '{"path":"/tm'), end(0), { messageStop: { stopReason: "max_tokens" } }, USAGE]),
      differs: [
        message(MALFORMED, {
          invalid_tool_calls: [{ name: "rm", args: '{"path":"/tm', id: "t1", error: "Malformed args.", type: "invalid_tool_call" }],
        }),
        chunks(CUT_ARGUMENTS, {
          tool_calls: [],
          invalid_tool_calls: [{ name: "rm", args: '{"path":"/tm"…', id: "t1", error: "Malformed args.", type: "invalid_tool_call" }],
          tool_call_chunks: [{ name: "rm", id: "t1", index: 0, type: "tool_call_chunk", args: '{"path":"/tm"…' }],
        }),
      ],
    },
    { name: "text, then a tool call", answer: stream(text(0, "Let me see."), end(0), call(1, "t1", "f"), input(1, "{}"), end(1)) },
    {
      name: "reasoning in pieces",
      answer: stream(reason(0, { text: "H" }), reason(0, { text: "m" }), reason(0, { signature: "c2ln" }), end(0), text(1, "Blue."), end(1)),
      differs: events(SIGNATURE, { content: [{ type: "reasoning", reasoning: "Hm", signature: "c2ln" }, blue] }),
    },
    { name: "unsigned reasoning in pieces", answer: stream(reason(0, { text: "H" }), reason(0, { text: "m" }), end(0), text(1, "Blue."), end(1)) },
    {
      name: "a signature in pieces",
      answer: stream(reason(0, { text: "Hm" }), reason(0, { signature: "c2" }), reason(0, { signature: "ln" }), end(0)),
      differs: events(SIGNATURE, { content: [{ type: "reasoning", reasoning: "Hm", signature: "c2ln" }] }),
    },
    {
      name: "redacted reasoning",
      answer: stream(reason(0, { redactedContent: "YWJj" }), end(0), text(1, "Blue."), end(1)),
      differs: events(SIGNATURE, {
        content: [{ type: "non_standard", value: { type: "reasoning_content", redactedContent: "YWJj" } }, blue],
      }),
    },
    {
      name: "reasoning, then text in pieces",
      answer: stream(reason(0, { text: "Hm" }), end(0), text(1, "Blu"), text(1, "e."), end(1)),
      differs: chunks(ONE_BLOCK, { content: [{ type: "reasoning", reasoning: "Hm", index: 0 }, blue] }),
    },
    {
      name: "two texts in pieces",
      answer: stream(text(0, "A"), end(0), text(1, "B"), text(1, "C"), end(1)),
      differs: chunks(ONE_BLOCK, {
        content: [
          { type: "text", text: "A" },
          { type: "text", text: "BC" },
        ],
      }),
    },
    {
      name: "a citation",
      answer: stream(text(0, "Blue."), delta(0, { citation: { title: "Sky" } }), end(0)),
      differs: kept(
        [blue, { type: "citations_content", citationsContent: { citations: [{ title: "Sky" }] } }],
        [
          {
            ...blue,
            annotations: [{ type: "citation", citedText: "", title: "Sky" }],
            citationsContent: { content: [{ text: "Blue." }], citations: [{ title: "Sky" }] },
          },
        ],
      ),
    },
    {
      name: "a tool result",
      answer: stream(start(0, { toolResult: { toolUseId: "s1" } }), delta(0, { toolResult: [{ text: "blue" }] }), end(0)),
      differs: kept(
        [{ type: "tool_result", toolResult: { toolUseId: "s1", content: [{ text: "blue" }] } }],
        [{ type: "non_standard", value: { type: "tool_result", toolResult: { toolUseId: "s1", content: [{ text: "blue" }] } } }],
      ),
    },
    {
      name: "an image",
      answer: stream(start(0, { image: { format: "png" } }), delta(0, { image: { source: { bytes: "iVBORw==" } } }), end(0)),
      differs: kept(
        [{ type: "image", image: { format: "png", source: { bytes: { $bytes: "iVBORw==" } } } }],
        [{ type: "image", mimeType: "image/png", data: "iVBORw==" }],
      ),
    },
    {
      name: "a delta of a kind that is new",
      answer: stream(delta(0, { hologram: { depth: 3 } }), end(0)),
      differs: [
        ...kept([{ type: "hologram", hologram: { depth: 3 } }], [{ type: "non_standard", value: { type: "hologram", hologram: { depth: 3 } } }]),
        message(NOTHING_LOST, { content: [{ type: "hologram", hologram: { depth: 3 } }] }),
      ],
    },
    {
      name: "an event of a kind that is new",
      answer: stream({ sparkle: { n: 1 } }, text(0, "Blue."), end(0)),
      differs: [chunks(UNKNOWN_EVENTS, {}), events(UNKNOWN_EVENTS, {})],
    },
    {
      name: "the model's own response fields",
      answer: script([
        START,
        text(0, "Blue."),
        end(0),
        { messageStop: { stopReason: "end_turn", additionalModelResponseFields: { a: [1] } } },
        USAGE,
      ]),
    },
    { name: "a stream that ends in the middle of text", answer: script([START, text(0, "Blu")]), differs: incomplete() },
    {
      name: "a stream that ends in the middle of a tool call",
      answer: script([START, call(0, "t1", "rm"), input(0, '{"path":"/')]),
      differs: incomplete(),
    },
    { name: "a stream that ends before anything", answer: script([]), differs: incomplete() },
  ],
};
