export { BedrockBatch, type BedrockBatchFields } from "./bedrock_batch.js";
export type { AnsweredInput, BatchInput, BatchInputs, BatchResult, FailedInput, IdentifiedInput } from "../types/batch.js";
