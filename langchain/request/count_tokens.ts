import { knowledgeOf } from "./model_knowledge.js";

/** Whether Bedrock's `CountTokens` is known to have a model (https://docs.aws.amazon.com/bedrock/latest/userguide/count-tokens.html). */
export function hasCountTokens(model: string): boolean {
  return knowledgeOf(model).countTokens === true;
}

/**
 * The id that `CountTokens` takes. It refuses those of inference profiles, with "The provided model doesn't support counting tokens"
 * (pydantic/pydantic-ai#4001, 2026-01-14), though newer models can be called by no other.
 */
export function foundationModel(model: string): string {
  const id = model.slice(model.lastIndexOf("/") + 1);
  return id.replace(/^[a-z-]+\.(?=anthropic\.)/, "");
}
