import type { DocumentType } from "../types/document.js";

type Fields = { [member: string]: DocumentType };

/**
 * The model's own request fields, of the constructor and of a call. Members are merged: a call's member has precedence, and `null` removes one.
 * A value that is no object replaces the other.
 */
export function mergeModelFields(own: DocumentType | undefined, call: DocumentType | undefined): DocumentType | undefined {
  if (call === undefined) return own;
  if (!isFields(call)) return call ?? undefined;
  const merged = Object.entries({ ...(isFields(own) ? own : {}), ...call }).filter(([, value]) => value !== null && value !== undefined);
  return merged.length === 0 && isFields(own) ? undefined : Object.fromEntries(merged);
}

function isFields(value: DocumentType | undefined): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
