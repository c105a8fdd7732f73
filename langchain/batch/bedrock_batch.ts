import type { ChatBedrockConverse } from "langchain-aws-native";
import { BOOLEAN, describe, type OptionType, POSITIVE_INTEGER, TEXT } from "../configuration/option_types.js";
import type { Schema } from "../request/json_schema.js";
import { outputSpec } from "../structured_output/output_schema.js";
import type { BatchInputs, BatchJob, BatchResult, RunLocallyOptions, SubmitOptions } from "../types/batch.js";
import { BatchConnection } from "./batch_connection.js";
import { BATCH_JOB_OPTIONS, type BatchJobOptions, endpointsOf } from "./batch_options.js";
import { type BatchJobContext, SubmittedBatch } from "./job.js";
import { checkKnownOptions, PROGRESS_OPTIONS } from "./known_options.js";
import { LocalRun } from "./local_run.js";
import { checkManifest, type Manifest } from "./manifest.js";
import { ManifestStore } from "./manifest_store.js";
import { mistake } from "./mistake.js";
import { submit } from "./submit.js";

/** As error messages name it; a bundler may rename the class. */
const CLASS_NAME = "BedrockBatch";

/** Options of `BedrockBatch`. */
export interface BedrockBatchFields extends BatchJobOptions {
  /** The model that is asked, with its options. Tools and other options of a call cannot be bound to it. */
  model: ChatBedrockConverse;
  /** Where jobs find their inputs: `s3://bucket/prefix/`. */
  input?: string;
  /** Where jobs put their results: `s3://bucket/prefix/`. */
  output?: string;
  /** ARN of the role by which jobs read the one and write the other. */
  roleArn?: string;
  /**
   * A zod schema, a Standard Schema or a JSON schema of the answers. It is asked for by `outputConfig`, or in the system text where the model lacks
   * that, and results have the object as `output`.
   */
  schema?: Schema;
}

/** What `resume` needs beside the manifest, which has the rest. */
export type ResumeFields = Pick<BedrockBatchFields, "model" | "schema" | "s3EndpointUrl" | "bedrockEndpointUrl" | "credentials">;

/** Bedrock checks them too, but only when the files are written: API_ModelInvocationJobS3InputDataConfig, API_CreateModelInvocationJob. */
const S3_URI: OptionType = {
  expected: "an S3 URI such as s3://bucket/prefix/, in a bucket whose name has 3 to 63 lower-case letters, digits, dots and hyphens",
  accepts: (value) => typeof value === "string" && /^s3:\/\/[a-z0-9][-.a-z0-9]{1,61}[a-z0-9](?:\/.*)?$/.test(value),
};
const ROLE_ARN: OptionType = {
  expected: "the ARN of a role, such as arn:aws:iam::123456789012:role/batch",
  accepts: (value) => typeof value === "string" && /^arn:aws(-[^:]+)?:iam::([0-9]{12})?:role\/.+$/.test(value),
};

/** Checked elsewhere. */
const ANYTHING: OptionType = { expected: "", accepts: () => true };

const RUN_LOCALLY_OPTIONS: Record<string, OptionType> = {
  maxConcurrency: POSITIVE_INTEGER,
  checkpoint: { expected: "the path of a file", accepts: TEXT.accepts },
  inOrder: BOOLEAN,
  ...PROGRESS_OPTIONS,
};

const SUBMIT_OPTIONS: Record<string, OptionType> = { name: ANYTHING, ...PROGRESS_OPTIONS };

