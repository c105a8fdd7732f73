export { BedrockBatch, type BedrockBatchFields } from "./bedrock_batch.js";
export type { AnsweredInput, BatchInput, BatchInputs, BatchResult, FailedInput, IdentifiedInput, LocalProgress, RunLocallyOptions } from "../types/batch.js";
