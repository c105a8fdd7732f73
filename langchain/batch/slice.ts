import { releaseMedia } from "../connection/media_fetch.js";
import type { Request } from "../request/request.js";
import { lengthOf } from "../request/shared_buffer.js";
import type { UploadInput } from "./batch_connection.js";

/** Milliseconds for which JavaScript's thread converts inputs before it does something else. */
const SLICE_DURATION = 8;

/** Inputs, and what their requests hold, that cross to the core together. */
const MAX_SLICE_INPUTS = 64;
const MAX_SLICE_SIZE = 128 * 1024;

/** Inputs that cross to the core together. The size of a slice bounds how long the crossing holds JavaScript, and how much memory inputs on their way take. */
export class Slice {
  readonly inputs: UploadInput[] = [];
  #size = 0;
  readonly #start: number = performance.now();

  add(id: string | undefined, request: Request): void {
    this.inputs.push({ id, request });
    this.#size += sizeOf(request);
  }

  /** Lets go of the files that were fetched. */
  release(): void {
    for (const { request } of this.inputs) releaseMedia(request);
  }

  get isFull(): boolean {
    return this.inputs.length >= MAX_SLICE_INPUTS || this.#size >= MAX_SLICE_SIZE || performance.now() - this.#start >= SLICE_DURATION;
  }
}

/** What a request holds, its media and the files that were fetched for it included: UTF-16 units of texts, and bytes. */
export function sizeOf({ json, texts = [], attachments, fetched }: Request): number {
  return json.length + lengthOf(texts) + attachments.reduce((sum, { length }) => sum + length, 0) + (fetched?.bytes ?? 0);
}