/** `resume` takes those too that only a submission needs, so that the same object of options serves both. */
const OPTIONS: Record<string, OptionType> = { model: ANYTHING, schema: ANYTHING, input: S3_URI, output: S3_URI, roleArn: ROLE_ARN, manifest: TEXT, ...BATCH_JOB_OPTIONS };

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
  readonly #fields: BedrockBatchFields;

  constructor(fields: BedrockBatchFields) {
    checkModel(fields?.model);
    checkKnownOptions(CLASS_NAME, fields, OPTIONS);
    this.model = fields.model;
    this.input = fields.input;
    this.output = fields.output;
    this.roleArn = fields.roleArn;
    this.#fields = fields;
  }

  /**
   * Writes the inputs to S3, in as many files and jobs as Bedrock's quotas want, and starts the jobs, of which the first are under way while the last are
   * still written. Inputs are read as they are needed. A call that failed, or a process that ended, is repeated with the same inputs: the same jobs are not
   * started twice.
   *
   * @throws for an input that cannot be sent, such as one with tools, for fewer inputs than a job takes, and for what S3 and Bedrock refuse.
   */
  async submit(inputs: BatchInputs, options: SubmitOptions): Promise<BatchJob> {
    checkKnownOptions(`${CLASS_NAME}.submit`, options, SUBMIT_OPTIONS);
    const { input, output, roleArn } = this;
    const missing = Object.entries({ input, output, roleArn }).find(([, value]) => value === undefined)?.[0];
    if (input === undefined || output === undefined || roleArn === undefined) throw mistake(`${CLASS_NAME}: submit needs \`${missing}\`; without a bucket, runLocally asks the model.`);
    const context = contextOf(this.#fields, this.#fields.manifest);
    const manifest = await submit({ ...context, input, output, roleArn, options: this.#fields }, inputs, options);
    return new SubmittedBatch({ ...context, manifest });
  }

  /** A batch that was submitted before, also by another process: by the manifest's place (a file or an `s3://` URI), or by what `toJSON` gave. */
  static async resume(manifest: string | object, fields: ResumeFields): Promise<BatchJob> {
    checkModel(fields?.model);
    checkKnownOptions(CLASS_NAME, fields, OPTIONS);
    const context = contextOf(fields, typeof manifest === "string" ? manifest : undefined);
    const known = typeof manifest === "string" ? await readManifest(context, manifest) : checkManifest(structuredClone(manifest), "the object");
    const { modelId } = context.connection.access;
    if (known.modelId !== modelId) throw mistake(`${CLASS_NAME}: the batch was submitted to ${known.modelId}, but the model is ${modelId}.`);
    return new SubmittedBatch({ ...context, manifest: known });
  }

  /**
   * The model of a batch, which `resume` needs, by the manifest's place. `model` may be any model whose region and credentials reach a manifest in S3.
   *
   * @returns a model id, the id of an inference profile, or an ARN.
   */
  static async modelIdOf(manifest: string, fields: ResumeFields): Promise<string> {
    checkModel(fields?.model);
    checkKnownOptions(CLASS_NAME, fields, OPTIONS);
    return (await readManifest(contextOf(fields, manifest), manifest)).modelId;
  }

  /**
   * Asks the inputs from here, one request each and some of them at once; nothing but the model is needed. Gives each result when it is there, errors
   * included. With `checkpoint` a later run goes on where this one ended, and gives the results of this one, too: what Bedrock answered or refused is not
   * asked again, what failed in another way is.
   *
   * Inputs are read as they are asked. While Bedrock throttles, all requests pause, fewer are sent at once, and those that were throttled are sent again.
   * Leaving the loop stops the requests under way. The loop throws the signal's reason; what no input can be asked without, such as credentials; what the
   * inputs throw, when those before are answered; and one sentence for wrong options and inputs, for a checkpoint of another run, and for an outage.
   */
  runLocally(inputs: BatchInputs, options: RunLocallyOptions = {}): AsyncGenerator<BatchResult, void, undefined> {
    checkKnownOptions(`${CLASS_NAME}.runLocally`, options, RUN_LOCALLY_OPTIONS);
    return new LocalRun({ model: this.model, ...schemaOf(this.#fields) }, inputs, options).results();
  }
}

async function readManifest({ store }: Pick<BatchJobContext, "store">, place: string): Promise<Manifest> {
  const manifest = await store.read();
  if (manifest === undefined) throw mistake(`${CLASS_NAME}: there is no manifest ${place}.`);
  return manifest;
}

/** What submissions and jobs have in common. */
function contextOf(fields: BedrockBatchFields, place: string | undefined): Omit<BatchJobContext, "manifest"> {
  const { model } = fields;
  const connection = new BatchConnection(model, endpointsOf(fields, model.endpointUrl ?? model.endpointHost));
  return { connection, store: new ManifestStore(place, connection), ...schemaOf(fields) };
}

/** How objects of a schema are asked for, and read. */
function schemaOf({ schema }: BedrockBatchFields): Pick<BatchJobContext, "callOptions" | "schema"> {
  if (schema === undefined) return { callOptions: {}, schema };
  const spec = outputSpec(schema, undefined);
  const json_schema = { name: spec.name, description: spec.description, schema: spec.schema as object };
  return { callOptions: { response_format: { type: "json_schema", json_schema } }, schema: spec };
}

/** By what it says of itself: an application may have the class twice, as an ES module and as CommonJS. */
function checkModel(model: unknown): void {
  const { _llmType, bound } = (model ?? {}) as { _llmType?: unknown; bound?: unknown };
  if (typeof _llmType === "function" && _llmType.call(model) === "chat_bedrock_converse") return;
  const what = bound === undefined ? describe(model) : "a model with options of a call; give them to its constructor (a batch calls no tools; a schema for the answers is outputConfig)";
  throw mistake(`${CLASS_NAME}: model must be a ChatBedrockConverse, but it is ${what}.`);
}
