import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { AIMessage, AIMessageChunk } from "@langchain/core/messages";
import fc from "fast-check";

/**
 * An AI message that the class of another provider made of an answer of its API; `scripts/provider_messages.mjs` writes them and has the versions of the
 * packages.
 */
export interface ProviderMessage {
  api: string;
  /** What the answer has: `parallel_calls`, `web_search`. */
  kind: string;
  way: "invoke" | "stream";
  outputVersion: "v0" | "v1";
  class: "AIMessage" | "AIMessageChunk";
  /** The texts of the answer that are in the message; reasoning is not among them. */
  said: string[];
  fields: ConstructorParameters<typeof AIMessageChunk>[0] & object;
}

const FOLDER = join(__dirname, "..", "fixtures", "providers");

export const PROVIDER_MESSAGES: ProviderMessage[] = readdirSync(FOLDER).flatMap((file) =>
  (JSON.parse(readFileSync(join(FOLDER, file), "utf8")) as Omit<ProviderMessage, "api">[]).map((message) => named({ api: file.replace(".json", ""), ...message })),
);

/** A counterexample shows the title. */
function named(message: ProviderMessage): ProviderMessage {
  return Object.defineProperty(message, fc.toStringMethod, { value: () => titleOf(message) });
}

export function titleOf({ api, kind, way, outputVersion }: ProviderMessage): string {
  return `${api} ${kind}, ${way}, ${outputVersion}`;
}

/** The message anew: constructors keep and change what they are given. */
export function messageOf({ class: name, fields }: ProviderMessage): AIMessage | AIMessageChunk {
  const own = structuredClone(fields);
  return name === "AIMessage" ? new AIMessage(own) : new AIMessageChunk(own);
}
