import type { BaseMessage } from "@langchain/core/messages";
import type { RequestWarning } from "./warnings.js";

/** Options of `repairHistory`. */
export interface RepairHistoryOptions {
  /**
   * The id or ARN of a model, whose own rules are applied too: who may speak first and last, what may share a turn with tool results, which media and which
   * reasoning it takes back. Without it the history is repaired as for a model of which nothing is known.
   */
  model?: string;
  /** `"warn"`, the default, repairs; `"strict"` throws the sentence and the place of the first repair. */
  adaptation?: "warn" | "strict";
}

/** A history that Bedrock takes. */
export interface RepairedHistory {
  /** Messages that need no repair are the same objects; the others are new ones with the same `id` and metadata. */
  messages: BaseMessage[];
  /** What was changed. Paths are about the messages that were passed. */
  warnings: RequestWarning[];
}
