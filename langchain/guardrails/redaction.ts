import { AIMessage, type BaseMessage, type ChatMessage, HumanMessage, type MessageContent } from "@langchain/core/messages";
import type { ChatGeneration } from "@langchain/core/outputs";
import type { GuardrailContentSource, GuardrailRedaction, GuardrailTraceAssessment } from "../types/guardrails.js";
import { blockedSides, guardrailFindings, guardrailTrace, isGuardrailIntervention, isIntervention } from "./findings.js";

/** The texts of a redaction, by side. */
export type RedactionTexts = Record<GuardrailContentSource, string>;

/** The texts that an option asks for; `undefined` where it is off. */
export function redactionTexts(option: boolean | GuardrailRedaction | undefined): RedactionTexts | undefined {
  if (option === undefined || option === false) return undefined;
  const { input = "[User input redacted.]", output = "[Assistant output redacted.]" } = option === true ? {} : option;
  return { INPUT: input, OUTPUT: output };
}

/**
 * The messages, with a text in place of what a guardrail has blocked, so that it is neither stored nor assessed again: of the user's messages before an
 * answer that the guardrail gave instead of the model, and of what the model itself said of such an answer. Messages that change are new ones with the
 * same ids; the others are the same objects, and so is the array if none changes. Without a trace either side may be meant, and both are replaced.
 */
export function redactIntervenedMessages(messages: BaseMessage[], texts: GuardrailRedaction = {}): BaseMessage[] {
  return redactMessages(messages, redactionTexts(texts) as RedactionTexts);
}

export function redactMessages(messages: BaseMessage[], texts: RedactionTexts): BaseMessage[] {
  let redacted: BaseMessage[] | undefined;
  for (const [index, message] of messages.entries()) {
    if (!isGuardrailIntervention(message)) continue;
    redacted ??= [...messages];
    const sides = sidesOf(message);
    redacted[index] = redactedAnswer(message, texts, sides.has("OUTPUT"));
    if (!sides.has("INPUT")) continue;
    for (const asked of indexesAsked(messages, index)) redacted[asked] = redactedQuestion(messages[asked] as BaseMessage, texts.INPUT);
  }
  return redacted ?? messages;
}

/** An answer without what the guardrail found in the conversation, and, if `isOutput`, without what the model said. */
function redactedAnswer(message: AIMessage, texts: RedactionTexts, isOutput: boolean): AIMessage {
  const { id, name, content, additional_kwargs, tool_calls, invalid_tool_calls, usage_metadata } = message;
  const response_metadata = { ...message.response_metadata };
  redactTrace(response_metadata, texts);
  const kept = isOutput ? withText(content, texts.OUTPUT) : content;
  return new AIMessage({ id, name, content: kept, additional_kwargs, response_metadata, tool_calls, invalid_tool_calls, usage_metadata });
}

/** A generation that was streamed, with a text in place of what the model said if a guardrail blocked that: pieces of it stand before the guardrail's own. */
export function redactGeneration(generation: ChatGeneration, texts: RedactionTexts | undefined): ChatGeneration {
  const { message, generationInfo } = generation;
  if (texts === undefined || !isGuardrailIntervention(message) || !sidesOf(message).has("OUTPUT")) return generation;
  const redacted = redactedAnswer(message, texts, true);
  return { text: redacted.text, message: redacted, generationInfo };
}

function sidesOf(message: AIMessage): Set<GuardrailContentSource> {
  return blockedSides(guardrailFindings(message), guardrailTrace(message) !== undefined);
}

/** Replaces what was found, and what the model said, in the metadata of an answer in which a guardrail intervened. The trace is copied. */
export function redactTrace(metadata: Record<string, unknown>, texts: RedactionTexts): void {
  if (!isIntervention(metadata)) return;
  // A stream's has the trace of its last event too.
  const streamed = metadata.metadata as { trace?: Trace } | undefined;
  if (metadata.trace !== undefined) metadata.trace = redactedTrace(metadata.trace as Trace, texts);
  if (streamed?.trace !== undefined) metadata.metadata = { ...streamed, trace: redactedTrace(streamed.trace, texts) };
}

interface Trace {
  guardrail?: GuardrailTraceAssessment;
}

function redactedTrace(trace: Trace, texts: RedactionTexts): Trace {
  if (trace.guardrail === undefined) return trace;
  const { inputAssessment, outputAssessments, modelOutput, ...others } = trace.guardrail;
  const guardrail = {
    ...(modelOutput && { modelOutput: modelOutput.map(() => texts.OUTPUT) }),
    ...(inputAssessment && { inputAssessment: withoutQuotations(inputAssessment, texts.INPUT) }),
    ...(outputAssessments && { outputAssessments: withoutQuotations(outputAssessments, texts.OUTPUT) }),
    ...others,
  };
  return { ...trace, guardrail: guardrail as GuardrailTraceAssessment };
}

/** The members of an assessment that quote what was assessed; the last two are of automated reasoning. */
const QUOTATIONS = new Set(["match", "text", "naturalLanguage"]);

function withoutQuotations(assessment: unknown, text: string): unknown {
  if (Array.isArray(assessment)) return assessment.map((element) => withoutQuotations(element, text));
  if (typeof assessment !== "object" || assessment === null) return assessment;
  return Object.fromEntries(
    Object.entries(assessment).map(([member, value]) => [member, QUOTATIONS.has(member) && typeof value === "string" ? text : withoutQuotations(value, text)]),
  );
}

/** The user's messages that an answer is to: tool calls and their results may stand between. */
function indexesAsked(messages: BaseMessage[], answer: number): number[] {
  let end = answer - 1;
  while (end >= 0 && !isUser(messages[end])) end--;
  let start = end;
  while (isUser(messages[start - 1])) start--;
  return end < 0 ? [] : Array.from({ length: end - start + 1 }, (_, offset) => start + offset);
}

function isUser(message: BaseMessage | undefined): boolean {
  if (message?.type === "human") return true;
  return message?.type === "generic" && ["human", "user"].includes((message as ChatMessage).role);
}

function redactedQuestion({ id, name, content, additional_kwargs, response_metadata }: BaseMessage, text: string): HumanMessage {
  const replaced: MessageContent = Array.isArray(content) ? [{ type: "text", text }] : text;
  return new HumanMessage({ id, name, content: replaced, additional_kwargs, response_metadata });
}

/** A text in place of all but tool calls and their results. */
function withText(content: MessageContent, text: string): MessageContent {
  if (!Array.isArray(content)) return text;
  return [{ type: "text", text }, ...content.filter(({ type }) => typeof type === "string" && type.includes("tool"))];
}
