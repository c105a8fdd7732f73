import { addon, type NativeRequest, type NativeSharedBuffer } from "../native.js";
import { type FetchedFiles, LONG_TEXT, type Request, withOwnBytes } from "../request/request.js";
import { takeOutcome } from "./mailbox.js";
import type { SharedClient } from "./shared_client.js";

/** From this length on the core allocates the buffer on another thread and touches its pages: the page faults cost several times as much as the copy. */
const PREFAULTED_LENGTH = 512 * 1024;

/** UTF-16 units of short texts that are encoded together. */
const GROUP_LENGTH = 32 * 1024;

/** What crosses the boundary: for most requests their JSON and nothing else. */
export function toNativeRequest(request: Request, client: SharedClient): string | NativeRequest | Promise<NativeRequest> {
  const { json, texts, attachments } = request;
  if (isJsonAlone(request)) return json;
  const lengths = [json.length, lengthOf(texts ?? []), ...attachments.map((attachment) => (typeof attachment === "string" ? attachment.length : 0))];
  // A wait for a buffer gives the caller time to change its bytes.
  return lengths.some((length) => length >= PREFAULTED_LENGTH) ? writeLong(withOwnBytes(request), client) : writeAtOnce(request);
}

/** The same for a conversion on this thread, which has no client. */
export function toNativeRequestAtOnce(request: Request): string | NativeRequest {
  return isJsonAlone(request) ? request.json : writeAtOnce(request);
}

function isJsonAlone({ json, texts, attachments, fetched }: Request): boolean {
  return json.length < LONG_TEXT && texts === undefined && attachments.length === 0 && fetched === undefined;
}

function writeAtOnce({ json, texts, attachments, fetched }: Request): NativeRequest {
  const inNewBuffer = (parts: string[]): NativeSharedBuffer => writeTexts(parts, new (addon().SharedBuffer)(lengthOf(parts)));
  return {
    json: json.length < LONG_TEXT ? json : inNewBuffer([json]),
    texts: texts && inNewBuffer(texts),
    attachments: attachments.map((attachment) => (typeof attachment === "string" ? inNewBuffer([attachment]) : attachment)),
    ...filesOf(fetched),
  };
}

function filesOf(fetched: FetchedFiles | undefined): Pick<NativeRequest, "fetchedUrls" | "fetched"> | undefined {
  return fetched && { fetchedUrls: [...fetched.files.keys()], fetched: [...fetched.files.values()] };
}

async function writeLong({ json, texts, attachments, fetched }: Request, client: SharedClient): Promise<NativeRequest> {
  const inNewBuffer = async (parts: string[]): Promise<NativeSharedBuffer> => writeTexts(parts, await newBuffer(lengthOf(parts), client));
  return {
    json: json.length < LONG_TEXT ? json : await inNewBuffer([json]),
    texts: texts && (await inNewBuffer(texts)),
    attachments: await Promise.all(attachments.map((attachment) => (typeof attachment === "string" ? inNewBuffer([attachment]) : attachment))),
    ...filesOf(fetched),
  };
}

function lengthOf(texts: string[]): number {
  return texts.reduce((sum, text) => sum + text.length, 0);
}

async function newBuffer(size: number, { native, mailbox }: SharedClient): Promise<NativeSharedBuffer> {
  if (size < PREFAULTED_LENGTH) return new (addon().SharedBuffer)(size);
  return takeOutcome(await mailbox.call((call) => native.allocateBuffer(call, size))) as NativeSharedBuffer;
}

function writeTexts(texts: string[], buffer: NativeSharedBuffer): NativeSharedBuffer {
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
