import type { SharedClient } from "./clients.js";
import { addon, type NativeRequest, type NativeRoom } from "./native.js";
import { type Attachment, LONG, type Request } from "./request.js";

/** A text at least this long is written into memory that the core has touched: to touch it takes several times as long as to write it. */
const HUGE = 512 * 1024;

/** Does what has to be waited for, if anything, before a request can cross to the core. */
export function handOver(request: Request, client: SharedClient): NativeRequest | Promise<NativeRequest> {
  const { json, attachments } = request;
  return json.length < LONG && attachments.length === 0 ? { json, attachments: [] } : handOverLong(request, client);
}

async function handOverLong({ json, attachments }: Request, client: SharedClient): Promise<NativeRequest> {
  const rooms = await Promise.all(attachments.map((attachment) => handOverAttachment(attachment, client)));
  return { json: json.length < LONG ? json : await handOverText(json, client), attachments: rooms };
}

function handOverAttachment(attachment: Attachment, client: SharedClient): Uint8Array | Promise<NativeRoom> {
  return typeof attachment === "string" ? handOverText(attachment, client) : attachment;
}

async function handOverText(text: string, client: SharedClient): Promise<NativeRoom> {
  const room = text.length < HUGE ? new (addon().Room)(text.length) : await touchedRoom(text.length, client);
  write(text, room);
  return room;
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
