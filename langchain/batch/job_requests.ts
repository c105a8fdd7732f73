import type { BatchCounts, BatchJobState } from "../types/batch.js";
import type { BatchConnection } from "./batch_connection.js";
import type { Manifest, ManifestJob } from "./manifest.js";
import { uriOf, readUri } from "./s3_uri.js";

/** The states in which a job stays. */
const FINAL: ReadonlySet<BatchJobState> = new Set(["Completed", "PartiallyCompleted", "Failed", "Stopped", "Expired"]);

export function hasEnded({ state }: Pick<ManifestJob, "state">): boolean {
  return FINAL.has(state);
}

/** The parts of GetModelInvocationJob's answer that are read. */
interface JobAnswer {
  jobArn?: string;
  clientRequestToken?: string;
  status?: BatchJobState;
  message?: string;
  processedRecordCount?: number;
  successRecordCount?: number;
  errorRecordCount?: number;
}

/** Starts a job whose files are in S3, and notes its ARN. Its token is the same whenever these records are submitted, so that Bedrock makes one job of them. */
export async function createJob(connection: BatchConnection, manifest: Manifest, job: ManifestJob, signal: AbortSignal | undefined): Promise<void> {
  const { bucket } = readUri(manifest.input);
  const body = {
    ...manifest.request,
    jobName: job.name,
    clientRequestToken: job.token,
    inputDataConfig: { s3InputDataConfig: { s3InputFormat: "JSONL", s3Uri: uriOf({ bucket, key: job.folder }) } },
  };
  job.arn = (await create(connection, body, signal)) ?? (await findJob(connection, job, signal));
  if (job.arn === undefined) throw new Error(`BedrockBatch: Bedrock took the job ${job.name}, but neither its answer nor its list of jobs names it.`);
  // The batch was stopped while Bedrock was asked.
  if (job.state === "Stopped") await stopJob(connection, job, signal);
  else job.state = "Submitted";
}

/** Nothing where Bedrock says that it has the job already. */
async function create(connection: BatchConnection, body: object, signal: AbortSignal | undefined): Promise<string | undefined> {
  try {
    return (await connection.control<JobAnswer>("create-model-invocation-job", "POST", "/model-invocation-job", body, signal)).jobArn;
  } catch (error) {
    if ((error as Error).name === "ConflictException") return undefined;
    throw error;
  }
}

/** The job of this token. */
async function findJob(connection: BatchConnection, { name, token }: ManifestJob, signal: AbortSignal | undefined): Promise<string | undefined> {
  for (let nextToken: string | undefined; ; ) {
    const query = new URLSearchParams({ nameContains: name, ...(nextToken === undefined ? {} : { nextToken }) });
    const page = await connection.control<{ invocationJobSummaries?: JobAnswer[]; nextToken?: string }>("list-model-invocation-jobs", "GET", `/model-invocation-jobs?${query}`, undefined, signal);
    const found = page.invocationJobSummaries?.find(({ clientRequestToken }) => clientRequestToken === token);
    if (found !== undefined) return found.jobArn;
    nextToken = page.nextToken;
    if (!nextToken) return undefined;
  }
}

/** Notes what Bedrock says of a job. Returns whether the job has ended by it. */
export async function updateJob(connection: BatchConnection, job: ManifestJob, signal: AbortSignal | undefined): Promise<boolean> {
  const path = `/model-invocation-job/${encodeURIComponent(job.arn ?? "")}`;
  const { status, message, processedRecordCount: processed = 0, successRecordCount: succeeded = 0, errorRecordCount: failed = 0 } = await connection.control<JobAnswer>(
    "get-model-invocation-job",
    "GET",
    path,
    undefined,
    signal,
  );
  Object.assign(job, { state: status ?? job.state, message, counts: { processed, succeeded, failed } });
  return hasEnded(job);
}

/** Asks Bedrock to stop a job. One that has ended meanwhile stays as it is; one that was not started never is. The answer to its start may have been lost. */
export async function stopJob(connection: BatchConnection, job: ManifestJob, signal: AbortSignal | undefined): Promise<void> {
  if (job.arn === undefined) {
    // Nobody is to start it meanwhile.
    job.state = "Stopped";
    job.arn = await findJob(connection, job, signal).catch((error: unknown) => {
      job.state = "Pending";
      throw error;
    });
  }
  if (job.arn === undefined) return;
  try {
    await connection.control("stop-model-invocation-job", "POST", `/model-invocation-job/${encodeURIComponent(job.arn)}/stop`, {}, signal);
    job.state = "Stopping";
  } catch (error) {
    if ((error as Error).name !== "ConflictException") throw error;
  }
}

/** Whether the same request may succeed later: throttling, a quota that other jobs use up, an outage. */
export function isTransient(error: unknown): boolean {
  const { name, code, $fault } = (error ?? {}) as { name?: string; code?: string; $fault?: string };
  if (name === "ServiceQuotaExceededException" || name === "ThrottlingException" || name === "TooManyRequestsException") return true;
  return $fault === "server" || (typeof code === "string" && /^E(CONN|TIMEDOUT|PIPE|HOST|NET|AI_AGAIN|NOTFOUND)/.test(code));
}

export function countsOf({ records, counts }: ManifestJob): BatchCounts {
  return { total: records, processed: 0, succeeded: 0, failed: 0, ...counts };
}
