import type { AIMessage } from "@langchain/core/messages";
import { OutputParserException } from "@langchain/core/output_parsers";
import { type Checked, check, type Output, type OutputSpec } from "./output_schema.js";

/** What was found in an answer: an output of the schema; or the error of an answer that has none, and what a JSON schema refuses. */
export type Reading = { output: Output } | { error: OutputParserException; problem: string; unmatched?: Output };

export async function readToolCall(message: AIMessage, spec: OutputSpec): Promise<Reading> {
  const { tool_calls = [] } = message;
  const call = tool_calls.find((candidate) => candidate.name === spec.name);
  if (call !== undefined) return reading(message, JSON.stringify(call.args), await check(call.args, spec.schema));
  const output = await outputInText(message, spec);
  if (output !== undefined) return { output };
  const sentence = tool_calls.length === 0 ? "No tool calls found in the response." : `No tool call found with name ${spec.name}.`;
  return { error: noToolCall(message, sentence), problem: sentence };
}

export async function readText(message: AIMessage, { schema }: OutputSpec): Promise<Reading> {
  const json = jsonIn(message.text);
  return reading(message, message.text, json === undefined ? { problem: "It holds no JSON." } : await check(json, schema));
}

/** Why an answer ended, as Converse says it; a stream has it in its last event but one. */
export function stopReasonOf({ response_metadata }: AIMessage): unknown {
  const { stopReason, messageStop } = response_metadata as { stopReason?: unknown; messageStop?: { stopReason?: unknown } };
  return stopReason ?? messageStop?.stopReason;
}

function reading(message: AIMessage, said: string, checked: Checked): Reading {
  return "output" in checked ? checked : { ...checked, error: notParsed(message, said, checked.problem) };
}

/** Models that are not forced to call a tool may write its input, or the call, as text. It is accepted if it matches the schema. */
async function outputInText({ text }: AIMessage, { name, schema }: OutputSpec): Promise<Output | undefined> {
  const json = jsonIn(text) as Output | null | undefined;
  if (typeof json !== "object" || json === null) return undefined;
  const output = json.name === name ? (json.parameters ?? json.arguments ?? json.input ?? json) : json;
  const checked = await check(output, schema);
  return "output" in checked ? checked.output : undefined;
}

/** The JSON of a text: all of it, a fenced code block, or what is between the outermost braces. */
function jsonIn(text: string): unknown {
  for (const candidate of [text, /```(?:json)?\s([\s\S]*?)```/.exec(text)?.[1], /\{[\s\S]*\}/.exec(text)?.[0]]) {
    try {
      if (candidate !== undefined) return JSON.parse(candidate);
    } catch {
      // Not JSON: the next candidate is tried.
    }
  }
  return undefined;
}

function notParsed(message: AIMessage, said: string, problem: string): OutputParserException {
  return new OutputParserException(`Failed to parse. Text: "${said}". Error: ${problem}${hint(message)}`, said);
}

/** The message of `@langchain/aws`, without the link that core appends. */
function noToolCall(message: AIMessage, sentence: string): OutputParserException {
  return Object.assign(new OutputParserException(sentence, message.text), { message: sentence + hint(message) });
}

function hint(message: AIMessage): string {
  return stopReasonOf(message) === "max_tokens" ? " The answer was cut off at its limit of tokens: raise maxTokens." : "";
}
