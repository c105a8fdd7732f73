import { constants, type FileHandle, open, realpath } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { lockFile } from "./checkpoint_lock.js";
import { grown, IdTable } from "./id_table.js";
import type { StoredAnswer } from "./stored_answer.js";

/** What the first line calls the file. */
const FORMAT = "langchain-aws-native/batch";
const VERSION = 1;

/** Bytes that are read at once: parsing them holds JavaScript up for some milliseconds. */
const CHUNK = 1 << 20;

/** Bytes that are read around an answer: the next one is probably behind it. */
const WINDOW = 1 << 18;

const LINE_FEED = 10;

/** A line of the file, after the first one. */
interface Line extends StoredAnswer {
  id: string;
  /** The hash of the input. */
  input: string;
}

/** An answer that is to be written. */
interface Pending {
  line: Buffer;
  written: () => void;
  failed: (error: Error) => void;
}

/**
 * The answers of a batch in a file of JSON lines, the first of which has the options of the model. Answers are appended as they
 * come, and synchronised (fdatasync) in batches: those that are written meanwhile are the next one.
 */
export class Checkpoint {
  readonly #path: string;
  readonly #handle: FileHandle;
  readonly #unlock: () => Promise<void>;
  /** Of the answers that were in the file when it was opened: the place and length of each line in bytes, by the number of its id. */
  readonly #ids = new IdTable();
  #places = new Float64Array(256);
  #lengths = new Uint32Array(256);
  /** The length of the file that is whole. */
  #end = 0;
  #window = { start: 0, bytes: Buffer.alloc(0) };
  /** What is to be written, and what was written and is to be synchronised. */
  readonly #pending: Pending[] = [];
  readonly #written: Pending[] = [];
  #writing: Promise<void> | undefined;
  #synchronizing: Promise<void> | undefined;
  #broken: Error | undefined;

  private constructor(path: string, handle: FileHandle, unlock: () => Promise<void>) {
    this.#path = path;
    this.#handle = handle;
    this.#unlock = unlock;
  }

  /** Opens a checkpoint, or makes it. Throws one sentence for a file that is none, one of another run, and one that is in use. */
  static async open(given: string, settings: Record<string, unknown>): Promise<Checkpoint> {
    const path = await realPath(given);
    const unlock = await lockFile(path);
    let handle: FileHandle | undefined;
    try {
      handle = await open(path, constants.O_RDWR | constants.O_CREAT, 0o600);
      const checkpoint = new Checkpoint(path, handle, unlock);
      await checkpoint.#read(settings);
      return checkpoint;
    } catch (error) {
      await handle?.close();
      await unlock();
      throw error;
    }
  }

  /** The number of answers that were in the file. */
  get size(): number {
    return this.#ids.size;
  }

