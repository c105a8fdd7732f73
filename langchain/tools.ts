import { isOpenAITool } from "@langchain/core/language_models/base";
import { isLangChainTool } from "@langchain/core/utils/function_calling";
import { toJsonSchema } from "@langchain/core/utils/json_schema";
import { isSerializableSchema } from "@langchain/core/utils/standard_schema";
import { isInteropZodSchema } from "@langchain/core/utils/types";
import type { BedrockConverseToolChoice, BedrockToolChoice, ChatBedrockConverseToolType, DocumentType, Tool } from "./types.js";

export type ToolChoiceKind = "auto" | "any" | "tool";

/** An Anthropic tool: its schema has another name. */
interface AnthropicTool {
  name: string;
  description?: string;
  input_schema: DocumentType;
}

/** Writes tools of every kind in Converse's shape. */
export function convertToConverseTools(tools: readonly ChatBedrockConverseToolType[]): Tool[] {
  return tools.map((tool, index) => {
    if (isBedrockTool(tool)) return tool;
    if (isOpenAITool(tool)) {
      const { name, description, parameters, strict } = tool.function as typeof tool.function & { strict?: boolean };
      return toolSpec(name, description, parameters as DocumentType, strict);
    }
    if (isLangChainTool(tool)) return toolSpec(tool.name, tool.description, schemaOf(tool.schema));
    if (isAnthropicTool(tool)) return toolSpec(tool.name, tool.description, tool.input_schema);
    throw new Error(
      `Invalid tool passed at index ${index}. Must be a StructuredToolInterface, ToolDefinition, or BedrockTool. Tool at index ${index}: ${show(tool)}`,
    );
  });
}

function toolSpec(name: string, description: string | undefined, json: DocumentType, strict?: boolean): Tool {
  return { toolSpec: { name, description, inputSchema: { json }, ...(strict === undefined ? {} : { strict }) } };
}

function schemaOf(schema: unknown): DocumentType {
  const isTyped = isInteropZodSchema(schema) || isSerializableSchema(schema);
  return (isTyped ? toJsonSchema(schema) : schema) as DocumentType;
}

function isBedrockTool(tool: unknown): tool is Tool {
  return isObject(tool) && ("toolSpec" in tool || "systemTool" in tool || "cachePoint" in tool);
}

function isAnthropicTool(tool: unknown): tool is AnthropicTool {
  return isObject(tool) && typeof tool.name === "string" && "input_schema" in tool;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

function show(tool: unknown): string {
  return isObject(tool) ? JSON.stringify(tool, null, 2) : String(tool);
}

/**
 * Writes a tool choice in Converse's shape; `"none"` has none there, so it is `undefined` and the tools must stay away too.
 * Throws when the model is known not to take it.
 */
export function convertToBedrockToolChoice(
  toolChoice: BedrockConverseToolChoice,
  tools: readonly Tool[],
  model: string,
  supported: readonly ToolChoiceKind[] | undefined,
): BedrockToolChoice {
  const converted = typeof toolChoice === "string" ? namedToolChoice(toolChoice, tools) : objectToolChoice(toolChoice);
  const kind = Object.keys(converted)[0] as ToolChoiceKind;
  if (supported !== undefined && !supported.includes(kind)) throw new Error(notSupported(model, kind, supported));
  return converted;
}

/** Whether the choice is that no tool may be called. A tool may have that name, too. */
export function forbidsTools(toolChoice: BedrockConverseToolChoice | undefined, tools: readonly Tool[]): boolean {
  return toolChoice === "none" && !hasTool(tools, "none");
}

function namedToolChoice(choice: string, tools: readonly Tool[]): BedrockToolChoice {
  if (choice === "auto") return { auto: {} };
  if (choice === "any" || (choice === "required" && !hasTool(tools, choice))) return { any: {} };
  if (!hasTool(tools, choice)) throw new Error(`Tool with name ${choice} not found in tools list.`);
  return { tool: { name: choice } };
}

function objectToolChoice(choice: Exclude<BedrockConverseToolChoice, string>): BedrockToolChoice {
  return "function" in choice ? { tool: { name: choice.function.name } } : (choice as BedrockToolChoice);
}

function hasTool(tools: readonly Tool[], name: string): boolean {
  return tools.some((tool) => "toolSpec" in tool && tool.toolSpec.name === name);
}

function notSupported(model: string, kind: ToolChoiceKind, supported: readonly ToolChoiceKind[]): string {
  const refused =
    supported.length === 0
      ? `Model ${model} does not currently support 'tool_choice'.`
      : `Model ${model} does not currently support 'tool_choice' of type ${kind}. The following 'tool_choice' types are supported: ${supported.join(", ")}.`;
  return `${refused} Please see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ToolChoice.html for the latest documentation on models that support tool choice.`;
}

const EVERY_KIND: ToolChoiceKind[] = ["auto", "any", "tool"];

/** What a model's id tells of the tool choices it takes; `undefined` when it tells nothing. */
export function supportedToolChoiceValuesForModel(model: string): ToolChoiceKind[] | undefined {
  if (model.includes("claude-") && !/claude-(instant|v?2)/.test(model)) return [...EVERY_KIND];
  if (model.includes("amazon.nova")) return [...EVERY_KIND];
  if (model.includes("mistral-large")) return ["auto", "any"];
  return undefined;
}
