import { describe } from "./option_types.js";

/** Throws one sentence about the first text that cannot be embedded: Bedrock refuses empty ones without saying which. */
export function checkTexts(className: string, method: string, texts: unknown): void {
  if (!Array.isArray(texts)) throw new Error(`${className}: ${method} takes an array of strings, but it got ${describe(texts)}.`);
  for (const [index, text] of texts.entries()) checkText(className, `${method}: texts[${index}]`, text);
}

/** Throws one sentence if a text cannot be embedded. */
export function checkText(className: string, place: string, text: unknown): void {
  if (typeof text === "string" && text !== "") return;
  throw new Error(`${className}: ${place} must be a string that is not empty, but it is ${describe(text)}.`);
}
