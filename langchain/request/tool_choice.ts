import type { RequestWarning } from "../types/warnings.js";
import type { BedrockConverseToolChoice, BedrockToolChoice, Tool } from "../types/chat.js";
import type { DocumentType } from "../types/document.js";
import { cannotBeForced } from "./reasoning.js";

export type ToolChoiceKind = "auto" | "any" | "tool";

const EVERY_KIND: readonly ToolChoiceKind[] = ["auto", "any", "tool"];

/**
 * The tool choices of model families, by a pattern of their ids; the first match counts. A family is listed only on the evidence of Bedrock's
 * documentation or of a report: a wrong entry would deny users something that works, a missing one leaves the refusal to Bedrock.
 *
 * - Claude: all, except models that always think ("tool_choice: type "tool" and "any" are not supported for this model"). Later versions are not
 *   listed on purpose: newer models tend not to accept forced tools.
 * - Nova: all (https://docs.aws.amazon.com/nova/latest/userguide/tool-choice.html).
 * - gpt-oss and GPT: all (langchain-ai/langchain-aws#1278).
 * - DeepSeek V3: "tool" is accepted but not obeyed (langchain-ai/langchain-aws#1261).
 * - Mistral Large: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ToolChoice.html
 */
const FAMILIES: readonly (readonly [RegExp, readonly ToolChoiceKind[]])[] = [
  [/claude-(?:(?:fable|mythos)-5-1|opus-5-5)(?!\d)/, ["auto"]],
  [/claude-(?:[34](?!\d)|(?:opus|sonnet|haiku)-4|(?:opus|sonnet|haiku|fable|mythos)-5(?!-?\d{1,2}(?!\d)))/, EVERY_KIND],
  [/amazon\.nova-/, EVERY_KIND],
  [/openai\.gpt-/, EVERY_KIND],
  [/deepseek\.v3/, ["auto", "any"]],
  [/mistral-large/, ["auto", "any"]],
];

/**
 * The tool choices that a model accepts; `undefined` when they are not known. The id may be part of an inference profile's (`us.`, `global.`, …) or
 * of an ARN.
 */
export function supportedToolChoiceValuesForModel(model: string): ToolChoiceKind[] | undefined {
  const kinds = FAMILIES.find(([ids]) => ids.test(model))?.[1];
  return kinds && [...kinds];
}

/**
 * A tool choice in Converse's shape. `"none"` has no such shape, see {@link forbidsTools}.
 * Throws when the model is known not to accept it.
 */
export function convertToBedrockToolChoice(
  toolChoice: BedrockConverseToolChoice,
  tools: readonly Tool[],
  model: string,
  supported: readonly ToolChoiceKind[] | undefined,
): BedrockToolChoice {
  const converted = typeof toolChoice === "string" ? namedToolChoice(toolChoice, tools) : objectToolChoice(toolChoice, tools);
  const kind = EVERY_KIND.find((name) => name in converted);
  if (kind === undefined) throw new Error(notUnderstood(toolChoice));
  if (supported !== undefined && !supported.includes(kind)) throw new Error(notSupported(model, kind, supported));
  return converted;
}

/** Whether no tool may be called: the request then has no tools. (A tool may be named "none".) */
export function forbidsTools(toolChoice: BedrockConverseToolChoice | undefined, tools: readonly Tool[]): boolean {
  return toolChoice === "none" && !hasTool(tools, "none");
}

/** A tool choice that the model accepts, and what was changed. */
interface AdaptedToolChoice {
  toolChoice: BedrockToolChoice;
  warning?: RequestWarning;
}

/**
 * Replaces a forced tool call by `auto` where it is known to be refused: by Claude while it thinks (`createAgent` with a schema forces tools by
 * itself), and by Nova when all tools are ones that Bedrock runs.
 */
export function adaptToolChoice(toolChoice: BedrockToolChoice, tools: readonly Tool[], model: string, fields: DocumentType | undefined): AdaptedToolChoice {
  if ("auto" in toolChoice) return { toolChoice };
  const hasOnlySystemTools = tools.every((tool) => "systemTool" in tool);
  if (cannotBeForced(model, fields)) return auto("Claude cannot be made to call a tool while it thinks");
  if (hasOnlySystemTools && /\bnova\b/.test(model)) return auto("Nova cannot be made to call a system tool");
  return { toolChoice };
}

function auto(reason: string): AdaptedToolChoice {
  const message = `tool_choice was replaced by "auto": ${reason}.`;
  return { toolChoice: { auto: {} }, warning: { code: "tool_choice_adapted", message, path: "toolConfig.toolChoice" } };
}

function namedToolChoice(choice: string, tools: readonly Tool[]): BedrockToolChoice {
  if (choice === "auto") return { auto: {} };
  if (choice === "any" || (choice === "required" && !hasTool(tools, choice))) return { any: {} };
  if (!hasTool(tools, choice)) throw new Error(`Tool with name ${choice} not found in tools list.`);
  return { tool: { name: choice } };
}

function objectToolChoice(choice: Exclude<BedrockConverseToolChoice, string>, tools: readonly Tool[]): BedrockToolChoice {
  if (!("function" in choice)) return choice as BedrockToolChoice;
  const { name } = choice.function;
  if (!hasTool(tools, name)) throw new Error(`Tool with name ${name} not found in tools list.`);
  return { tool: { name } };
}

function hasTool(tools: readonly Tool[], name: string): boolean {
  return tools.some((tool) => "toolSpec" in tool && tool.toolSpec.name === name);
}

function notUnderstood(choice: BedrockConverseToolChoice): string {
  const shapes = '"auto", "any", "required", "none", a tool\'s name, { tool: { name } } or { type: "function", function: { name } }';
  return `ChatBedrockConverse: tool_choice must be ${shapes}, but it is ${JSON.stringify(choice)}.`;
}

function notSupported(model: string, kind: ToolChoiceKind, supported: readonly ToolChoiceKind[]): string {
  const refused =
    supported.length === 0
      ? `Model ${model} does not currently support 'tool_choice'.`
      : `Model ${model} does not currently support 'tool_choice' of type ${kind}. The following 'tool_choice' types are supported: ${supported.join(", ")}.`;
  return `${refused} Please see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ToolChoice.html for the latest documentation on models that support tool choice.`;
}
