/** Batches: many inputs for one model. */
import type { BaseLanguageModelInput } from "@langchain/core/language_models/base";
import type { AIMessage } from "@langchain/core/messages";

/** What a model is asked: what `invoke` takes, alone or with an id of yours. */
export type BatchInput = BaseLanguageModelInput | IdentifiedInput;

/** An input with an id that its result will have, too. */
export interface IdentifiedInput {
  /** Any text that is not empty; no other input of the batch may have it. */
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
