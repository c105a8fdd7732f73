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
