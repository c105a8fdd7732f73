import type { ChatBedrockConverseCallOptions, ConverseInvocationParams } from "../types/chat.js";
import { convertToBedrockToolChoice } from "./tool_choice.js";
import { convertToConverseTools } from "./tools.js";

/** Converse's `toolConfig`; `undefined` without tools. */
export function convertToToolConfig({
  tools,
  tool_choice,
  strict,
}: Pick<ChatBedrockConverseCallOptions, "tools" | "tool_choice" | "strict">): ConverseInvocationParams["toolConfig"] {
  if (!tools?.length) return undefined;
  const converted = convertToConverseTools(tools, strict);
  const toolChoice = tool_choice ? convertToBedrockToolChoice(tool_choice, converted) : undefined;
  return { tools: converted, toolChoice };
}
