import { readFileSync } from "node:fs";
import type { BatchJob, BatchJobOptions, BatchJobState, BatchJobStatus, BatchStatus } from "langchain-aws-native/batch";
import { isS3 } from "../../langchain/batch/s3_uri.js";
import { UsageError } from "../command.js";
import { errorText } from "../error_text.js";
import { codeOfError, ExitCode } from "./exit_codes.js";
import { countInputs, inputsOf } from "./inputs.js";
import { Interruption } from "./interruption.js";
import { constructed, type ModelArguments, modelOf, readObject } from "./model.js";
import { ProgressDisplay } from "./progress.js";
import { type ResultArguments, ResultWriter } from "./results.js";

/** What all actions about jobs have. */
export interface JobArguments extends ModelArguments {
  /** The inputs, or the manifest of a batch. */
  file: string;
  schema?: string;
  /** A file with further options of `BedrockBatch`. */
  jobOptions?: string;
  json: boolean;
}

/** What `submit` was asked to do. */
export interface SubmitArguments extends JobArguments {
  name?: string;
  s3Input?: string;
  s3Output?: string;
  roleArn?: string;
  manifest?: string;
}

/** States in which answers are missing because of the job, and not of the inputs. */
const FAILED_STATES: ReadonlySet<BatchJobState> = new Set(["Failed", "Expired", "Stopped"]);

/** For a batch of which not all inputs were submitted. */
const INCOMPLETE =
  "Not all inputs are in these jobs. Unless batch submit is still under way, it was interrupted: the same command submits the rest, and starts no job twice.";

/** `batch submit`: starts jobs for the inputs of a file. */
export async function submitFile(given: SubmitArguments): Promise<ExitCode> {
  const { file, name, s3Input: input, s3Output: output, roleArn } = given;
  if (name === undefined || input === undefined || output === undefined || roleArn === undefined) {
    throw new UsageError("batch submit needs --name, --s3-input, --s3-output and --role-arn. See: langchain-aws-native batch --help");
  }
  const manifest = given.manifest ?? (file === "-" ? undefined : `${file}.manifest`);
  if (manifest === undefined) throw new UsageError("With standard input, batch submit needs --manifest: the other actions find the jobs there.");
  const total = file === "-" ? undefined : await countInputs(file);
  const fields = fieldsOf(given);
  return work(given, async ({ display, signal }) => {
    const [model, { BedrockBatch }] = await Promise.all([modelOf(given), import("langchain-aws-native/batch")]);
    let started = 0;
    const onProgress = ({ inputs: done, jobs }: { inputs: number; jobs: number }): void => {
      started = jobs;
      display.update({ done, failed: 0, ...(total === undefined ? {} : { total }) });
    };
    const batch = constructed(() => new BedrockBatch({ ...fields, model, input, output, roleArn, manifest }));
    const job = await batch
      .submit(inputsOf(file), { name, signal, onProgress })
      .catch((error: unknown) => {
        if (started > 0 && !signal.aborted) display.say(`Jobs of earlier inputs were started: ${started}. They go on; ${manifest} names them.`);
        throw error;
      })
      .finally(() => {
        // A pipe that was waited for would keep the process.
        if (file === "-") process.stdin.destroy();
      });
    display.end();
    // All is submitted, even if Bedrock cannot be asked for more now.
    const status = await job.status({ signal }).catch((error: unknown) => ({ statusError: errorText(error) }));
    print({ manifest, records: job.records, changes: job.changes, ...status });
    return ExitCode.allAnswered;
  });
}

/** `batch status`: what is known of a batch's jobs. With `isWaiting`, once they have ended. */
export async function showStatus(given: JobArguments, isWaiting: boolean): Promise<ExitCode> {
  return work(given, async ({ display, signal }) => {
    const job = await resume(given);
    const status = isWaiting ? await job.wait({ signal, onProgress: (told) => display.update(progressOf(told)) }) : await job.status({ signal });
    display.end();
    print(status);
    if (!status.isFullySubmitted) display.say(INCOMPLETE);
    return codeOf(status, status.counts.failed > 0 || status.jobs.some(lacksAnswers));
  });
}

