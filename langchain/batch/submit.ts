import { createHash } from "node:crypto";
import { setImmediate } from "node:timers/promises";
import { HumanMessage } from "@langchain/core/messages";
import type { BatchInputs, SubmitOptions } from "../types/batch.js";
import type { ChatBedrockConverseCallOptions } from "../types/chat.js";
import type { BatchConnection, BatchUpload, UploadReport } from "./batch_connection.js";
import { type BatchJobOptions, type Quotas, quotasOf } from "./batch_options.js";
import { readInputsUntil } from "./inputs.js";
import { createJob, isTransient } from "./job_requests.js";
import type { Manifest, ManifestJob } from "./manifest.js";
import type { ManifestStore } from "./manifest_store.js";
import { mistake } from "./mistake.js";
import { readFolder, uriOf } from "./s3_uri.js";
import { Slice } from "./slice.js";
import { idOfIndex } from "./used_ids.js";

/** Writes that may be under way: one is converted while the next is made. */
const MAX_WRITES = 2;

/** What makes a batch. */
export interface Submission {
  connection: BatchConnection;
  store: ManifestStore;
  input: string;
  output: string;
  roleArn: string;
  options: BatchJobOptions;
  /** Options of each request, such as the format of its answer. */
  callOptions: Partial<ChatBedrockConverseCallOptions>;
}

/** Writes all inputs to S3 and starts their jobs. Returns the manifest of the batch. */
export async function submit(submission: Submission, inputs: BatchInputs, options: SubmitOptions): Promise<Manifest> {
  checkName(options.name);
  const quotas = quotasOf(submission.options);
  const { manifest, seed } = describe(submission, options.name, quotas);
  const known = await submission.store.read();
  if (known !== undefined && known.settings !== manifest.settings) {
    throw mistake(`BedrockBatch: the manifest is that of the batch ${JSON.stringify(known.name)}, or of one with other settings. Give each batch a manifest of its own.`);
  }
  const { partSize, ...limits } = quotas;
  const uploadOptions = { folder: readFolder(submission.input), name: options.name, seed, ...limits, partSize };
  await submission.connection.upload(uploadOptions, options.signal, async (upload) => new Run(submission, manifest, known, upload, options).all(inputs));
  return manifest;
}

/** The batch without its jobs, and the text that makes it another one than every batch with other settings. */
function describe({ connection, input, output, roleArn, options, callOptions }: Submission, name: string, quotas: Quotas): { manifest: Manifest; seed: string } {
  const { modelId } = connection.access;
  const { timeoutDurationInHours, tags, vpcConfig, s3EncryptionKeyId } = options;
  const [inputFolder, outputFolder] = [uriOf(readFolder(input)), uriOf(readFolder(output))];
  const request = {
    roleArn,
    modelId,
    outputDataConfig: { s3OutputDataConfig: { s3Uri: outputFolder, s3EncryptionKeyId } },
    modelInvocationType: "Converse",
    timeoutDurationInHours,
    vpcConfig,
    tags: tags && Object.entries(tags).map(([key, value]) => ({ key, value })),
  };
  // Whatever decides a request is in it.
  const sample = connection.access.request([new HumanMessage("Hello")], callOptions).request.json;
  const seed = JSON.stringify([name, inputFolder, request, quotas, sample]);
  const settings = createHash("sha256").update(seed).digest("hex");
  return {
    seed,
    manifest: { version: 1, writer: "langchain-aws-native", name, settings, modelId, input: inputFolder, output: outputFolder, request, isComplete: false, records: 0, changes: [], jobs: [] },
  };
}

/** A name becomes part of a job's name, which has 63 characters at most, and of keys in an S3 URI of Bedrock's pattern. */
function checkName(name: unknown): void {
  if (typeof name === "string" && /^[a-zA-Z0-9][a-zA-Z0-9.-]{0,43}$/.test(name)) return;
  throw mistake(`BedrockBatch: name must be 1 to 44 letters, digits, hyphens and dots, the first a letter or a digit, but it is ${JSON.stringify(name)}.`);
}

/** One submission under way. */
class Run {
  readonly #submission: Submission;
  readonly #manifest: Manifest;
  /** What an earlier submission of the same batch had done. */
  readonly #known: Manifest | undefined;
  readonly #upload: BatchUpload;
  readonly #options: SubmitOptions;
  #writes: Promise<UploadReport>[] = [];

