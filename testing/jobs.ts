import { createHash } from "node:crypto";
import { serviceError, type ServiceError } from "./errors.js";
import { isObject } from "./json.js";
import type { ObjectStore } from "./s3.js";
import type { BatchQuotas, BedrockRequest, JobFault, JobState, Operation, RequestBody } from "./types.js";

/** The operations of Bedrock's control plane that are served. */
export type JobOperation = "create-model-invocation-job" | "get-model-invocation-job" | "list-model-invocation-jobs" | "stop-model-invocation-job";

/** Bedrock's documented defaults: https://docs.aws.amazon.com/general/latest/gr/bedrock.html#limits_bedrock, batch inference. */
const QUOTAS: Required<BatchQuotas> = {
  minRecordsPerJob: 100,
  maxRecordsPerJob: 50_000,
  maxRecordsPerFile: 50_000,
  maxBytesPerFile: 1024 ** 3,
  maxBytesPerJob: 5 * 1024 ** 3,
  activeJobs: 20,
};

/** The operation and the job, or the model, of a request to the control plane. */
export function jobCallOf(method: string, url: string, { modelId }: RequestBody): { operation: JobOperation; modelId: string } | undefined {
  const [path = ""] = url.split("?", 1);
  if (path === "/model-invocation-jobs" && method === "GET") return { operation: "list-model-invocation-jobs", modelId: "" };
  if (path === "/model-invocation-job" && method === "POST") return { operation: "create-model-invocation-job", modelId: String(modelId ?? "") };
  const match = /^\/model-invocation-job\/([^/]+)(\/stop)?$/.exec(path);
  if (match === null || method !== (match[2] === undefined ? "GET" : "POST")) return undefined;
  return { operation: match[2] === undefined ? "get-model-invocation-job" : "stop-model-invocation-job", modelId: decodeURIComponent(match[1] ?? "") };
}

export function isJobOperation(operation: Operation): operation is JobOperation {
  return operation.includes("model-invocation-job");
}

/** What a record becomes beside its id and input. */
export type RecordOutcome = { modelOutput: object } | { error: { errorCode: number; errorMessage: string } };

/** Answers one record as the endpoint would answer a request of Converse. */
export type AnswerRecord = (modelId: string, body: RequestBody) => Promise<RecordOutcome>;

/** The states in which nothing happens any more. */
const FINAL: ReadonlySet<JobState> = new Set(["Completed", "PartiallyCompleted", "Failed", "Stopped", "Expired"]);

/** The states of a job, each of which one GetModelInvocationJob shows. */
const COURSE: JobState[] = ["Submitted", "Validating", "Scheduled", "InProgress"];

interface Job {
  arn: string;
  created: RequestBody;
  submitted: string;
  state: JobState;
  message?: string;
  counts: { totalRecordCount: number; processedRecordCount: number; successRecordCount: number; errorRecordCount: number };
  fault: JobFault;
}

/** A line of an input file. */
interface InputRecord {
  recordId?: string;
  modelInput: RequestBody;
}

/** The jobs of the endpoint. A job goes one state further with each GetModelInvocationJob that asks for it; its records are answered when it ends. */
export class Jobs {
  readonly #store: ObjectStore;
  readonly #region: string;
  readonly #quotas: Required<BatchQuotas>;
  readonly #answer: AnswerRecord;
  readonly #faults: JobFault[] = [];
  readonly #jobs = new Map<string, Job>();

  constructor(store: ObjectStore, region: string, quotas: BatchQuotas | undefined, answer: AnswerRecord) {
    this.#store = store;
    this.#region = region;
    this.#quotas = { ...QUOTAS, ...quotas };
    this.#answer = answer;
  }

  /** Queues faults: each job that is created takes the next one. */
  addFaults(faults: JobFault[]): void {
    this.#faults.push(...faults);
  }

