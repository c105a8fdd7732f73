import type { ModelProfile } from "@langchain/core/language_models/profile";
import { addon } from "../native.js";
import type { ToolChoiceKind } from "../types/chat.js";

/** What the core knows of a model. */
export interface ModelKnowledge {
  /** The model's id in the table, without geo prefix; `null` for one that is known only by its family, or not at all. */
  id: string | null;
  /** LangChain's description. A member that is not known is absent. */
  profile: ModelProfile;
  /** The kinds of tool choice that it takes; `null` if they are not known. */
  toolChoice: ToolChoiceKind[] | null;
  /** Whether Bedrock's `CountTokens` has it; `null` if that is not known. */
  countTokens: boolean | null;
  /** Every fact, by the name that `docs/models.md` explains. */
  facts: Record<string, unknown>;
  /** Where each fact is from. */
  sources: Record<string, string>;
}

/** Ids come from callers, so their number is limited. */
const MAX_ENTRIES = 256;

const known = new Map<string, ModelKnowledge>();

/** What is known of a model, by an id or ARN of any form. The core is asked once for each. */
export function knowledgeOf(model: string): ModelKnowledge {
  const cached = known.get(model);
  if (cached !== undefined) return cached;
  const knowledge = JSON.parse(addon().Models.describe(model)) as ModelKnowledge;
  if (known.size >= MAX_ENTRIES) known.clear();
  known.set(model, knowledge);
  return knowledge;
}

/** The ids of all models that are known, without geo prefix. */
export function knownModels(): string[] {
  return addon().Models.list();
}
