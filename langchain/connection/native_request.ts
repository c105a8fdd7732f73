import { addon, type NativeRequest, type NativeSharedBuffer } from "../native.js";
import { type FetchedFiles, type Request, withOwnBytes } from "../request/request.js";
import { lengthOf, LONG_TEXT, sharedBufferOf, writeTexts } from "../request/shared_buffer.js";
import { takeOutcome } from "./mailbox.js";
import type { SharedClient } from "./shared_client.js";

/** From this length on the core allocates the buffer on another thread and touches its pages: the page faults cost several times as much as the copy. */
const PREFAULTED_LENGTH = 512 * 1024;

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

function isJsonAlone({ json, texts, earlier, attachments, fetched }: Request): boolean {
  return json.length < LONG_TEXT && texts === undefined && earlier === undefined && attachments.length === 0 && fetched === undefined;
}

function writeAtOnce({ json, texts, earlier, attachments, fetched }: Request): NativeRequest {
  return {
    ...(json.length < LONG_TEXT ? { json } : { longJson: sharedBufferOf([json]) }),
    texts: texts && sharedBufferOf(texts),
    earlier,
    attachments: attachments.map((attachment) => (typeof attachment === "string" ? { text: sharedBufferOf([attachment]) } : { bytes: attachment })),
    ...filesOf(fetched),
  };
}

function filesOf(fetched: FetchedFiles | undefined): Pick<NativeRequest, "fetchedUrls" | "fetched"> | undefined {
  return fetched && { fetchedUrls: [...fetched.files.keys()], fetched: [...fetched.files.values()] };
}

async function writeLong({ json, texts, earlier, attachments, fetched }: Request, client: SharedClient): Promise<NativeRequest> {
  const inNewBuffer = async (parts: string[]): Promise<NativeSharedBuffer> => writeTexts(parts, await newBuffer(lengthOf(parts), client));
  return {
    ...(json.length < LONG_TEXT ? { json } : { longJson: await inNewBuffer([json]) }),
    texts: texts && (await inNewBuffer(texts)),
    earlier,
    attachments: await Promise.all(attachments.map(async (attachment) => (typeof attachment === "string" ? { text: await inNewBuffer([attachment]) } : { bytes: attachment }))),
    ...filesOf(fetched),
  };
}

async function newBuffer(size: number, { native, mailbox }: SharedClient): Promise<NativeSharedBuffer> {
  if (size < PREFAULTED_LENGTH) return new (addon().SharedBuffer)(size);
  return takeOutcome(await mailbox.call((call) => native.allocateBuffer(call, size))) as NativeSharedBuffer;
}
