import type { BedrockConverseToolChoice, BedrockToolChoice, Tool } from "../types/chat.js";

/** A tool choice in Converse's shape, or `none`, which the core writes as the model has it. */
export type SentToolChoice = BedrockToolChoice | { none: object };

/** A tool choice in Converse's shape. Whether the model takes its kind is the core's to know. */
export function convertToBedrockToolChoice(toolChoice: BedrockConverseToolChoice, tools: readonly Tool[]): SentToolChoice {
  const converted = typeof toolChoice === "string" ? namedToolChoice(toolChoice, tools) : objectToolChoice(toolChoice, tools);
  if (["auto", "any", "tool", "none"].some((kind) => kind in converted)) return converted;
  throw new Error(notUnderstood(toolChoice));
}

/** A tool may be named "none", "auto" and so on: only `none` and `required` are then its name. */
function namedToolChoice(choice: string, tools: readonly Tool[]): SentToolChoice {
  if (choice === "auto") return { auto: {} };
  if (choice === "any" || (choice === "required" && !hasTool(tools, choice))) return { any: {} };
  if (choice === "none" && !hasTool(tools, choice)) return { none: {} };
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
