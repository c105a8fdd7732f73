import { EventStreamCodec } from "@smithy/core/event-streams";
import { corruptFrame, crc32, encodeEvent, encodeFrame } from "../../testing/event_stream.js";

const codec = new EventStreamCodec(
  (bytes) => (typeof bytes === "string" ? bytes : Buffer.from(bytes).toString()),
  (text) => Buffer.from(text),
);

function decode(frame: Uint8Array): { headers: Record<string, unknown>; payload: string } {
  const { headers, body } = codec.decode(frame);
  const values = Object.entries(headers).map(([name, header]) => [name, header.value]);
  return { headers: Object.fromEntries(values), payload: Buffer.from(body).toString() };
}

describe("frames", () => {
  test("the checksum is CRC-32 with its published check value", () => {
    expect(crc32(Buffer.from("123456789"))).toBe(0xcbf43926);
  });

  test("AWS's decoder reads what is encoded, whatever the characters", () => {
    const frame = encodeFrame({ ":event-type": "名前", other: "" }, Buffer.from("J'adore 🎉"));
    expect(decode(frame)).toEqual({ headers: { ":event-type": "名前", other: "" }, payload: "J'adore 🎉" });
  });

  test("AWS's encoder gives the same bytes", () => {
    const body = Buffer.from("{}");
    const expected = codec.encode({ headers: { ":event-type": { type: "string", value: "messageStart" } }, body });
    expect(encodeFrame({ ":event-type": "messageStart" }, body)).toEqual(Buffer.from(expected));
  });

  test("a corrupted frame fails on the checksum that was named", () => {
    const frame = encodeFrame({ a: "b" }, Buffer.from("payload"));
    expect(() => codec.decode(corruptFrame(frame, "preludeCrc"))).toThrow(/prelude checksum/);
    expect(() => codec.decode(corruptFrame(frame, "messageCrc"))).toThrow(/message checksum/);
    expect(() => codec.decode(frame)).not.toThrow();
  });
});

describe("events", () => {
  test("an event carries its type, and padding between its other members", () => {
    const { headers, payload } = decode(encodeEvent({ messageStart: { role: "assistant" } }, 0));
    expect(headers).toEqual({ ":event-type": "messageStart", ":content-type": "application/json", ":message-type": "event" });
    expect(payload).toMatch(/^\{"p":"abcdef[A-Za-z0-9]*","role":"assistant"\}$/);
  });

  test("the padding is a prefix of the alphabet, differs by event and repeats from run to run", () => {
    const event = { contentBlockDelta: { contentBlockIndex: 0, delta: { text: "a" } } };
    const paddings = Array.from({ length: 20 }, (_, index) => JSON.parse(decode(encodeEvent(event, index)).payload) as { p: string });
    for (const { p } of paddings) expect("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789".startsWith(p)).toBe(true);
    expect(new Set(paddings.map(({ p }) => p)).size).toBeGreaterThan(5);
    expect(encodeEvent(event, 3)).toEqual(encodeEvent(event, 3));
  });

  test("an exception has its own type and no padding", () => {
    const { headers, payload } = decode(encodeEvent({ throttlingException: { message: "slow down" } }, 4));
    expect(headers).toEqual({ ":exception-type": "throttlingException", ":content-type": "application/json", ":message-type": "exception" });
    expect(payload).toBe('{"message":"slow down"}');
  });

  test("a raw frame has the headers that were written and nothing else", () => {
    const { headers, payload } = decode(encodeEvent({ ":message-type": "error", ":error-code": "InternalError", payload: "text" }, 0));
    expect(headers).toEqual({ ":message-type": "error", ":error-code": "InternalError" });
    expect(payload).toBe("text");
  });

  test("bytes become base64", () => {
    const event = { contentBlockDelta: { contentBlockIndex: 0, delta: { reasoningContent: { redactedContent: Buffer.from("abc") } } } };
    expect(decode(encodeEvent(event, 0)).payload).toContain('"redactedContent":"YWJj"');
  });
});
