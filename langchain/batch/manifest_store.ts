import { randomUUID } from "node:crypto";
import { open, readFile, rename, rm } from "node:fs/promises";
import type { BatchConnection } from "./batch_connection.js";
import { checkManifest, type Manifest } from "./manifest.js";
import { mistake } from "./mistake.js";
import { isS3, readUri } from "./s3_uri.js";

/** Where a manifest is kept: a file, an object of S3, or nowhere. */
export class ManifestStore {
  readonly #place: string | undefined;
  readonly #connection: BatchConnection;
  #lastWrite: Promise<void> = Promise.resolve();

  constructor(place: string | undefined, connection: BatchConnection) {
    this.#place = place;
    this.#connection = connection;
  }

  /** The manifest that is there; `undefined` if there is none. */
  async read(): Promise<Manifest | undefined> {
    if (this.#place === undefined) return undefined;
    const text = isS3(this.#place) ? await this.#connection.readObject(readUri(this.#place)) : await readText(this.#place);
    return text === undefined ? undefined : parse(text, this.#place);
  }

  /** Replaces it as a whole, after those that were written before: a batch may be asked for its status and its results at once. */
  write(manifest: Manifest): Promise<void> {
    const written = this.#lastWrite.then(() => this.#write(manifest));
    this.#lastWrite = written.catch(() => undefined);
    return written;
  }

  async #write(manifest: Manifest): Promise<void> {
    if (this.#place === undefined) return;
    const text = `${JSON.stringify(manifest, undefined, 1)}\n`;
    if (isS3(this.#place)) await this.#connection.writeObject(readUri(this.#place), text);
    else await replace(this.#place, text);
  }
}

function parse(text: string, place: string): Manifest {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw mistake(`BedrockBatch: ${place} is no manifest of a batch: it is no JSON.`, { cause: error });
  }
  return checkManifest(value, place);
}

async function readText(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw new Error(`BedrockBatch: the manifest ${file} cannot be read: ${(error as Error).message}`, { cause: error });
  }
}

/** Whoever reads the file sees the whole of one manifest or of the other. */
async function replace(file: string, text: string): Promise<void> {
  const next = `${file}.${randomUUID()}.tmp`;
  try {
    const handle = await open(next, "w", 0o600);
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(next, file);
  } catch (error) {
    await rm(next, { force: true }).catch(() => undefined);
    throw new Error(`BedrockBatch: the manifest ${file} cannot be written: ${(error as Error).message}`, { cause: error });
  }
}
