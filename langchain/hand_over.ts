import type { SharedClient } from "./clients.js";
import { addon, type NativeRequest, type NativeRoom } from "./native.js";
import { LONG, type Request } from "./request.js";

/** A text at least this long is written into memory that the core has touched: to touch it takes several times as long as to write it. */
const HUGE = 512 * 1024;

/** Units of short texts that are written together. */
const GROUP = 32 * 1024;

/** What crosses to the core: of most requests their JSON and nothing else. */
export function handOver(request: Request, client: SharedClient): string | Promise<NativeRequest> {
  const { json, texts, attachments } = request;
  const isShort = json.length < LONG && texts === undefined && attachments.length === 0;
  return isShort ? json : handOverLong(request, client);
}

async function handOverLong({ json, texts, attachments }: Request, client: SharedClient): Promise<NativeRequest> {
  return {
    json: json.length < LONG ? json : await roomWith([json], client),
    texts: texts && (await roomWith(texts, client)),
    attachments: await Promise.all(attachments.map((attachment) => (typeof attachment === "string" ? roomWith([attachment], client) : attachment))),
  };
}

async function roomWith(texts: string[], client: SharedClient): Promise<NativeRoom> {
  const length = texts.reduce((sum, text) => sum + text.length, 0);
  const room = length < HUGE ? new (addon().Room)(length) : await touchedRoom(length, client);
  for (let start = 0; start < texts.length; ) {
    const end = endOfGroup(texts, start);
    write(texts.slice(start, end).join(""), room);
    start = end;
  }
  return room;
}

/** Short texts are written together, but not all at once: a string of more than 128 KB would be new memory, page by page. */
function endOfGroup(texts: string[], start: number): number {
  let end = start;
  for (let length = 0; end < texts.length; end++) {
    length += texts[end]?.length ?? 0;
    if (length > GROUP && end > start) break;
  }
  return end;
}

async function touchedRoom(size: number, { native, mailbox }: SharedClient): Promise<NativeRoom> {
  return (await mailbox.ask((call) => native.prepareRoom(call, size))) as NativeRoom;
}

const encoder = new TextEncoder();

/** What is on its way to the core's memory; made when it is first needed, and kept. */
let desk: Uint8Array | undefined;

function write(text: string, room: NativeRoom): void {
  desk ??= new Uint8Array(128 * 1024);
  for (let start = 0; start < text.length; ) {
    // As many units as the desk has bytes: with more, V8 takes its slow path. No pair is torn apart at the end of a piece, since that end is read
    // only where all of it is ASCII.
    const { read, written } = encoder.encodeInto(text.slice(start, start + desk.length), desk);
    room.write(desk.subarray(0, written));
    start += read;
  }
}