  constructor(submission: Submission, manifest: Manifest, known: Manifest | undefined, upload: BatchUpload, options: SubmitOptions) {
    this.#submission = submission;
    this.#manifest = manifest;
    this.#known = known;
    this.#upload = upload;
    this.#options = options;
  }

  async all(inputs: BatchInputs): Promise<void> {
    try {
      await this.#writeAll(inputs);
      await this.#settle(0);
      await this.#handle(await this.#upload.finish());
    } catch (error) {
      // The first failure is told; the writes behind it fail for it.
      await Promise.allSettled(this.#writes);
      throw error;
    }
    const { length } = this.#otherJobs.filter(({ arn }) => arn !== undefined);
    if (length > 0) {
      throw mistake(`BedrockBatch: an earlier submission of this batch had more inputs: the manifest has ${length === 1 ? "a job" : `${length} jobs`} of others. Give each batch a name and a manifest of its own.`);
    }
    this.#manifest.isComplete = true;
    await this.#submission.store.write(this.#manifest);
  }

  async #writeAll(inputs: BatchInputs): Promise<void> {
    const { connection } = this.#submission;
    const { access } = connection;
    let slice = new Slice();
    try {
      for await (const { index, id, messages } of readInputsUntil(inputs, this.#options.signal)) {
        const given = access.request(messages, this.#submission.callOptions).request;
        const request = given.fetchMedia === undefined ? given : await connection.withFiles(given, this.#options.signal);
        slice.add(id === idOfIndex(index) ? undefined : id, request);
        if (!slice.isFull) continue;
        const full = slice;
        slice = new Slice();
        await this.#write(full);
      }
      if (slice.inputs.length > 0) await this.#write(slice);
    } catch (error) {
      slice.release();
      throw error;
    }
  }

  async #write(slice: Slice): Promise<void> {
    const write = this.#upload.write(slice.inputs).finally(() => slice.release());
    // It is awaited later; until then its failure has no other handler.
    write.catch(() => undefined);
    this.#writes.push(write);
    await this.#settle(MAX_WRITES - 1);
    await setImmediate();
  }

  /** Waits until at most so many writes are under way, and handles what they report. */
  async #settle(most: number): Promise<void> {
    while (this.#writes.length > most) {
      const [write] = this.#writes;
      const report = await write;
      this.#writes.shift();
      if (report !== undefined) await this.#handle(report);
    }
  }

  /** Jobs of an earlier submission that this one has not come to. */
  get #otherJobs(): ManifestJob[] {
    const tokens = new Set(this.#manifest.jobs.map(({ token }) => token));
    return this.#known?.jobs.filter(({ token }) => !tokens.has(token)) ?? [];
  }

  /** The manifest with those too: if this submission ends before, they are still known. */
  get #written(): Manifest {
    const others = this.#otherJobs;
    return { ...this.#manifest, records: this.#manifest.records + others.reduce((sum, { records }) => sum + records, 0), jobs: [...this.#manifest.jobs, ...others] };
  }

  /** A job that was started before has the same inputs as the next one, or it is another batch's. */
  #checkIsSame(token: string): void {
    const started = this.#known?.jobs[this.#manifest.jobs.length];
    if (started?.arn === undefined || started.token === token) return;
    throw mistake("BedrockBatch: the manifest is that of a batch of this name with other inputs, whose jobs were started. Give each batch a name and a manifest of its own.");
  }

  async #handle({ jobs, changes, inputs }: UploadReport): Promise<void> {
    const { connection, store } = this.#submission;
    const manifest = this.#manifest;
    manifest.changes = changes;
    for (const written of jobs) {
      this.#checkIsSame(written.token);
      const number = String(manifest.jobs.length + 1).padStart(4, "0");
      const job = { ...written, name: `${manifest.name}-${number}-${written.token.slice(0, 8)}`, state: "Pending" as const };
      const known = this.#known?.jobs.find(({ token, arn }) => token === written.token && arn !== undefined);
      manifest.jobs.push(known === undefined ? job : { ...known, ...written });
      manifest.records += written.records;
      // Written before the job is started, too: whatever happens then, the manifest names the files.
      await store.write(this.#written);
      if (known !== undefined) continue;
      try {
        await createJob(connection, manifest, manifest.jobs.at(-1)!, this.#options.signal);
      } catch (error) {
        // `wait` starts it.
        if (this.#options.signal?.aborted || !isTransient(error)) throw error;
      }
      await store.write(this.#written);
    }
    this.#options.onProgress?.({ inputs, jobs: manifest.jobs.filter(({ arn }) => arn !== undefined).length });
  }
}
