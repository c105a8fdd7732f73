import { readFileSync } from "node:fs";
import type { ChatBedrockConverse } from "langchain-aws-native";
import { UsageError } from "../command.js";

/** Options of a model. */
export interface ModelArguments {
  model?: string;
  region?: string;
  profile?: string;
  endpointUrl?: string;
  maxTokens?: number;
  /** A file with further options. */
  options?: string;
}

/** The model of the options. The addon is loaded here, after the mistakes of the command line were found. */
export async function modelOf({ options, model, region, profile, endpointUrl, maxTokens }: ModelArguments): Promise<ChatBedrockConverse> {
  const further = options === undefined ? {} : readObject("options", options, "options of ChatBedrockConverse");
  const { ChatBedrockConverse } = await import("langchain-aws-native");
  const given = Object.entries({ model, region, profile, endpointUrl, maxTokens }).filter(([, value]) => value !== undefined);
  return constructed(() => new ChatBedrockConverse({ ...further, ...Object.fromEntries(given) }));
}

/** What a constructor refuses is a mistake in the command, or in a file of options. */
export function constructed<Made>(construct: () => Made): Made {
  try {
    return construct();
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

/** A JSON object of a file that an option names. */
export function readObject(option: string, file: string, what: string): Record<string, unknown> {
  try {
    const value = JSON.parse(readFileSync(file, "utf8")) as unknown;
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch (error) {
    throw new UsageError(`--${option} ${file}: ${(error as Error).message}.`);
  }
  throw new UsageError(`--${option} ${file}: An object with ${what} is needed.`);
}
