import { HumanMessage } from "@langchain/core/messages";
import { BOOLEAN } from "../configuration/option_types.js";
import { convert } from "../connection/conversion.js";
import { onAbort } from "../connection/cancellation.js";
import { toNativeRequestAtOnce } from "../connection/native_request.js";
import type { OutputSpec } from "../structured_output/output_schema.js";
import type { BatchChange, BatchJob, BatchJobState, BatchResult, BatchResultsOptions, BatchStatus, BatchWaitOptions, UnansweredInput } from "../types/batch.js";
import type { ChatBedrockConverseCallOptions } from "../types/chat.js";
import type { RequestWarning } from "../types/warnings.js";
import type { BatchConnection } from "./batch_connection.js";
import { checkKnownOptions, SIGNAL_OPTION, WAIT_OPTIONS } from "./known_options.js";
import { countsOf, createJob, hasEnded, isTransient, stopJob, updateJob } from "./job_requests.js";
import type { Manifest, ManifestJob } from "./manifest.js";
import type { ManifestStore } from "./manifest_store.js";
import { messagesOf, type NativeResult, type Reading, resultOf } from "./record_results.js";
import { readFolder } from "./s3_uri.js";

/** Milliseconds of the first wait between two questions, by how much each further one is longer, and of the longest. */
const FIRST_POLL = 5_000;
const POLL_GROWTH = 1.5;
const LONGEST_POLL = 60_000;

/** Jobs that are asked about at once. */
const MAX_QUESTIONS = 4;

/** What a batch needs to go on. */
export interface BatchJobContext {
  manifest: Manifest;
  store: ManifestStore;
  connection: BatchConnection;
  callOptions: Partial<ChatBedrockConverseCallOptions>;
  schema: OutputSpec | undefined;
}

/** A batch that was submitted: one job of Bedrock's, or several where its quotas want it. */
export class SubmittedBatch implements BatchJob {
  readonly #context: BatchJobContext;

  constructor(context: BatchJobContext) {
    this.#context = context;
  }

  get name(): string {
    return this.#context.manifest.name;
  }

  get records(): number {
    return this.#context.manifest.records;
  }

  get changes(): readonly BatchChange[] {
    return this.#context.manifest.changes;
  }

  toJSON(): object {
    return structuredClone(this.#context.manifest);
  }

  async status(options: { signal?: AbortSignal } = {}): Promise<BatchStatus> {
    checkKnownOptions("BatchJob.status", options, SIGNAL_OPTION);
    await this.#update(options.signal);
    return this.#status();
  }

  /** Asks about the jobs that have not ended. */
  async #update(signal: AbortSignal | undefined): Promise<void> {
    const { connection } = this.#context;
    const open = this.#jobs.filter((job) => job.arn !== undefined && !hasEnded(job));
    try {
      await inTurns(open, (job) => updateJob(connection, job, signal));
    } finally {
      if (open.length > 0) await this.#save();
    }
  }

  async wait(options: BatchWaitOptions = {}): Promise<BatchStatus> {
    checkKnownOptions("BatchJob.wait", options, WAIT_OPTIONS);
    for await (const status of this.#statuses(options)) if (status.hasEnded) return status;
    return this.#status();
  }

  async stop(options: { signal?: AbortSignal } = {}): Promise<void> {
    checkKnownOptions("BatchJob.stop", options, SIGNAL_OPTION);
    const { signal } = options;
    const { connection } = this.#context;
    const failures: unknown[] = [];
    await inTurns(
      this.#jobs.filter((job) => !hasEnded(job)),
      (job) => stopJob(connection, job, signal).catch((error: unknown) => failures.push(error)),
    );
    await this.#save();
    if (failures.length > 0) throw failures[0];
  }

  /** Options are checked when it is called, and not when the first result is asked for. */
  results(options: BatchResultsOptions = {}): AsyncGenerator<BatchResult> {
    checkKnownOptions("BatchJob.results", options, { inOrder: BOOLEAN, ...WAIT_OPTIONS });
    return this.#results(options);
  }

  failed(options: BatchWaitOptions = {}): AsyncGenerator<UnansweredInput> {
    checkKnownOptions("BatchJob.failed", options, WAIT_OPTIONS);
    return this.#failed(options);
  }

  async *#results(options: BatchResultsOptions): AsyncGenerator<BatchResult> {
    const { inOrder = false, signal } = options;
    const reading = this.#reading();
    for await (const job of this.#ended(options, inOrder)) {
      for await (const result of this.#read(job, { inOrder, onlyFailed: false }, signal)) yield await resultOf(result, job, reading);
    }
    this.#checkComplete();
  }

  async *#failed(options: BatchWaitOptions): AsyncGenerator<UnansweredInput> {
    const reading = this.#reading();
    for await (const job of this.#ended(options, false)) {
      for await (const result of this.#read(job, { inOrder: false, onlyFailed: true }, options.signal)) {
        const { id, error = new Error("It has no answer.") } = await resultOf(result, job, reading);
        yield { id, input: messagesOf(result.input ?? []), error };
      }
    }
    this.#checkComplete();
  }

