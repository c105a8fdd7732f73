import type { ChatBedrockConverseCallOptions, ConverseInvocationParams, Tool } from "../types/chat.js";
import { anthropicTool, chosenName } from "./anthropic_tools.js";
import { convertToBedrockToolChoice } from "./tool_choice.js";
import { convertToConverseTools } from "./tools.js";

/** Converse's `toolConfig`; `undefined` without tools, and where Anthropic defines all of them. */
export function convertToToolConfig({
  tools,
  tool_choice,
  strict,
}: Pick<ChatBedrockConverseCallOptions, "tools" | "tool_choice" | "strict">): ConverseInvocationParams["toolConfig"] {
  if (!tools?.length) return undefined;
  const converted = convertToConverseTools(tools, strict).filter((tool): tool is Tool => anthropicTool(tool) === undefined);
  if (converted.length === 0) return undefined;
  const isOfAnthropic = converted.length < tools.length && tools.some((tool) => anthropicTool(tool)?.name === chosenName(tool_choice));
  const toolChoice = tool_choice && !isOfAnthropic ? convertToBedrockToolChoice(tool_choice, converted) : undefined;
  return { tools: converted, toolChoice };
}
