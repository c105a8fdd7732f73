/** A text without line breaks, runs of spaces and ellipses. */
export function cleanText(text: string): string {
  return text.replace(/\s+/g, " ").replace(/\.\.\./g, "");
}
