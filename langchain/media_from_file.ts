import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { basename } from "node:path";
import { MEDIA_FROM_FILE_OPTIONS } from "./configuration/option_checks.js";
import { checkOptions, describe } from "./configuration/option_types.js";
import { addon } from "./native.js";
import type { MediaBlock, MediaFromFileOptions } from "./types/media.js";

/** Bytes. As `fetchMedia` has it. */
const DEFAULT_MAX_BYTES = 25 * 1024 * 1024;

/** Bytes at the beginning that tell a format. */
const HEAD = 64 * 1024;

/**
 * Reads an image, a document, a video or a sound from a file into a content block that a message can have. The file is read on another thread. Its format is
 * what its first bytes say, else what its ending says.
 *
 * ```ts
 * const message = new HumanMessage({ content: [{ type: "text", text: "What is this?" }, await mediaFromFile("photo.png")] });
 * ```
 *
 * @throws one sentence for what is no file, is larger than `maxBytes`, or has no format that Converse takes. The system's own error is its `cause`.
 */
export async function mediaFromFile(path: string, options: MediaFromFileOptions = {}): Promise<MediaBlock> {
  checkPath(path);
  checkOptions("mediaFromFile", options, MEDIA_FROM_FILE_OPTIONS);
  const { maxBytes = DEFAULT_MAX_BYTES, mimeType, name } = options;
  const data = await read(path, maxBytes);
  const described = addon().FetchedMedia.describe(data.subarray(0, HEAD), basename(path), mimeType);
  if (described == null) {
    throw new Error(`mediaFromFile: neither the first bytes of ${path} nor its name say that it is an image, a document, a video or a sound that Converse takes: give its mimeType.`);
  }
  const { blockType, mimeType: type, stem } = described;
  const block: MediaBlock = { type: blockType, mimeType: type, data };
  if (blockType === "file") block.metadata = { name: name ?? stem };
  return block;
}

function checkPath(path: unknown): void {
  if (typeof path !== "string" || path === "") throw new Error(`mediaFromFile: the path must be a string that is not empty, but it is ${describe(path)}.`);
  if (/^[a-z][a-z\d+.-]+:\/\//i.test(path) || /^(?:file|data):/i.test(path)) {
    const other = /^https:/i.test(path) ? "put it into the block's `url`, and name its host in `fetchMedia`" : "give the path of a file";
    throw new Error(`mediaFromFile: it reads files of this machine and no URLs: ${other}.`);
  }
}

async function read(path: string, maxBytes: number): Promise<Uint8Array> {
  let file: FileHandle;
  try {
    // A pipe without a writer would be waited for.
    file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  } catch (error) {
    throw new Error(`mediaFromFile: ${path} cannot be read (${String((error as NodeJS.ErrnoException).code)}).`, { cause: error });
  }
  try {
    return await readBytes(file, path, maxBytes);
  } finally {
    await file.close();
  }
}

async function readBytes(file: FileHandle, path: string, maxBytes: number): Promise<Uint8Array> {
  const stats = await file.stat();
  if (!stats.isFile()) throw new Error(`mediaFromFile: ${path} is no file.`);
  if (stats.size > maxBytes) throw new Error(`mediaFromFile: ${path} has ${stats.size} bytes, and maxBytes is ${maxBytes}.`);
  if (stats.size === 0) throw new Error(`mediaFromFile: ${path} is empty.`);
  const bytes = new Uint8Array(stats.size);
  let length = 0;
  while (length < bytes.length) {
    const { bytesRead } = await file.read(bytes, length, bytes.length - length);
    if (bytesRead === 0) break;
    length += bytesRead;
  }
  return bytes.subarray(0, length);
}
