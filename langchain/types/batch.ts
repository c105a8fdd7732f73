/** Batches: many inputs for one model. */
import type { BaseLanguageModelInput } from "@langchain/core/language_models/base";
import type { AIMessage, BaseMessage } from "@langchain/core/messages";

/** What a model is asked: what `invoke` takes, alone or with an id of yours. */
export type BatchInput = BaseLanguageModelInput | IdentifiedInput;

/** An input with an id that its result will have, too. */
export interface IdentifiedInput {
  /** Any text that is not empty and is well-formed Unicode; no other input of the batch may have it. */
  id: string;
  input: BaseLanguageModelInput;
}

/**
 * The inputs of a batch, which are read as they are needed. One without an id has one by its place, the first `R0000000000`, so that the same inputs in the
 * same order have the same ids.
 */
export type BatchInputs = Iterable<BatchInput> | AsyncIterable<BatchInput>;

/** What became of an input: a message, or an error. */
export type BatchResult = AnsweredInput | FailedInput;

/** An input that was answered. */
export interface AnsweredInput {
  /** The input's. */
  id: string;
  /** As `invoke` gives it. */
  message: AIMessage;
  /** The object in the answer, where the batch has a schema. */
  output?: Record<string, unknown>;
  error?: undefined;
}

/** An input that was not answered. */
export interface FailedInput {
  /** The input's. */
  id: string;
  message?: undefined;
  /** What `invoke` would throw. */
  error: Error;
}

/** The state of a job of batch inference; `Pending` is a job whose files are in S3 and which Bedrock has not taken yet. */
export type BatchJobState =
  | "Pending"
  | "Submitted"
  | "Validating"
  | "Scheduled"
  | "InProgress"
  | "Completed"
  | "PartiallyCompleted"
  | "Failed"
  | "Stopping"
  | "Stopped"
  | "Expired";

/** Records, by what became of them. */
export interface BatchCounts {
  total: number;
  processed: number;
  succeeded: number;
  failed: number;
}

/** What is known of one of a batch's jobs. */
export interface BatchJobStatus {
  name: string;
  /** Absent while the job is `Pending`. */
  arn?: string;
  state: BatchJobState;
  /** Why a job failed, as Bedrock says it. */
  message?: string;
  counts: BatchCounts;
}

/** What is known of a batch. */
export interface BatchStatus {
  /** Of all jobs: how far the last of them is; once all have ended, `Completed` if all have completed, their state if all have the same, else `PartiallyCompleted`. */
  state: BatchJobState;
  /** Whether all jobs have ended. */
  hasEnded: boolean;
  /**
   * Whether all inputs are in these jobs. `false` while a submission is under way, and after one that failed or was interrupted: then the jobs and counts are
   * those of the first inputs only, until the same inputs are submitted again.
   */
  isFullySubmitted: boolean;
  counts: BatchCounts;
  jobs: BatchJobStatus[];
}

/** Options of a wait for jobs. */
export interface BatchWaitOptions {
  /** Ends the wait; the jobs go on. */
  signal?: AbortSignal;
  /** Called with each status that was asked for. */
  onProgress?: (status: BatchStatus) => void;
  /** Milliseconds between two questions at most. The first ones follow each other faster: after 5 seconds, then after half as long again each time. At least 1. Default: 60,000. */
  pollInterval?: number;
}

/** Options of `results`. */
export interface BatchResultsOptions extends BatchWaitOptions {
  /** Whether results come in the order of the inputs. By default they come as jobs end, and within a job as Bedrock wrote them. */
  inOrder?: boolean;
}

/** Options of `submit`. */
export interface SubmitOptions {
  /** Names the jobs and their files: 1 to 44 letters, digits, `-` and `.`. The same name, settings and inputs are the same batch, which is not paid for twice. */
  name: string;
  /** Ends the upload. Jobs that were started go on. */
  signal?: AbortSignal;
  /** Called as inputs are written, with their number so far and that of the jobs that were started, without those for which there is no room yet. */
  onProgress?: (progress: { inputs: number; jobs: number }) => void;
}

/** An input that has no answer, as messages that can be submitted again, or asked. */
export interface UnansweredInput {
  id: string;
  input: BaseMessage[];
  error: Error;
}

/** Options of `runLocally`. */
export interface RunLocallyOptions {
  /** Requests at once. @default 16 */
  maxConcurrency?: number;
  /**
   * The path of a file that keeps the answers: a later run with the same inputs and the same options of the model goes on from it. It is made if it is not
   * there, readable by its owner only. Without it nothing is kept.
   */
  checkpoint?: string;
  /** Whether results come in the order of their inputs; otherwise each comes when it is there. @default false */
  inOrder?: boolean;
  /** Ends the run: requests under way are stopped, and the loop throws its reason. What was answered is in the checkpoint. */
  signal?: AbortSignal;
  /** Called with each result that there is, and when Bedrock wants a pause. */
  onProgress?: (progress: LocalProgress) => void;
}

/** How far a local run is. */
export interface LocalProgress {
  /** Results, those of an earlier run and errors included. */
  done: number;
  /** The number of inputs, where they are an array. */
  total?: number;
  /** Results that were in the checkpoint. */
  fromCheckpoint: number;
  /** Results that are errors, those of the checkpoint included. */
  failed: number;
  /** Requests under way. */
  active: number;
  /** Tokens of the answers of this run, not of those that were in the checkpoint. */
  inputTokens: number;
  outputTokens: number;
  /** While Bedrock throttles or cannot be reached: when the next request is sent, in milliseconds since 1970. */
  pausedUntil?: number;
}

/** Changes of one kind in requests. */
export interface BatchChange {
  /** Of the warning. */
  code: string;
  /** In how many places. */
  count: number;
  /** The index of the first input. */
  first: number;
}

/** A batch that was submitted: one job of Bedrock's, or several where its quotas want it. */
export interface BatchJob {
  readonly name: string;
  /** The number of inputs. */
  readonly records: number;
  /** What was changed in requests, because Bedrock would have refused it. */
  readonly changes: readonly BatchChange[];
  /** The manifest, which `BedrockBatch.resume` takes, too. It has ids, keys and ARNs, and nothing of what was asked or answered. */
  toJSON(): object;
  /** Asks Bedrock about all jobs that have not ended. */
  status(options?: { signal?: AbortSignal }): Promise<BatchStatus>;
  /**
   * Waits until all jobs have ended, and starts those for which there was no room before. Throttling and outages prolong it. Throws the signal's reason when
   * that fires, and what else keeps Bedrock from answering.
   */
  wait(options?: BatchWaitOptions): Promise<BatchStatus>;
  /** Stops all jobs that have not ended. What was answered stays in the output. */
  stop(options?: { signal?: AbortSignal }): Promise<void>;
  /**
   * What became of each input: a message as `invoke` gives it, or an error. Waits for the jobs; results come as these end, or, with `inOrder`, in the order
   * of the inputs.
   */
  results(options?: BatchResultsOptions): AsyncGenerator<BatchResult>;
  /** The inputs that have no answer, to be submitted again or asked, in the order in which jobs end. An answer that a schema refuses is an answer. */
  failed(options?: BatchWaitOptions): AsyncGenerator<UnansweredInput>;
}