/** `batch stop`. */
export async function stopJobs(given: JobArguments): Promise<ExitCode> {
  return work(given, async ({ display, signal }) => {
    const job = await resume(given);
    await job.stop({ signal });
    display.end();
    print(await job.status({ signal }));
    return ExitCode.allAnswered;
  });
}

/** `batch results`: waits for the jobs, and writes what became of each input. */
export async function writeResults(given: JobArguments & ResultArguments): Promise<ExitCode> {
  return work(given, async ({ display, signal }) => {
    const job = await resume(given);
    const writer = new ResultWriter(given, display);
    await writer.writeAll(job.results({ inOrder: given.inOrder, signal, onProgress: (told) => display.update(progressOf(told)) }));
    display.end();
    display.say(writer.summary());
    return codeOf(await job.status({ signal }), writer.hasFailures);
  });
}

/** What an action works with. */
interface Bench {
  display: ProgressDisplay;
  signal: AbortSignal;
}

/** Runs an action until it ends, fails, or is interrupted. */
async function work({ json }: JobArguments, action: (bench: Bench) => Promise<ExitCode>): Promise<ExitCode> {
  const display = new ProgressDisplay(process.stderr, json);
  const interruption = new Interruption();
  try {
    return await action({ display, signal: interruption.signal });
  } catch (error) {
    display.end();
    display.say(interruption.code === undefined ? errorText(error) : "Interrupted. Jobs that were started go on; the same command goes on from there.");
    return interruption.code ?? codeOfError(error);
  } finally {
    interruption.release();
  }
}

async function resume(given: JobArguments): Promise<BatchJob> {
  const { file, model } = given;
  const fields = fieldsOf(given);
  const { BedrockBatch } = await import("langchain-aws-native/batch");
  // Any model reaches S3.
  const modelId = model ?? (isS3(file) ? await BedrockBatch.modelIdOf(file, { ...fields, model: await modelOf(given) }) : modelIn(file));
  return BedrockBatch.resume(file, { ...fields, model: await modelOf({ ...given, model: modelId }) });
}

/** The model of a manifest that is a file. */
function modelIn(manifest: string): string | undefined {
  try {
    const { modelId } = JSON.parse(readFileSync(manifest, "utf8")) as { modelId?: string };
    return modelId;
  } catch (error) {
    throw new UsageError(`${manifest} is no manifest of a batch: ${(error as Error).message}.`);
  }
}

function fieldsOf({ schema, jobOptions }: JobArguments): BatchJobOptions & { schema?: Record<string, unknown> } {
  return {
    ...(jobOptions === undefined ? {} : readObject("job-options", jobOptions, "options of BedrockBatch")),
    ...(schema === undefined ? {} : { schema: readObject("schema", schema, "a JSON schema") }),
  };
}

function progressOf({ state, counts: { processed, total, failed } }: BatchStatus): { status: string; done: number; total: number; failed: number } {
  return { status: state, done: processed, total, failed };
}

/** Whether a job has ended without an answer to each of its inputs. Of one that has completed Bedrock may tell no numbers. */
function lacksAnswers({ state, counts: { total, processed, succeeded } }: BatchJobStatus): boolean {
  return succeeded < total && (state === "PartiallyCompleted" || (state === "Completed" && processed > 0));
}

function codeOf({ hasEnded, isFullySubmitted, jobs }: BatchStatus, hasFailures: boolean): ExitCode {
  if (hasEnded && !isFullySubmitted) return ExitCode.ended;
  if (hasEnded && jobs.some(({ state }) => FAILED_STATES.has(state))) return ExitCode.jobFailed;
  return hasFailures ? ExitCode.someFailed : ExitCode.allAnswered;
}

function print(value: object): void {
  process.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
}
