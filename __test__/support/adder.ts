import { ChatPromptTemplate } from "@langchain/core/prompts";
import { StructuredTool } from "@langchain/core/tools";
import { toolUse, type ContentBlock } from "langchain-aws-native/testing";
import { z } from "zod/v3";

/** Addition: a tool's input and an output's schema. It is one of zod 3, as most applications have it; the other tests use zod 4. */
export const Addition = z
  .object({ a: z.number().int().describe("The first number"), b: z.number().int().describe("The second number") })
  .describe("Adds two whole numbers");

/** A tool that is a class of its own, in contrast to those that `tool()` makes. */
export class Adder extends StructuredTool {
  name = "adder";
  description = "Adds two whole numbers";
  schema = Addition;

  protected async _call({ a, b }: z.infer<typeof Addition>): Promise<string> {
    return JSON.stringify({ sum: a + b });
  }
}

export const NUMBERS = { a: 2, b: 3 };

/** A question for which the model is told to call the tool of the variable `tool`. */
export const SUM_PROMPT = ChatPromptTemplate.fromMessages([
  ["system", "You cannot add. Always call {tool}."],
  ["human", "What is 2 + 3?"],
]);

/** The question as the wire has it. */
export function wireSumPrompt(tool: string): object {
  return { system: [{ text: `You cannot add. Always call ${tool}.` }], messages: [{ role: "user", content: [{ text: "What is 2 + 3?" }] }] };
}

/** The model's call of the tool. */
export function callOf(tool: string): ContentBlock {
  return toolUse(tool, NUMBERS, "abc123");
}

/** The tool as the wire has it. */
export function wireTool(name: string): object {
  return {
    toolSpec: {
      name,
      description: "Adds two whole numbers",
      inputSchema: {
        json: expect.objectContaining({
          type: "object",
          properties: { a: { type: "integer", description: "The first number" }, b: { type: "integer", description: "The second number" } },
          required: ["a", "b"],
        }),
      },
    },
  };
}
