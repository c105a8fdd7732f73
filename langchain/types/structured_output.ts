import type { StructuredOutputMethodOptions } from "@langchain/core/language_models/base";

/** Options of `withStructuredOutput`. */
export interface StructuredOutputOptions<IncludeRaw extends boolean = false> extends StructuredOutputMethodOptions<IncludeRaw> {
  /**
   * How the object is requested. By default the model decides: a tool that it is forced to call; where it cannot be forced, Bedrock's structured
   * outputs; where it has none, a tool that it may call; where it has no tools, the prompt.
   *
   * - `"functionCalling"`: a tool, whose arguments are the object.
   * - `"jsonSchema"`: Bedrock's structured outputs (`outputConfig.textFormat`).
   * - `"prompt"`: the schema is described in a message after the conversation, and the JSON of the answer is read.
   * - `"jsonMode"`: nothing is added, and the JSON of the answer is read.
   */
  method?: "functionCalling" | "jsonSchema" | "prompt" | "jsonMode" | (string & {});
  /**
   * How often a model whose answer has no object, or one that does not match the schema, is told so and asked again: 1 by default, 0 for never.
   * Each time is a request of its own, in the same run and with the same signal.
   */
  maxRepairs?: number;
}
