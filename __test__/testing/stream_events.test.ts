import fc from "fast-check";
import { toJson } from "../../testing/json.js";
import type { ContentBlock, MessageAnswer, StreamEvent } from "../../testing/index.js";
import { composeResponse } from "../../testing/response.js";
import { assembleEvents } from "../../testing/stream_assembly.js";
import { eventsOf, textPieces, toolInputPieces } from "../../testing/stream_events.js";
import { requestOf } from "./support.js";

const request = requestOf({ messages: [{ role: "user", content: [{ text: "Hello" }] }] });

function eventsFor(answer: string | ContentBlock[] | MessageAnswer): StreamEvent[] {
  return eventsOf(composeResponse(answer, request));
}

/** The events of one block, without the message around them. */
function blockEvents(block: ContentBlock): StreamEvent[] {
  return eventsFor([block]).slice(1, -2);
}

function delta(delta: object): StreamEvent {
  return { contentBlockDelta: { contentBlockIndex: 0, delta } };
}

const STOP = { contentBlockStop: { contentBlockIndex: 0 } };

describe("pieces", () => {
  test("text is cut before words and within long ones", () => {
    expect(textPieces("J'adore la programmation. ")).toEqual(["J'adore", " la", " programm", "ation.", " "]);
    expect(textPieces("")).toEqual([""]);
  });

  test("joined pieces are the text, and no character is cut", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (text) => {
        const pieces = textPieces(text);
        expect(pieces.join("")).toBe(text);
        expect(pieces.map((piece) => Buffer.from(piece).toString())).toEqual(pieces);
      }),
    );
  });

  test("tool input begins with an empty piece, which is all there is without arguments", () => {
    expect(toolInputPieces({ city: "Paris" })).toEqual(["", '{"city":"P', 'aris"}']);
    expect(toolInputPieces({})).toEqual([""]);
  });
});

describe("a message", () => {
  test("has Bedrock's order of events, with a start for tool use only", () => {
    const names = eventsFor([{ text: "Hello" }, { toolUse: { name: "now" } }]).map((event) => Object.keys(event)[0]);
    expect(names).toEqual([
      "messageStart",
      "contentBlockDelta",
      "contentBlockStop",
      "contentBlockStart",
      "contentBlockDelta",
      "contentBlockStop",
      "messageStop",
      "metadata",
    ]);
  });

  test("says in its last events what a whole response says beside its content", () => {
    const answer = { content: "Hi", stopReason: "max_tokens", additionalModelResponseFields: { a: 1 }, usage: { outputTokens: 9 }, trace: { b: 2 } };
    const response = composeResponse(answer, request);
    expect(response).toMatchObject({ stopReason: "max_tokens", trace: { b: 2 }, additionalModelResponseFields: { a: 1 } });
    expect(eventsOf(response).slice(-2)).toEqual([
      { messageStop: { stopReason: "max_tokens", additionalModelResponseFields: { a: 1 } } },
      { metadata: { usage: response.usage, metrics: response.metrics, trace: { b: 2 } } },
    ]);
    expect(response.usage).toEqual({ inputTokens: expect.any(Number), outputTokens: 9, totalTokens: Number(response.usage["inputTokens"]) + 9 });
  });

  test("stops for a tool only when the client is to run it", () => {
    expect(composeResponse([{ toolUse: { name: "now" } }], request).stopReason).toBe("tool_use");
    expect(composeResponse([{ toolUse: { name: "web", type: "server_tool_use" } }], request).stopReason).toBe("end_turn");
  });

  test("gives each of two equal calls an id of its own, the same in each run", () => {
    const calls = [{ toolUse: { name: "now" } }, { toolUse: { name: "now" } }];
    const ids = composeResponse(calls, request).output.message.content.map((block) => (block["toolUse"] as { toolUseId: string }).toolUseId);
    expect(new Set(ids).size).toBe(2);
    for (const id of ids) expect(id).toMatch(/^tooluse_[\w-]{22}$/);
    expect(composeResponse(calls, request)).toEqual(composeResponse(calls, request));
  });
});