  get #jobs(): ManifestJob[] {
    return this.#context.manifest.jobs;
  }

  /** The jobs, each once it has ended. */
  async *#ended(options: BatchWaitOptions, inOrder: boolean): AsyncGenerator<ManifestJob> {
    const left = new Set(this.#jobs);
    const next = function* (): Generator<ManifestJob> {
      for (const job of left) {
        if (hasEnded(job)) {
          left.delete(job);
          yield job;
        } else if (inOrder) return;
      }
    };
    yield* next();
    if (left.size === 0) return;
    for await (const _ of this.#statuses(options)) {
      yield* next();
      if (left.size === 0) return;
    }
  }

  /** The status, again and again until all jobs have ended, which it is told too. */
  async *#statuses({ signal, onProgress, pollInterval = LONGEST_POLL }: BatchWaitOptions): AsyncGenerator<BatchStatus> {
    for (let pause = Math.min(FIRST_POLL, pollInterval); ; pause = Math.min(pause * POLL_GROWTH, pollInterval)) {
      signal?.throwIfAborted();
      const status = await this.#ask(signal);
      if (status !== undefined) {
        onProgress?.(status);
        yield status;
        if (status.hasEnded) return;
      }
      await sleep(pause, signal);
    }
  }

  /** Starts what was not started, and asks about the rest; nothing where Bedrock cannot be asked now. */
  async #ask(signal: AbortSignal | undefined): Promise<BatchStatus | undefined> {
    try {
      await this.#update(signal);
    } catch (error) {
      if (signal?.aborted || !isTransient(error)) throw error;
      return undefined;
    }
    // Where there is no room for a further job, the others go on.
    await this.#startPending(signal).catch((error: unknown) => {
      if (signal?.aborted || !isTransient(error)) throw error;
    });
    return this.#status();
  }

  async #startPending(signal: AbortSignal | undefined): Promise<void> {
    const { connection, manifest } = this.#context;
    for (const job of this.#jobs) {
      // The batch may be stopped meanwhile.
      if (job.state !== "Pending") continue;
      await createJob(connection, manifest, job, signal);
      await this.#save();
    }
  }

  async *#read(job: ManifestJob, { inOrder, onlyFailed }: { inOrder: boolean; onlyFailed: boolean }, signal: AbortSignal | undefined): AsyncGenerator<NativeResult> {
    const { manifest, connection } = this.#context;
    const { bucket } = readFolder(manifest.input);
    const folder = readFolder(manifest.output);
    const jobId = job.arn?.split("/").at(-1);
    const output = jobId === undefined ? undefined : { bucket: folder.bucket, key: `${folder.key}${jobId}/` };
    for (const { key, first, records } of job.files) {
      const sample = toNativeRequestAtOnce(this.#sample().request);
      for await (const batch of connection.output<NativeResult>({ input: { bucket, key }, output, first, records, inOrder, onlyFailed, sample }, signal)) yield* batch;
    }
  }

  /** A request of the same options as those of the inputs. */
  #sample(): ReturnType<BatchConnection["access"]["request"]> {
    const { connection, callOptions } = this.#context;
    return connection.access.request([new HumanMessage("Hello")], callOptions);
  }

  /** Warnings about options are those of every request. */
  #reading(): Reading {
    const { request, context } = this.#sample();
    const warnings = JSON.parse(convert(request).warnings ?? "[]") as RequestWarning[];
    return { context: { ...context, warnings, exchange: undefined }, schema: this.#context.schema };
  }

  #status(): BatchStatus {
    const jobs = this.#jobs.map((job) => ({ name: job.name, arn: job.arn, state: job.state, message: job.message, counts: countsOf(job) }));
    const counts = jobs.reduce(
      (sum, { counts: { total, processed, succeeded, failed } }) => ({
        total: sum.total + total,
        processed: sum.processed + processed,
        succeeded: sum.succeeded + succeeded,
        failed: sum.failed + failed,
      }),
      { total: 0, processed: 0, succeeded: 0, failed: 0 },
    );
    return { state: stateOf(this.#jobs), hasEnded: this.#jobs.every(hasEnded), isFullySubmitted: this.#context.manifest.isComplete, counts, jobs };
  }

  #checkComplete(): void {
    const { isComplete, records, name } = this.#context.manifest;
    if (isComplete) return;
    throw new Error(
      `BedrockBatch: the batch ${JSON.stringify(name)} was not submitted to its end: these are the results of its first ${records} inputs. Submit the same inputs again; jobs that were started are not started twice.`,
    );
  }

  #save(): Promise<void> {
    return this.#context.store.write(this.#context.manifest);
  }
}

/** From the least to the furthest. */
const COURSE: BatchJobState[] = ["Pending", "Submitted", "Validating", "Scheduled", "InProgress", "Stopping"];

function stateOf(jobs: ManifestJob[]): BatchJobState {
  const open = COURSE.find((state) => jobs.some((job) => job.state === state));
  if (open !== undefined) return open !== "Stopping" && jobs.some((job) => hasEnded(job) || job.state === "InProgress") ? "InProgress" : open;
  const [first] = jobs;
  return first !== undefined && jobs.every(({ state }) => state === first.state) ? first.state : "PartiallyCompleted";
}

/** Works on a few items at once. The first failure is thrown when the work that was begun has ended. */
async function inTurns<Item>(items: Item[], work: (item: Item) => Promise<unknown>): Promise<void> {
  const queue = items.values();
  const failures: unknown[] = [];
  const worker = async (): Promise<void> => {
    for (const item of queue) {
      if (failures.length > 0) return;
      await work(item).catch((error: unknown) => failures.push(error));
    }
  };
  await Promise.all(Array.from({ length: MAX_QUESTIONS }, worker));
  if (failures.length > 0) throw failures[0];
}

/** Rejects with the signal's reason as soon as that fires. */
function sleep(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    let release = (): void => undefined;
    const timer = setTimeout(() => {
      release();
      resolve();
    }, milliseconds);
    if (signal === undefined) return;
    release = onAbort(signal, () => {
      clearTimeout(timer);
      reject(signal.reason as Error);
    });
  });
}
