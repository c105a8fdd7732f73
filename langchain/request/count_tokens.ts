/**
 * Whether Bedrock's `CountTokens` is asked for a model: Claude from 3.5 on. AWS names Claude 3.5 to 4 and says that some later ones are not counted
 * (https://docs.aws.amazon.com/bedrock/latest/userguide/count-tokens.html, read 2026-11-26). One that is not costs a request, whose refusal is remembered.
 */
export function hasCountTokens(model: string): boolean {
  return /^anthropic\.claude-(?!v\d|instant|3-(?:haiku|sonnet|opus))/.test(foundationModel(model));
}

/**
 * The id that `CountTokens` takes. It refuses those of inference profiles, with "The provided model doesn't support counting tokens"
 * (pydantic/pydantic-ai#4001, 2026-01-14), though newer models can be called by no other.
 */
export function foundationModel(model: string): string {
  const id = model.slice(model.lastIndexOf("/") + 1);
  return id.replace(/^[a-z-]+\.(?=anthropic\.)/, "");
}