describe("blocks", () => {
  test("reasoning is flat in a stream, its signature last", () => {
    expect(blockEvents({ reasoningContent: { reasoningText: { text: "I see", signature: "sig" } } })).toEqual([
      delta({ reasoningContent: { text: "I" } }),
      delta({ reasoningContent: { text: " see" } }),
      delta({ reasoningContent: { signature: "sig" } }),
      STOP,
    ]);
  });

  test("redacted reasoning comes whole, as base64", () => {
    expect(blockEvents({ reasoningContent: { redactedContent: Buffer.from("abc") } })).toEqual([
      delta({ reasoningContent: { redactedContent: "YWJj" } }),
      STOP,
    ]);
  });

  test("citations follow the text they belong to", () => {
    const citation = { title: "T", location: { documentPage: { documentIndex: 0, start: 1, end: 2 } } };
    expect(blockEvents({ citationsContent: { content: [{ text: "So be" }], citations: [citation] } })).toEqual([
      delta({ text: "So" }),
      delta({ text: " be" }),
      delta({ citation }),
      STOP,
    ]);
  });

  test("tools of the server announce their type, and their results come in the same message", () => {
    expect(blockEvents({ toolUse: { toolUseId: "1", name: "web", input: {}, type: "server_tool_use" } })).toEqual([
      { contentBlockStart: { contentBlockIndex: 0, start: { toolUse: { toolUseId: "1", name: "web", type: "server_tool_use" } } } },
      delta({ toolUse: { input: "" } }),
      STOP,
    ]);
    expect(blockEvents({ toolResult: { toolUseId: "1", status: "success", content: [{ text: "a" }, { json: { b: 1 } }] } })).toEqual([
      { contentBlockStart: { contentBlockIndex: 0, start: { toolResult: { toolUseId: "1", status: "success" } } } },
      delta({ toolResult: [{ text: "a" }] }),
      delta({ toolResult: [{ json: { b: 1 } }] }),
      STOP,
    ]);
  });

  test("an image announces its format", () => {
    expect(blockEvents({ image: { format: "png", source: { bytes: "AAAA" } } })).toEqual([
      { contentBlockStart: { contentBlockIndex: 0, start: { image: { format: "png" } } } },
      delta({ image: { source: { bytes: "AAAA" } } }),
      STOP,
    ]);
  });

  test("a block of an unknown kind is one delta", () => {
    expect(blockEvents({ hologram: { depth: 3 } })).toEqual([delta({ hologram: { depth: 3 } }), STOP]);
  });
});

describe("assembling", () => {
  test("gives back what was cut", () => {
    const content: ContentBlock[] = [
      { reasoningContent: { reasoningText: { text: "I see it", signature: "sig" } } },
      { reasoningContent: { redactedContent: "YWJj" } },
      { text: "Hello there" },
      { citationsContent: { content: [{ text: "So be it" }], citations: [{ title: "T" }, { title: "U" }] } },
      { toolUse: { toolUseId: "1", name: "a", input: {} } },
      { toolUse: { toolUseId: "2", name: "b", input: { list: [1, { deep: "é🎉" }] } } },
      { toolResult: { toolUseId: "1", content: [{ text: "a" }, { json: { b: 1 } }] } },
      { image: { format: "png", source: { bytes: "AAAA" } } },
      { hologram: { depth: 3 } },
    ];
    const response = composeResponse({ content, stopReason: "stop_sequence", trace: { b: 2 } }, request);
    const { output, ...members } = response;
    expect(toJson(assembleEvents(eventsOf(response)))).toEqual({ ...members, content: output.message.content });
  });

  test("keeps tool input that is no JSON as it came", () => {
    const events = [
      { contentBlockStart: { contentBlockIndex: 0, start: { toolUse: { toolUseId: "1", name: "a" } } } },
      delta({ toolUse: { input: '{"path":"' } }),
      STOP,
    ];
    expect(assembleEvents(events).content).toEqual([{ toolUse: { toolUseId: "1", name: "a", input: '{"path":"' } }]);
  });
});
