import { coerceMessageLikeToMessage, HumanMessage, type AIMessage, type BaseMessage, type BaseMessageLike } from "@langchain/core/messages";
import type { ServiceRequest } from "../request/service_request.js";
import { applyGuardrailRequest, type Guardrail, guardrailChecksRequest } from "../request/guardrail_requests.js";
import type { ApplyGuardrailOptions, GuardrailAnswer, GuardrailChecksConfig, GuardrailInput } from "../types/guardrails.js";
import { toGuardrailContent } from "./content.js";

const SOURCES: unknown[] = ["INPUT", "OUTPUT"];

/** The request of `applyGuardrail`; `undefined` if there is nothing to assess. Throws one sentence for content or options that cannot be sent. */
export function requestOfGuardrail(content: GuardrailInput, options: ApplyGuardrailOptions): ServiceRequest | undefined {
  const { source, outputScope } = options;
  if (!SOURCES.includes(source)) throw new Error('applyGuardrail: pass the option source, "INPUT" for what goes to a model or "OUTPUT" for what comes from one.');
  const guardrail = checkGuardrail(options.guardrailConfig);
  const blocks = toGuardrailContent(content, "content");
  return blocks.length === 0 ? undefined : applyGuardrailRequest(guardrail, { source, content: blocks, ...(outputScope && { outputScope }) });
}

function checkGuardrail({ guardrailIdentifier, guardrailVersion }: Partial<Guardrail> = {}): Guardrail {
  if (guardrailIdentifier && guardrailVersion) return { guardrailIdentifier, guardrailVersion };
  const missing = guardrailIdentifier ? "guardrailVersion" : "guardrailIdentifier";
  throw new Error(`applyGuardrail: guardrailConfig.${missing} is missing, which the option guardrailConfig of the model or of the call gives.`);
}

/** The answer, complete: of content without anything to assess, what Bedrock says of harmless content. */
export function completeAnswer(source: ApplyGuardrailOptions["source"], answer: Partial<GuardrailAnswer> | undefined): GuardrailAnswer {
  return { action: "NONE", outputs: [], assessments: [], usage: {}, ...answer, source };
}

const ROLES: Record<string, string | undefined> = { human: "user", user: "user", tool: "user", ai: "assistant", assistant: "assistant", system: "system" };

/** The request of `invokeGuardrailChecks`. Throws one sentence for a message that has anything but text. */
export function requestOfChecks(input: string | BaseMessageLike[], checks: GuardrailChecksConfig): ServiceRequest {
  const given = typeof input === "string" ? [new HumanMessage(input)] : input.map((message) => coerceMessageLikeToMessage(message));
  const messages = given.map(checkedMessage);
  if (messages.length === 0) throw new Error("invokeGuardrailChecks: there is no message to check.");
  if (Object.values(checks ?? {}).every((check) => check === undefined)) throw new Error("invokeGuardrailChecks: name one check at least: contentFilter, promptAttack or sensitiveInformation.");
  return guardrailChecksRequest({ messages, checks });
}

function checkedMessage(message: BaseMessage, index: number): object {
  const { type } = message;
  const role = ROLES[type === "generic" ? (message as BaseMessage & { role: string }).role : type];
  if (role === undefined) throw new Error(`messages[${index}]: a message of the type ${type} cannot be checked: give human, ai, system and tool messages.`);
  const content = [...textsOf(message, index), ...callsOf(message)].filter((text) => text.trim() !== "");
  if (content.length === 0) throw new Error(`messages[${index}]: there is no text to check.`);
  return { role, content: content.map((text) => ({ text })) };
}

/** Reasoning is left out, which no user reads, and tool calls, which follow as they would be carried out. */
function textsOf({ content }: BaseMessage, index: number): string[] {
  if (typeof content === "string") return [content];
  return content.flatMap((block, position) => {
    if (typeof block === "string") return [block];
    const { type, text } = block as { type?: string; text?: unknown };
    if (type === "text" && typeof text === "string") return [text];
    if (type !== undefined && /tool|reasoning|thinking|cache_?point/i.test(type)) return [];
    throw new Error(`messages[${index}].content[${position}]: guardrail checks take text only, but this is a block of the type ${type}.`);
  });
}

function callsOf(message: BaseMessage): string[] {
  return ((message as AIMessage).tool_calls ?? []).map(({ args }) => JSON.stringify(args));
}

