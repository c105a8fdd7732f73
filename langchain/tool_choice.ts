import type { BedrockConverseToolChoice, BedrockToolChoice, Tool } from "./types.js";

export type ToolChoiceKind = "auto" | "any" | "tool";

const EVERY_KIND: readonly ToolChoiceKind[] = ["auto", "any", "tool"];

/**
 * What is known of model families, by their ids; the first that fits counts. A family is here only for what Bedrock's documentation says or
 * what was tried and told: a wrong "no" would take something away from users, while a missing one costs them Bedrock's own clear refusal.
 *
 * - Claude: all, but not the models that always think ("tool_choice: type "tool" and "any" are not supported for this model"). Later versions
 *   are left open on purpose: the tendency is away from forced tools.
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
 * What a model's id tells of the tool choices it takes; `undefined` when it tells nothing: Bedrock decides. The id may stand in the middle:
 * of an inference profile (`us.`, `global.`, …) or of an ARN.
 */
export function supportedToolChoiceValuesForModel(model: string): ToolChoiceKind[] | undefined {
  const kinds = FAMILIES.find(([ids]) => ids.test(model))?.[1];
  return kinds && [...kinds];
}

/**
 * Writes a tool choice in Converse's shape; `"none"` has none there, see {@link forbidsTools}.
 * Throws when the model is known not to take it.
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

/** Whether the choice is that no tool may be called, so that the tools must stay away. A tool may have that name, too. */
export function forbidsTools(toolChoice: BedrockConverseToolChoice | undefined, tools: readonly Tool[]): boolean {
  return toolChoice === "none" && !hasTool(tools, "none");
}

/** Whether the model must call a tool. */
export function forcesTools(toolChoice: BedrockToolChoice | undefined): boolean {
  return toolChoice !== undefined && !("auto" in toolChoice);
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
