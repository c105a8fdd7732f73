import type { SerializableSchema } from "@langchain/core/utils/standard_schema";

/** A Standard Schema of no known library. Its check is the caller's: an issue, or nothing and then `transform` makes the output. */
export function standardSchema<Output extends Record<string, unknown>>(
  json: Record<string, unknown>,
  issueOf: (value: Record<string, unknown>) => { message: string; path: PropertyKey[] } | undefined = () => undefined,
  transform: (value: Record<string, unknown>) => Output = (value) => value as Output,
): SerializableSchema<Output> {
  return {
    "~standard": {
      version: 1,
      vendor: "test",
      validate: (value) => {
        const issue = issueOf(value as Record<string, unknown>);
        return issue === undefined ? { value: transform(value as Record<string, unknown>) } : { issues: [issue] };
      },
      jsonSchema: { input: () => json, output: () => json },
    },
  };
}