  /** The answer to an input that an earlier run has stored. Throws one sentence if it was another input. */
  async find(id: string, input: string): Promise<StoredAnswer | undefined> {
    const number = this.#ids.find(id);
    if (number === undefined) return undefined;
    const line = parse(await this.#bytesAt(this.#places[number] as number, this.#lengths[number] as number));
    if (line?.input === input) return line;
    throw new Error(`BedrockBatch: the checkpoint ${this.#path} has the answer to another input with the id ${JSON.stringify(id)}. Give this input another id, or use another file.`);
  }

  /** Appends an answer. Resolves when it is on the disk. */
  add(id: string, input: string, answer: StoredAnswer): Promise<void> {
    if (this.#broken) return Promise.reject(this.#broken);
    const line = Buffer.from(`${JSON.stringify({ id, input, ...answer } satisfies Line)}\n`);
    return new Promise((written, failed) => {
      this.#pending.push({ line, written, failed });
      this.#writing ??= this.#write();
    });
  }

  /** Writes what is to be written, and gives the file free. */
  async close(): Promise<void> {
    try {
      await this.#writing;
      await this.#synchronizing;
      await this.#handle.close();
    } finally {
      await this.#unlock();
    }
  }

  /** Does not wait until what it wrote is synchronised: a process that is killed loses nothing that was written, only a power cut does. */
  async #write(): Promise<void> {
    while (this.#pending.length > 0) {
      const batch = this.#pending.splice(0);
      try {
        await this.#append(Buffer.concat(batch.map(({ line }) => line)));
        if (this.#broken) throw this.#broken;
        this.#written.push(...batch);
        this.#synchronizing ??= this.#synchronize();
      } catch (error) {
        this.#break(error, batch);
      }
    }
    this.#writing = undefined;
  }

  async #synchronize(): Promise<void> {
    while (this.#written.length > 0) {
      const batch = this.#written.splice(0);
      try {
        await this.#handle.datasync();
        for (const { written } of batch) written();
      } catch (error) {
        this.#break(error, batch);
      }
    }
    this.#synchronizing = undefined;
  }

  /** From the first failure on nothing is written. */
  #break(cause: unknown, batch: Pending[]): void {
    this.#broken ??= new Error(`BedrockBatch: the checkpoint ${this.#path} cannot be written: ${(cause as Error).message}.`, { cause });
    for (const { failed } of [...batch, ...this.#written.splice(0), ...this.#pending.splice(0)]) failed(this.#broken);
  }

  /** What is written in part when it fails is read, or cut, by the next run. */
  async #append(bytes: Buffer): Promise<void> {
    for (let written = 0; written < bytes.length; ) {
      written += (await this.#handle.write(bytes, written, bytes.length - written, this.#end + written)).bytesWritten;
    }
    this.#end += bytes.length;
  }

  /** Reads the whole file, and cuts what the last run could not write to its end. */
  async #read(settings: Record<string, unknown>): Promise<void> {
    const header = Buffer.from(`${JSON.stringify({ format: FORMAT, version: VERSION, settings })}\n`);
    let [number, isTorn] = [0, false];
    for await (const line of this.#lines()) {
      isTorn = line.includes(0) || line.at(-1) !== LINE_FEED;
      if (isTorn && number === 0 && !header.subarray(0, line.length).equals(line)) throw this.#noCheckpoint();
      if (isTorn) break;
      if (number === 0) this.#checkHeader(line, settings);
      else this.#index(line, number + 1);
      this.#end += line.length;
      number++;
    }
    if (isTorn) await this.#handle.truncate(this.#end);
    if (this.#end > 0) return;
    await this.#append(header);
    await this.#handle.datasync();
    await synchronizeFolder(dirname(this.#path));
  }

  /** The lines with their ends. A last one without an end is torn; a file system may also fill what was not written with zeros. */
  async *#lines(): AsyncGenerator<Buffer> {
    let rest: Buffer[] = [];
    for (let place = 0; ; ) {
      const { buffer, bytesRead } = await this.#handle.read(Buffer.allocUnsafe(CHUNK), 0, CHUNK, place);
      if (bytesRead === 0) break;
      place += bytesRead;
      const chunk = buffer.subarray(0, bytesRead);
      let start = 0;
      for (let end = chunk.indexOf(LINE_FEED); end !== -1; end = chunk.indexOf(LINE_FEED, start)) {
        const line = chunk.subarray(start, end + 1);
        yield rest.length === 0 ? line : Buffer.concat([...rest, line]);
        rest = [];
        start = end + 1;
      }
      if (start < bytesRead) rest.push(chunk.subarray(start));
    }
    if (rest.length > 0) yield Buffer.concat(rest);
  }

  #checkHeader(line: Buffer, settings: Record<string, unknown>): void {
    const header = parse(line) as { format?: unknown; version?: unknown; settings?: Record<string, unknown> } | undefined;
    if (header?.format !== FORMAT) throw this.#noCheckpoint();
    if (header.version !== VERSION) throw new Error(`BedrockBatch: the checkpoint ${this.#path} has the version ${String(header.version)}, which this version of the package cannot read.`);
    const difference = differenceOf(header.settings ?? {}, settings);
    if (difference !== undefined) throw new Error(`BedrockBatch: the checkpoint ${this.#path} is of a run with other options: ${difference}. Use the same options, or another file.`);
  }

  #noCheckpoint(): Error {
    return new Error(`BedrockBatch: ${this.#path} is no checkpoint of a batch, and is left as it is. Use another file.`);
  }

  #index(bytes: Buffer, number: number): void {
    const line = parse(bytes);
    if (typeof line?.id !== "string" || typeof line.input !== "string" || !(line.message || line.error)) {
      throw new Error(`BedrockBatch: line ${number} of the checkpoint ${this.#path} is no answer. Remove the line: its input is asked again.`);
    }
    const place = this.#ids.add(line.id);
    if (place === undefined) return;
    if (place === this.#places.length) [this.#places, this.#lengths] = [grown(this.#places), grown(this.#lengths)];
    this.#places[place] = this.#end;
    this.#lengths[place] = bytes.length;
  }

  async #bytesAt(place: number, length: number): Promise<Buffer> {
    const { start, bytes } = this.#window;
    if (place >= start && place + length <= start + bytes.length) return bytes.subarray(place - start, place - start + length);
    const window = Buffer.allocUnsafe(Math.max(WINDOW, length));
    const { bytesRead } = await this.#handle.read(window, 0, window.length, place);
    this.#window = { start: place, bytes: window.subarray(0, bytesRead) };
    return window.subarray(0, length);
  }
}

/** The file itself: two links to one file are one checkpoint. */
async function realPath(given: string): Promise<string> {
  try {
    return await realpath(given);
  } catch {
    return join(await realpath(dirname(given)), basename(given));
  }
}

function parse(line: Buffer): Line | undefined {
  try {
    return JSON.parse(line.toString()) as Line;
  } catch {
    return undefined;
  }
}

/** The first option that differs, in words. */
function differenceOf(was: Record<string, unknown>, is: Record<string, unknown>): string | undefined {
  const name = [...new Set([...Object.keys(was), ...Object.keys(is)])].find((option) => JSON.stringify(was[option]) !== JSON.stringify(is[option]));
  return name && `${name} was ${shown(was[name])} and is ${shown(is[name])}`;
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? "not given";
  return text.length > 80 ? `${text.slice(0, 80)}...` : text;
}

/** So that the name of a new file survives a power cut, too. Windows does not open folders. */
async function synchronizeFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r").catch(() => undefined);
  await handle?.sync().catch(() => undefined);
  await handle?.close();
}
