import type { ChatBedrockConverse } from "langchain-aws-native";
import { checkOptions, describe, type OptionType, TEXT } from "../configuration/option_types.js";

/** As error messages name it; a bundler may rename the class. */
const CLASS_NAME = "BedrockBatch";

/** Options of `BedrockBatch`. */
export interface BedrockBatchFields {
  /** The model that is asked, with its options. Tools and other options of a call cannot be bound to it. */
  model: ChatBedrockConverse;
  /** Where jobs find their inputs: `s3://bucket/prefix/`. */
  input?: string;
  /** Where jobs put their results: `s3://bucket/prefix/`. */
  output?: string;
  /** ARN of the role by which jobs read the one and write the other. */
  roleArn?: string;
}

const S3_URI: OptionType = { expected: "an S3 URI such as s3://bucket/prefix/", accepts: (value) => typeof value === "string" && /^s3:\/\/[^/]+(?:\/.*)?$/.test(value) };

const OPTIONS: Record<string, OptionType> = { input: S3_URI, output: S3_URI, roleArn: TEXT };

/**
 * Many inputs for one model.
 *
 * ```ts
 * const batch = new BedrockBatch({ model });
 * for await (const { id, message, error } of batch.runLocally(inputs, { checkpoint: "answers.jsonl" })) console.log(id, message?.text ?? error);
 * ```
 */
export class BedrockBatch {
  readonly model: ChatBedrockConverse;
  readonly input: string | undefined;
  readonly output: string | undefined;
  readonly roleArn: string | undefined;

  constructor(fields: BedrockBatchFields) {
    checkModel(fields?.model);
    checkOptions(CLASS_NAME, fields, OPTIONS);
    this.model = fields.model;
    this.input = fields.input;
    this.output = fields.output;
    this.roleArn = fields.roleArn;
  }
}

/** By what it says of itself: an application may have the class twice, as an ES module and as CommonJS. */
function checkModel(model: unknown): void {
  const { _llmType, bound } = (model ?? {}) as { _llmType?: unknown; bound?: unknown };
  if (typeof _llmType === "function" && _llmType.call(model) === "chat_bedrock_converse") return;
  const what = bound === undefined ? describe(model) : "a model with options of a call; give them to its constructor (a batch calls no tools; a schema for the answers is outputConfig)";
  throw new Error(`${CLASS_NAME}: model must be a ChatBedrockConverse, but it is ${what}.`);
}
