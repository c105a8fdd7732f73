import { z } from "zod";
import type { JsonObject, JsonValue } from "../../testing/index.js";
import { valueFromSchema } from "../../testing/json_schema.js";

function required(properties: JsonObject): JsonObject {
  return { type: "object", properties, required: Object.keys(properties) };
}

describe("values from the question", () => {
  test.each<[string, JsonObject, JsonObject]>([
    ["Fly from Paris to New York", { from: { type: "string" }, to: { type: "string" } }, { from: "Paris", to: "New York" }],
    ["What is 3 plus -4.5?", { a: { type: "number" }, b: { type: "number" } }, { a: 3, b: -4.5 }],
    ["Is Paris warm in Fahrenheit?", { unit: { enum: ["celsius", "fahrenheit"] }, city: { type: "string" } }, { unit: "fahrenheit", city: "Paris" }],
    ["Write to bob@example.org on 2026-03-04", { to: { format: "email" }, day: { format: "date" } }, { to: "bob@example.org", day: "2026-03-04" }],
    ["Play \"let it be\" for Ann", { song: { type: "string" }, listener: { type: "string" } }, { song: "let it be", listener: "Ann" }],
    ["Compare Rome and Oslo", { cities: { type: "array", items: { type: "string" } } }, { cities: ["Rome", "Oslo"] }],
    ["why is the sky blue?", { topic: { type: "string" } }, { topic: "why is the sky blue?" }],
    ["Who leads France?", { query: { type: "string" } }, { query: "Who leads France?" }],
  ])("%s", (question, properties, value) => {
    expect(valueFromSchema(required(properties), question)).toEqual(value);
  });
});

describe("values that fit the schema", () => {
  test.each<[string, JsonObject, JsonValue]>([
    ["const", { const: false }, false],
    ["enum", { enum: ["a", "b"] }, "a"],
    ["default", { type: "integer", default: 7 }, 7],
    ["boolean", { type: "boolean" }, true],
    ["null", { type: "null" }, null],
    ["a list of types", { type: ["null", "integer"] }, 1],
    ["no type but properties", { properties: { a: { const: 1 } } }, { a: 1 }],
    ["minimum", { type: "integer", minimum: 18 }, 18],
    ["exclusive bounds", { type: "number", exclusiveMinimum: 0, exclusiveMaximum: 1 }, 0.5],
    ["multipleOf", { type: "integer", minimum: 12, multipleOf: 5 }, 15],
    ["minItems", { type: "array", items: { const: "x" }, minItems: 3 }, ["x", "x", "x"]],
    ["a tuple", { type: "array", prefixItems: [{ const: 1 }, { const: "b" }], items: false }, [1, "b"]],
    ["maxLength", { type: "string", maxLength: 3 }, "wha"],
    ["minLength", { type: "string", minLength: 7 }, "what?.."],
    ["uuid", { type: "string", format: "uuid" }, "123e4567-e89b-42d3-a456-426614174000"],
    ["anyOf with null", { anyOf: [{ type: "null" }, { type: "integer" }] }, 1],
    ["oneOf", { oneOf: [{ const: "first" }, { const: "second" }] }, "first"],
    ["allOf", { allOf: [required({ a: { const: 1 } }), required({ b: { const: 2 } })] }, { a: 1, b: 2 }],
    ["true", { type: "object", properties: { anything: true } }, { anything: "what?" }],
    ["an empty object", { type: "object", properties: {} }, {}],
  ])("%s", (_name, schema, value) => {
    expect(valueFromSchema(schema, "what?")).toEqual(value);
  });

  test("zod accepts what is made from its own schemas", () => {
    const person: z.ZodType = z.object({ name: z.string().min(3).max(8), age: z.int().positive().max(120), email: z.email().optional() });
    const schemas: z.ZodType[] = [
      person,
      z.object({ people: z.array(person).min(2), pair: z.tuple([z.string(), z.boolean()]), note: z.string().nullable() }),
      z.object({ shape: z.discriminatedUnion("kind", [z.object({ kind: z.literal("circle"), radius: z.number().gt(0).lt(1) })]) }),
      z.object({ when: z.iso.datetime(), day: z.iso.date(), id: z.uuid(), link: z.url(), scores: z.record(z.string(), z.number()) }),
      z.object({ unit: z.enum(["celsius", "fahrenheit"]).default("celsius"), either: z.union([z.number(), z.string()]), none: z.null() }),
    ];
    for (const schema of schemas) {
      for (const question of ["", "Bob is 200 or 30.5 years old, says Alexander the Great"]) {
        const value = valueFromSchema(z.toJSONSchema(schema, { io: "input" }) as JsonObject, question);
        expect(schema.safeParse(value)).toMatchObject({ success: true });
      }
    }
  });

  test("only required properties are made, unless none is required", () => {
    const properties = { a: { const: 1 }, b: { const: 2 } };
    expect(valueFromSchema({ type: "object", properties, required: ["b"] }, "")).toEqual({ b: 2 });
    expect(valueFromSchema({ type: "object", properties }, "")).toEqual({ a: 1, b: 2 });
  });

  test("references are followed, in lists and nested objects too", () => {
    const schema = {
      ...required({ people: { type: "array", items: { $ref: "#/$defs/Person" } } }),
      $defs: { Person: required({ name: { type: "string" }, home: { $ref: "#/definitions/a~1b" } }) },
      definitions: { "a/b": required({ city: { const: "here" } }) },
    };
    expect(valueFromSchema(schema, "Ask Ann")).toEqual({ people: [{ name: "Ann", home: { city: "here" } }] });
  });

  test("a schema that refers to itself comes to an end", () => {
    const node = required({ value: { const: 1 }, children: { type: "array", items: { $ref: "#/$defs/Node" } } });
    const tree = { $ref: "#/$defs/Node", $defs: { Node: node } };
    expect(JSON.stringify(valueFromSchema(tree, ""))).toMatch(/"children":\[\]/);
    const expression = required({ left: { anyOf: [{ $ref: "#" }, { type: "number" }] } });
    expect(JSON.stringify(valueFromSchema(expression, ""))).toMatch(/\{"left":1\}/);
    expect(() => valueFromSchema(required({ self: { $ref: "#" } }), "")).not.toThrow();
    expect(() => valueFromSchema({ $ref: "#" }, "")).not.toThrow();
  });
});
