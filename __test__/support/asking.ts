import type { ChatBedrockConverseInput } from "langchain-aws-native";
import { run } from "./child.js";

/** What came of a question. */
export interface Outcome {
  text?: string;
  error?: { name: string; message: string; hint?: string; code?: string };
  milliseconds: number;
}

const PROGRAM = `
  import { ChatBedrockConverse } from "langchain-aws-native";
  const started = performance.now();
  const outcome = {};
  try {
    outcome.text = (await new ChatBedrockConverse(JSON.parse(process.env.FIELDS)).invoke("Hello")).text;
  } catch (error) {
    const { name, message, hint, code } = error;
    outcome.error = { name, message, hint, code };
  }
  outcome.milliseconds = performance.now() - started;
  console.log(JSON.stringify(outcome));`;

/** Asks once, in a process of its own, with an environment of its own. */
export async function askInChild(fields: ChatBedrockConverseInput, environment: Record<string, string> = {}): Promise<Outcome> {
  const written = JSON.stringify({ maxRetries: 0, ...fields });
  return JSON.parse(await run(PROGRAM, { environment: { ...environment, FIELDS: written } })) as Outcome;
}
