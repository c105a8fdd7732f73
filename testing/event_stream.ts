/**
 * The frames of `application/vnd.amazon.eventstream`. A frame is, in big-endian numbers:
 *
 * ```text
 * total length (4) | headers length (4) | CRC32 of these 8 bytes (4) | headers | payload | CRC32 of all before (4)
 * header: name length (1) | name | type (1), 7 = string | value length (2) | value
 * ```
 */
import { isObject, toJson, type JsonValue } from "./json.js";
import type { CorruptPart, StreamEvent } from "./types.js";

const PRELUDE_LENGTH = 8;
const CHECKSUM_LENGTH = 4;
const STRING_HEADER = 7;

/** The characters of the padding, by which Bedrock hides the length of a text. */
const PADDING = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

/** One frame. Header values are strings, the only type that Bedrock sends. */
export function encodeFrame(headers: Record<string, string>, payload: Uint8Array): Buffer {
  const headerBytes = Buffer.concat(Object.entries(headers).map(([name, value]) => encodeHeader(name, value)));
  const length = PRELUDE_LENGTH + CHECKSUM_LENGTH + headerBytes.length + payload.length + CHECKSUM_LENGTH;
  const frame = Buffer.alloc(length);
  frame.writeUInt32BE(length, 0);
  frame.writeUInt32BE(headerBytes.length, 4);
  frame.writeUInt32BE(crc32(frame.subarray(0, PRELUDE_LENGTH)), PRELUDE_LENGTH);
  frame.set(headerBytes, PRELUDE_LENGTH + CHECKSUM_LENGTH);
  frame.set(payload, PRELUDE_LENGTH + CHECKSUM_LENGTH + headerBytes.length);
  const end = length - CHECKSUM_LENGTH;
  frame.writeUInt32BE(crc32(frame.subarray(0, end)), end);
  return frame;
}

/** The frame of one event; `index` is its place in the stream and decides how much padding it gets. */
export function encodeEvent(event: StreamEvent, index: number): Buffer {
  if (isRawFrame(event)) return encodeRawFrame(event);
  const [name, payload] = memberOf(event);
  const isException = name.endsWith("Exception");
  const headers = {
    [isException ? ":exception-type" : ":event-type"]: name,
    ":content-type": "application/json",
    ":message-type": isException ? "exception" : "event",
  };
  return encodeJsonFrame(headers, isException ? toJson(payload) : padded(toJson(payload), index));
}

/** More than any client accepts: the AWS SDKs' limits are 16 and 24 MB. */
const ABSURD_LENGTH = 2 ** 30;

/** A copy of a frame with one wrong part. */
export function corruptFrame(frame: Buffer, part: CorruptPart): Buffer {
  const corrupted = Buffer.from(frame);
  if (part === "length") {
    corrupted.writeUInt32BE(ABSURD_LENGTH, 0);
    corrupted.writeUInt32BE(crc32(corrupted.subarray(0, PRELUDE_LENGTH)), PRELUDE_LENGTH);
    return corrupted;
  }
  const at = part === "preludeCrc" ? PRELUDE_LENGTH : frame.length - CHECKSUM_LENGTH;
  corrupted.writeUInt8(corrupted.readUInt8(at) ^ 0xff, at);
  return corrupted;
}

/** The checksum of a frame: CRC-32 as in gzip. (`zlib.crc32` is missing from early versions of Node 20.) */
export function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = (crc >>> 8) ^ (CRC_TABLE[(crc ^ byte) & 0xff] ?? 0);
  return (crc ^ 0xffffffff) >>> 0;
}

const CRC_TABLE: Uint32Array = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  return crc;
});

/** Whether an event is written as headers and payload. */
export function isRawFrame(event: StreamEvent): boolean {
  return Object.keys(event).some((member) => member.startsWith(":"));
}

/** The one member of an event that is not a raw frame: its name and its payload. */
export function memberOf(event: StreamEvent): [name: string, payload: unknown] {
  return Object.entries(event)[0] ?? ["", {}];
}

function encodeRawFrame(event: StreamEvent): Buffer {
  const { payload = "", ...members } = event;
  const headers = Object.fromEntries(Object.entries(members).map(([name, value]) => [name, String(value)]));
  if (payload instanceof Uint8Array) return encodeFrame(headers, payload);
  return encodeFrame(headers, Buffer.from(typeof payload === "string" ? payload : JSON.stringify(toJson(payload))));
}

function encodeJsonFrame(headers: Record<string, string>, payload: JsonValue): Buffer {
  return encodeFrame(headers, Buffer.from(JSON.stringify(payload)));
}

function encodeHeader(name: string, value: string): Buffer {
  const nameBytes = Buffer.from(name);
  const valueBytes = Buffer.from(value);
  const valueLength = Buffer.alloc(2);
  valueLength.writeUInt16BE(valueBytes.length);
  return Buffer.concat([Buffer.from([nameBytes.length]), nameBytes, Buffer.from([STRING_HEADER]), valueLength, valueBytes]);
}

/** Adds the member `p`, in its alphabetical place as Bedrock does. Its length looks random there; here it repeats from run to run. */
function padded(payload: JsonValue, index: number): JsonValue {
  if (!isObject(payload) || "p" in payload) return payload;
  const length = 1 + ((JSON.stringify(payload).length * 7 + index * 17) % PADDING.length);
  const members = Object.entries({ ...payload, p: PADDING.slice(0, length) });
  return Object.fromEntries(members.sort(([a], [b]) => (a < b ? -1 : 1)));
}
