import { addon, type NativeSharedBuffer } from "../native.js";

/**
 * UTF-16 units. From this length on
 * - a string that can be base64 becomes an attachment: it is copied once; inside the JSON it would also be escaped and scanned;
 * - a text, the JSON itself too, is written into a shared buffer, which blocks JavaScript for less time than passing a string;
 * - a conversation with so much text is written in the compact form.
 */
export const LONG_TEXT: number = 16 * 1024;

/** UTF-16 units of short texts that are encoded together. */
const GROUP_LENGTH = 32 * 1024;

/** Memory of the core with these texts, one after the other. */
export function sharedBufferOf(texts: string[]): NativeSharedBuffer {
  return writeTexts(texts, new (addon().SharedBuffer)(lengthOf(texts)));
}

export function lengthOf(texts: string[]): number {
  return texts.reduce((sum, text) => sum + text.length, 0);
}

export function writeTexts(texts: string[], buffer: NativeSharedBuffer): NativeSharedBuffer {
  for (let start = 0; start < texts.length; ) {
    const end = endOfGroup(texts, start);
    write(texts.slice(start, end).join(""), buffer);
    start = end;
  }
  return buffer;
}

/** Short texts are encoded together, but not all at once: V8 would allocate new pages for a joined string of more than 128 KB. */
function endOfGroup(texts: string[], start: number): number {
  let end = start;
  for (let length = 0; end < texts.length; end++) {
    length += texts[end]?.length ?? 0;
    if (length > GROUP_LENGTH && end > start) break;
  }
  return end;
}

const encoder = new TextEncoder();

/** Where texts are encoded before the core copies them; allocated when it is first needed, then kept. */
let encoded: Uint8Array | undefined;

function write(text: string, buffer: NativeSharedBuffer): void {
  encoded ??= new Uint8Array(128 * 1024);
  for (let start = 0; start < text.length; ) {
    // As many units as there are bytes: with more, V8 takes its slow path. The last unit of a piece is encoded only if all of the piece is ASCII, so
    // no surrogate pair is split.
    const { read, written } = encoder.encodeInto(text.slice(start, start + encoded.length), encoded);
    buffer.write(encoded.subarray(0, written));
    start += read;
  }
}
