import { AIMessage, type BaseMessage, HumanMessage, type MessageContent, SystemMessage, type ToolCall, ToolMessage } from "@langchain/core/messages";
import { convertToError } from "../response/errors.js";
import { convertToAIMessage, convertToLlmOutput, decodeBytes, type NativeMessage, type RequestContext } from "../response/messages.js";
import { readText } from "../structured_output/answer.js";
import type { OutputSpec } from "../structured_output/output_schema.js";
import type { BatchResult } from "../types/batch.js";
import type { ManifestJob } from "./manifest.js";

/** A result as the core reads it. */
export interface NativeResult {
  index: number;
  id: string;
  message?: NativeMessage;
  error?: RecordError;
  missing?: true;
  /** The messages of the input, where they are asked for. */
  input?: NativeInput[];
}

/** What a record's output has in place of an answer. */
interface RecordError {
  /** An HTTP status, or the name of an exception. */
  errorCode?: number | string;
  errorMessage?: string;
}

interface NativeInput {
  type: "system" | "human" | "ai" | "tool";
  content: MessageContent;
  tool_calls?: ToolCall[];
  tool_call_id?: string;
  status?: "success" | "error";
  bytes?: (string | number)[][];
}

/** The output of a job has no line for an input: it was not asked, or what was answered is lost. */
export class MissingResultError extends Error {
  override name = "MissingResultError";
  /** The job's; `undefined` if it was never started. */
  readonly jobArn: string | undefined;
  /** The state in which the job ended. */
  readonly jobState: string;

  constructor(id: string, { arn, state, message }: ManifestJob) {
    const reason = message === undefined ? "" : ` Bedrock says: ${message}`;
    super(`The output of the job ${arn ?? "that was never started"} has nothing for the input ${id}. The job is ${state}.${reason}`);
    this.jobArn = arn;
    this.jobState = state;
  }
}

/** The exceptions of Converse by their HTTP status: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html#API_runtime_Converse_Errors */
const EXCEPTIONS: Record<number, string> = {
  400: "ValidationException",
  403: "AccessDeniedException",
  404: "ResourceNotFoundException",
  408: "ModelTimeoutException",
  424: "ModelErrorException",
  429: "ThrottlingException",
  500: "InternalServerException",
  503: "ServiceUnavailableException",
};

/** The error that `invoke` would have thrown. */
function errorOf({ errorCode, errorMessage }: RecordError): Error {
  const status = Number(errorCode);
  const isStatus = Number.isInteger(status) && status >= 400;
  const name = isStatus ? (EXCEPTIONS[status] ?? "UnknownError") : typeof errorCode === "string" && errorCode !== "" ? errorCode : "UnknownError";
  const $fault = status >= 500 || /^(Internal|ServiceUnavailable)/.test(name) ? "server" : "client";
  const members = { name, $fault, $metadata: isStatus ? { httpStatusCode: status } : {} };
  return convertToError({ kind: "service", message: errorMessage ?? `The record failed with the code ${errorCode}.`, members: JSON.stringify(members) }) as Error;
}

/** What is known of an answer, and what it is to be. */
export interface Reading {
  context: RequestContext;
  schema: OutputSpec | undefined;
}

/** What became of an input. */
export async function resultOf({ id, message: native, error, missing }: NativeResult, job: ManifestJob, { context, schema }: Reading): Promise<BatchResult> {
  if (missing) return { id, error: new MissingResultError(id, job) };
  if (native === undefined) return { id, error: errorOf(error ?? {}) };
  const message = convertToAIMessage(native, { ...context, warnings: [...context.warnings] });
  // As core does it for `invoke`.
  message.response_metadata = { ...convertToLlmOutput(message.usage_metadata), ...message.response_metadata };
  return readAnswer(id, message, schema);
}

/** An answer with the object that it holds. */
export async function readAnswer(id: string, message: AIMessage, schema: OutputSpec | undefined): Promise<BatchResult> {
  if (schema === undefined) return { id, message };
  const reading = await readText(message, schema);
  if ("output" in reading) return { id, message, output: reading.output };
  return reading.unmatched === undefined ? { id, error: reading.error } : { id, message, output: reading.unmatched };
}

/** The messages of an input, as LangChain has them. */
export function messagesOf(input: NativeInput[]): BaseMessage[] {
  return input.map((message) => {
    const { type, tool_calls = [], tool_call_id = "", status, bytes } = message;
    decodeBytes(message, bytes);
    const content = shortest(message.content);
    if (type === "system") return new SystemMessage({ content });
    if (type === "ai") return new AIMessage({ content, tool_calls });
    return type === "tool" ? new ToolMessage({ content, tool_call_id, status }) : new HumanMessage({ content });
  });
}

/** A text alone is the content itself, as in most messages. */
function shortest(content: MessageContent): MessageContent {
  if (typeof content === "string") return content;
  const [block] = content;
  return content.length === 1 && block?.type === "text" && typeof block.text === "string" ? block.text : content;
}