  async handle({ operation, modelId, url, body }: BedrockRequest): Promise<object | ServiceError> {
    if (operation === "create-model-invocation-job") return this.#create(body);
    if (operation === "list-model-invocation-jobs") return this.#list(new URLSearchParams(url.split("?", 2)[1] ?? ""));
    const job = this.#jobs.get(modelId.split("/").at(-1) ?? "");
    if (job === undefined) return serviceError("ResourceNotFoundException", `Could not find a model invocation job with identifier: ${modelId}`);
    if (operation === "stop-model-invocation-job") return stop(job);
    await this.#advance(job);
    return describe(job);
  }

  /** A token that was used before makes no second job: the first one is answered. */
  #create(created: RequestBody): object | ServiceError {
    const token = created["clientRequestToken"];
    const before = [...this.#jobs.values()].find((job) => token !== undefined && job.created["clientRequestToken"] === token);
    if (before !== undefined) return { jobArn: before.arn };
    const isActive = ({ state, created: { modelId } }: Job): boolean => !FINAL.has(state) && modelId === created["modelId"];
    if ([...this.#jobs.values()].filter(isActive).length >= this.#quotas.activeJobs) {
      return serviceError("ServiceQuotaExceededException", `The sum of in-progress and submitted batch inference jobs exceeds the quota of ${this.#quotas.activeJobs}.`);
    }
    const id = createHash("sha256").update(JSON.stringify([created, this.#jobs.size])).digest("hex").slice(0, 12);
    const arn = `arn:aws:bedrock:${this.#region}:111122223333:model-invocation-job/${id}`;
    const counts = { totalRecordCount: 0, processedRecordCount: 0, successRecordCount: 0, errorRecordCount: 0 };
    this.#jobs.set(id, { arn, created, submitted: new Date().toISOString(), state: "Submitted", counts, fault: this.#faults.shift() ?? {} });
    return { jobArn: arn };
  }

  #list(query: URLSearchParams): object {
    const [name, state] = [query.get("nameContains"), query.get("statusEquals")];
    const all = [...this.#jobs.values()].filter((job) => (name === null || String(job.created["jobName"]).includes(name)) && (state === null || job.state === state));
    const start = Number(query.get("nextToken") ?? 0);
    const end = start + Number(query.get("maxResults") ?? 1000);
    return { invocationJobSummaries: all.slice(start, end).map(describe), ...(end < all.length ? { nextToken: String(end) } : {}) };
  }

  async #advance(job: Job): Promise<void> {
    if (FINAL.has(job.state)) return;
    if (job.state === "Stopping") return this.#end(job, "Stopped");
    const next = COURSE[COURSE.indexOf(job.state) + 1];
    if (next === undefined) return this.#end(job, job.fault.state ?? "Completed");
    if (job.state === "Scheduled" && job.fault.state === "Expired") return this.#end(job, "Expired");
    job.state = next;
    if (next !== "Scheduled") return;
    const problem = this.#problemOf(this.#files(job));
    if (problem !== undefined) Object.assign(job, { state: "Failed", message: problem });
    else job.counts.totalRecordCount = this.#files(job).reduce((sum, { lines }) => sum + lines.length, 0);
  }

  /** Writes the output. What was answered stays there also if the job does not complete. */
  async #end(job: Job, state: JobState): Promise<void> {
    const { processed = state === "Completed" || state === "PartiallyCompleted" ? Infinity : 0, message } = job.fault;
    const { s3Uri } = (job.created["outputDataConfig"] as { s3OutputDataConfig: { s3Uri: string } }).s3OutputDataConfig;
    const folder = `${s3Uri.replace(/\/?$/, "/")}${job.arn.split("/").at(-1)}/`;
    for (const { name, lines } of this.#files(job)) {
      const records = lines.slice(0, Math.max(0, processed - job.counts.processedRecordCount)).map((line) => JSON.parse(line) as InputRecord);
      const written: string[] = [];
      for (const record of records) written.push(...(await this.#record(job, record)));
      if (records.length > 0) this.#store.put(`${folder}${name}.out`, faulty(written, job.fault));
    }
    if (job.counts.processedRecordCount > 0) this.#store.put(`${folder}manifest.json.out`, JSON.stringify(job.counts));
    Object.assign(job, { state, ...(message === undefined ? {} : { message }) });
  }

  /** The line of a record in the output; none if it is to be missing. */
  async #record(job: Job, { recordId, modelInput }: InputRecord): Promise<string[]> {
    const outcome: RecordOutcome =
      "toolConfig" in modelInput
        ? { error: { errorCode: 400, errorMessage: "Tool use is not supported for batch inference with the Converse invocation type." } }
        : await this.#answer(String(job.created["modelId"]), modelInput);
    job.counts.processedRecordCount++;
    job.counts["error" in outcome ? "errorRecordCount" : "successRecordCount"]++;
    const isMissing = job.fault.missing?.includes(recordId ?? "") ?? false;
    return isMissing ? [] : [JSON.stringify({ recordId, modelInput, ...outcome })];
  }

  /** The files of a job, in the order of their names. */
  #files({ created }: Job): { name: string; bytes: number; lines: string[] }[] {
    const { s3Uri } = (created["inputDataConfig"] as { s3InputDataConfig: { s3Uri: string } }).s3InputDataConfig;
    const uris = this.#store.list(s3Uri).filter((uri) => uri.endsWith(".jsonl"));
    return uris.map((uri) => {
      const text = this.#store.get(uri) ?? Buffer.alloc(0);
      return { name: uri.split("/").at(-1) ?? "", bytes: text.length, lines: text.toString().split("\n").filter((line) => line.trim() !== "") };
    });
  }

  /** What validation finds. It does not look into `modelInput`. */
  #problemOf(files: { name: string; bytes: number; lines: string[] }[]): string | undefined {
    const { minRecordsPerJob, maxRecordsPerJob, maxRecordsPerFile, maxBytesPerFile, maxBytesPerJob } = this.#quotas;
    if (files.length === 0) return "No JSONL file was found at the input location.";
    const records = files.reduce((sum, { lines }) => sum + lines.length, 0);
    if (records < minRecordsPerJob) return `The job has ${records} records, fewer than the minimum of ${minRecordsPerJob}.`;
    if (records > maxRecordsPerJob) return `The job has ${records} records, more than the maximum of ${maxRecordsPerJob}.`;
    if (files.reduce((sum, { bytes }) => sum + bytes, 0) > maxBytesPerJob) return `The files of the job have more than ${maxBytesPerJob} bytes.`;
    for (const { name, bytes, lines } of files) {
      if (lines.length > maxRecordsPerFile) return `${name} has ${lines.length} records, more than the maximum of ${maxRecordsPerFile}.`;
      if (bytes > maxBytesPerFile) return `${name} has ${bytes} bytes, more than the maximum of ${maxBytesPerFile}.`;
      const wrong = lines.findIndex((line) => !isRecord(line));
      if (wrong !== -1) return `Line ${wrong + 1} of ${name} is no record: { recordId, modelInput }.`;
    }
    return undefined;
  }
}

function isRecord(line: string): boolean {
  try {
    const record: unknown = JSON.parse(line);
    return isObject(record) && isObject(record["modelInput"]) && (record["recordId"] === undefined || typeof record["recordId"] === "string");
  } catch {
    return false;
  }
}

function faulty(lines: string[], { reversed, truncatedBy = 0 }: JobFault): Buffer {
  const ordered = reversed ? lines.toReversed() : lines;
  const text = Buffer.from(ordered.map((line) => `${line}\n`).join(""));
  return text.subarray(0, Math.max(0, text.length - truncatedBy));
}

function stop(job: Job): object | ServiceError {
  if (FINAL.has(job.state)) return serviceError("ConflictException", `The job cannot be stopped, since it is ${job.state}.`);
  job.state = "Stopping";
  return {};
}

function describe({ arn, created, state, message, submitted, counts }: Job): object {
  const { tags: _tags, ...shown } = created;
  return { jobArn: arn, ...shown, status: state, submitTime: submitted, ...counts, ...(message === undefined ? {} : { message }) };
}
