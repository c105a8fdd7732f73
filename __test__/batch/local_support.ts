import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { BatchResult } from "langchain-aws-native/batch";
import type { Bedrock, BedrockRequest } from "langchain-aws-native/testing";

/** A folder for the files of one test. */
export function useFolder(): (name: string) => string {
  let folder = "";
  beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), "batch-"))));
  afterEach(() => rmSync(folder, { recursive: true }));
  return (name) => join(folder, name);
}

/** The last text that a request says. */
export function questionOf({ body }: Pick<BedrockRequest, "body">): string {
  return String((body.messages?.at(-1)?.content.at(-1) as { text?: string } | undefined)?.text);
}

/** How often each question was received. */
export function timesAsked(bedrock: Bedrock): Record<string, number> {
  const times: Record<string, number> = {};
  for (const request of bedrock.requests) times[questionOf(request)] = (times[questionOf(request)] ?? 0) + 1;
  return times;
}

export function questions(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `Question ${index}`);
}

/** What came of each input: its text, or the name of its error. */
export function textsOf(results: BatchResult[]): Record<string, string> {
  return Object.fromEntries(results.map(({ id, message, error }) => [id, message?.text ?? error!.name]));
}

/** The lines of a file, parsed. */
export function linesOf(file: string): Record<string, unknown>[] {
  return readFileSync(file, "utf8").trimEnd().split("\n").map((line) => JSON.parse(line) as Record<string, unknown>);
}
