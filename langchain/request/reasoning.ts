import type { DocumentType } from "../types/document.js";
import type { ReasoningOptions } from "../types/chat.js";
import { knowledgeOf } from "./model_knowledge.js";

/** The options that decide whether a model thinks. */
interface ThinkingOptions {
  model: string;
  reasoning?: ReasoningOptions;
  additionalModelRequestFields?: DocumentType;
}

/** Whether the model is asked to think and cannot be made to call a tool meanwhile. */
export function cannotBeForced({ model, reasoning, additionalModelRequestFields }: ThinkingOptions): boolean {
  const { toolChoiceWhileThinking } = knowledgeOf(model).facts;
  if (!Array.isArray(toolChoiceWhileThinking) || toolChoiceWhileThinking.some((kind) => kind !== "auto")) return false;
  const asks = reasoning !== undefined && reasoning.effort !== "none";
  return asks || isAskedByFields(additionalModelRequestFields);
}

function isAskedByFields(fields: DocumentType | undefined): boolean {
  if (typeof fields !== "object" || fields === null) return false;
  const { thinking, reasoning_config, reasoning_effort } = fields as { [member: string]: { type?: DocumentType } | undefined };
  const type = (thinking ?? reasoning_config)?.type;
  return type === "enabled" || type === "adaptive" || (reasoning_effort as unknown) === "high";
}
