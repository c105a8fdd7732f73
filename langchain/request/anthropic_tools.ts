import type { AnthropicTool, BedrockConverseToolChoice, ChatBedrockConverseInput, ConverseInvocationParams, Tool } from "../types/chat.js";
import type { DocumentType } from "../types/document.js";
import { convertToBedrockToolChoice } from "./tool_choice.js";

/**
 * The beta of each tool that Anthropic defines and the caller runs, by which Bedrock knows it. Sources, read 2026-11-26: @ai-sdk/amazon-bedrock 5.0.101
 * (`BEDROCK_TOOL_BETA_MAP`), @ai-sdk/anthropic 4.0.105 (`computer_20251124`, `memory_20250818`).
 */
const BETAS: Record<string, string> = {
  computer_20241022: "computer-use-2024-10-22",
  bash_20241022: "computer-use-2024-10-22",
  text_editor_20241022: "computer-use-2024-10-22",
  computer_20250124: "computer-use-2025-01-24",
  bash_20250124: "computer-use-2025-01-24",
  text_editor_20250124: "computer-use-2025-01-24",
  text_editor_20250429: "computer-use-2025-01-24",
  text_editor_20250728: "computer-use-2025-01-24",
  computer_20251124: "computer-use-2025-11-24",
  memory_20250818: "context-management-2025-06-27",
};

/**
 * Tools that Anthropic's own API runs and Converse is known not to. Sources, read 2026-11-26: https://github.com/agentgateway/agentgateway/issues/3240
 * (Bedrock's refusal of tool search), @ai-sdk/amazon-bedrock 5.0.101 (web search, web fetch). Of others nothing is known, so they are sent.
 */
const NOT_SERVED = /^(?:web_search|web_fetch|tool_search_tool_(?:regex|bm25))_\d{8}$/;

/** A tool that Anthropic defines, by its dated type; also one of `@langchain/anthropic`, which has it in `extras`. */
export function anthropicTool(tool: unknown): AnthropicTool | undefined {
  if (typeof tool !== "object" || tool === null) return undefined;
  const { type, extras } = tool as { type?: unknown; extras?: { providerToolDefinition?: unknown } };
  if (typeof type === "string" && /_\d{8}$/.test(type)) return tool as AnthropicTool;
  return extras?.providerToolDefinition === undefined ? undefined : anthropicTool(extras.providerToolDefinition);
}

/** The name of the tool that a choice names. */
export function chosenName(choice: BedrockConverseToolChoice | undefined): string | undefined {
  if (typeof choice !== "object") return choice;
  return "function" in choice ? choice.function.name : choice.tool?.name;
}

/** Adds Anthropic's tools among those of a call to the model's own fields, since Converse has no place for them, with the betas that they need. */
export function withAnthropicTools(
  fields: DocumentType | undefined,
  given: readonly unknown[] | undefined,
  choice: BedrockConverseToolChoice | undefined,
  adaptation: ChatBedrockConverseInput["adaptation"],
): ConverseInvocationParams["additionalModelRequestFields"] {
  const tools = given?.map(anthropicTool).filter((tool) => tool !== undefined);
  if (!tools?.length) return fields;
  if (adaptation !== "off") tools.forEach(checkServed);
  const own = (fields ?? {}) as { tools?: DocumentType[]; anthropic_beta?: string[]; tool_choice?: DocumentType };
  const betas = new Set([...(own.anthropic_beta ?? []), ...tools.flatMap(({ type }) => BETAS[type] ?? [])]);
  const toolChoice = own.tool_choice ?? claudeToolChoice(choice, tools, tools.length === given?.length);
  return {
    ...own,
    tools: [...(own.tools ?? []), ...(tools as unknown as DocumentType[])],
    ...(betas.size > 0 ? { anthropic_beta: [...betas] } : {}),
    ...(toolChoice === undefined ? {} : { tool_choice: toolChoice }),
  };
}

function checkServed({ type }: AnthropicTool): void {
  if (!NOT_SERVED.test(type)) return;
  throw new Error(`ChatBedrockConverse: Bedrock's Converse API does not serve Anthropic's tool ${type}: leave it out, or run a tool of your own for it (adaptation "off" sends it nevertheless).`);
}

/** A choice that Converse cannot express, since its `toolConfig` has not the tool: Claude's own. `areAll`: the request has no other tools. */
function claudeToolChoice(choice: BedrockConverseToolChoice | undefined, tools: AnthropicTool[], areAll: boolean): DocumentType | undefined {
  const name = chosenName(choice);
  if (name !== undefined && tools.some((tool) => tool.name === name)) return { type: "tool", name };
  if (!areAll || !choice) return undefined;
  const converted = convertToBedrockToolChoice(choice, [] as Tool[]);
  if ("tool" in converted) throw new Error(`Tool with name ${name} not found in tools list.`);
  return "any" in converted ? { type: "any" } : "none" in converted ? { type: "none" } : undefined;
}
