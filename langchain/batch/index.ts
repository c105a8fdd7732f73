export type { BatchJobOptions, BatchQuotaOptions } from "./batch_options.js";
export { BedrockBatch, type BedrockBatchFields, type ResumeFields } from "./bedrock_batch.js";
export { MissingResultError } from "./record_results.js";
export type {
  AnsweredInput,
  BatchChange,
  BatchCounts,
  BatchInput,
  BatchInputs,
  BatchJob,
  BatchJobState,
  BatchJobStatus,
  BatchResult,
  BatchResultsOptions,
  BatchStatus,
  BatchWaitOptions,
  FailedInput,
  IdentifiedInput,
  LocalProgress,
  RunLocallyOptions,
  SubmitOptions,
  UnansweredInput,
} from "../types/batch.js";
