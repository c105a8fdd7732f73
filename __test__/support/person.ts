import { text, toolUse, type ContentBlock } from "langchain-aws-native/testing";
import { z } from "zod";
import { z as z3 } from "zod/v3";
import { standardSchema } from "./standard_schema.js";

/** Schemas of a person, of every kind, and answers for them. */
export interface Person extends Record<string, unknown> {
  name: string;
  age: number;
}

export const JSON_PERSON = { type: "object", properties: { name: { type: "string" }, age: { type: "integer" } }, required: ["name", "age"] };
export const Person = z.object({ name: z.string(), age: z.number().int(), born: z.string().default("unknown") });
export const Person3 = z3.object({ name: z3.string(), age: z3.number().int(), born: z3.string().default("unknown") });
export const StandardPerson = standardSchema(
  JSON_PERSON,
  ({ age }) => (Number.isInteger(age) ? undefined : { message: "is no integer", path: ["age"] }),
  (value) => ({ ...value, born: "unknown" }) as Person & { born: string },
);
export const ADA = { name: "Ada", age: 36 };
/** What the schemas that fill in defaults make of it. */
export const CHECKED = { ...ADA, born: "unknown" };

/** How an answer says it by each method. */
export const WAYS: [string, (input: unknown) => ContentBlock][] = [
  ["functionCalling", (input) => toolUse("extract", input)],
  ["jsonSchema", (input) => text(JSON.stringify(input))],
  ["prompt", (input) => text(`\`\`\`json\n${JSON.stringify(input)}\n\`\`\``)],
  ["jsonMode", (input) => text(`Here you are:\n\`\`\`json\n${JSON.stringify(input, null, 2)}\n\`\`\`\nAnything else?`)],
];
