import type { ChatBedrockConverseCallOptions, ChatBedrockConverseInput, ConverseInvocationParams } from "../types/chat.js";
import type { DocumentType } from "../types/document.js";
import type { RequestWarning } from "../types/warnings.js";
import { adaptToolChoice, convertToBedrockToolChoice, forbidsTools } from "./tool_choice.js";
import { convertToConverseTools } from "./tools.js";

type Model = Required<Pick<ChatBedrockConverseInput, "model">> & Pick<ChatBedrockConverseInput, "supportsToolChoiceValues">;

/** Converse's `toolConfig`; `undefined` without tools. What had to be adapted for the model is added to `warnings`. */
export function convertToToolConfig(
  { tools, tool_choice, strict }: Pick<ChatBedrockConverseCallOptions, "tools" | "tool_choice" | "strict">,
  { model, supportsToolChoiceValues }: Model,
  fields: DocumentType | undefined,
  warnings: RequestWarning[],
): ConverseInvocationParams["toolConfig"] {
  if (!tools?.length) return undefined;
  const converted = convertToConverseTools(tools, strict);
  if (forbidsTools(tool_choice, converted)) return undefined;
  if (!tool_choice) return { tools: converted, toolChoice: undefined };
  const chosen = convertToBedrockToolChoice(tool_choice, converted, model, supportsToolChoiceValues);
  const { toolChoice, warning } = adaptToolChoice(chosen, converted, model, fields);
  if (warning) warnings.push(warning);
  return { tools: converted, toolChoice };
}
