import { OutputParserException } from "@langchain/core/output_parsers";
import type { ChatBedrockConverseInput } from "langchain-aws-native";
import { events, reasoning, startBedrock, text, toolUse, type Answer, type Bedrock, type JsonObject } from "langchain-aws-native/testing";
import { z } from "zod";
import { ourModel } from "../support/models.js";
import { ADA, CHECKED, JSON_PERSON, Person, Person3, StandardPerson, WAYS } from "../support/person.js";
import { collect, rejection } from "../support/rejection.js";

let bedrock: Bedrock;
beforeAll(async () => {
  bedrock = await startBedrock();
});
afterEach(() => bedrock.reset());
afterAll(() => bedrock.close());

interface SentOutputConfig {
  textFormat: { type: string; structure: { jsonSchema: { name: string; schema: string } } };
}

const LLAMA = "us.meta.llama3-3-70b-instruct-v1:0";
const THINKING: ChatBedrockConverseInput = { additionalModelRequestFields: { thinking: { type: "enabled", budget_tokens: 1024 } } };

const body = (): JsonObject => (bedrock.requests[0]?.body ?? {}) as JsonObject;

describe.each(WAYS)("method %s", (method, answer) => {
  test("zod 4: what the schema fills in and transforms is in the output", async () => {
    bedrock.reply(answer(ADA));
    const person: { name: string; born?: string } = await ourModel(bedrock).withStructuredOutput(Person, { method }).invoke("Who?");
    expect(person).toEqual(CHECKED);
  });

  test("zod 3", async () => {
    bedrock.reply(answer(ADA));
    const person: { name: string; born?: string } = await ourModel(bedrock).withStructuredOutput(Person3, { method }).invoke("Who?");
    expect(person).toEqual(CHECKED);
  });

  test("a Standard Schema", async () => {
    bedrock.reply(answer(ADA));
    const person: Person = await ourModel(bedrock).withStructuredOutput(StandardPerson, { method }).invoke("Who?");
    expect(person).toEqual(CHECKED);
  });

  test("what only a JSON schema refuses is the output, as everywhere in LangChain", async () => {
    bedrock.reply(answer({ name: 1 }));
    expect(await ourModel(bedrock).withStructuredOutput(JSON_PERSON, { method, maxRepairs: 0 }).invoke("Who?")).toEqual({ name: 1 });
    expect(bedrock.requests).toHaveLength(1);
  });

  test.each([
    ["zod 4", Person, "age: Invalid input: expected int, received number"],
    ["zod 3", Person3, "age: Expected integer, received float"],
    ["a Standard Schema", StandardPerson, "age: is no integer"],
  ])("an answer that the schema refuses is one error, with what is wrong and what was said: %s", async (_kind, schema, problem) => {
    bedrock.reply(answer({ name: "Ada", age: 36.5 }));
    const error = await rejection(ourModel(bedrock).withStructuredOutput(schema, { method, maxRepairs: 0 }).invoke("Who?"));
    expect(error).toBeInstanceOf(OutputParserException);
    expect(error).toMatchObject({ lc_error_code: "OUTPUT_PARSING_FAILURE", llmOutput: expect.stringContaining("36.5") });
    expect(error.message).toContain(problem);
    expect(error.message).toContain("36.5");
  });

  test("includeRaw gives the message and null instead of that error", async () => {
    bedrock.reply(answer({ name: "Ada" }), answer(ADA));
    const model = ourModel(bedrock).withStructuredOutput(Person, { method, includeRaw: true, maxRepairs: 0 });
    const wrong: { raw: { text: string }; parsed: unknown } = await model.invoke("Who?");
    expect([wrong.parsed, wrong.raw]).toEqual([null, expect.objectContaining({ response_metadata: expect.anything() })]);
    expect((await model.invoke("Who?")).parsed).toEqual(CHECKED);
  });

  test.each([
    ["zod", Person],
    ["a JSON schema", JSON_PERSON],
  ])("stream gives the output, also of a model that thinks: %s", async (_kind, schema) => {
    bedrock.reply([reasoning("Ada, of course.", "c2ln"), answer(ADA)]);
    const model = ourModel(bedrock, THINKING).withStructuredOutput<Record<string, unknown>>(schema, { method });
    expect((await collect(model.stream("Who?"))).at(-1)).toMatchObject(ADA);
    expect(bedrock.requests[0]?.operation).toBe("converse-stream");
  });

  test("an answer that hit its limit of tokens says so", async () => {
    const cut: Answer = { content: [text('{"name": "Ad')], stopReason: "max_tokens" };
    bedrock.reply(cut, cut);
    const asked = ourModel(bedrock).withStructuredOutput(Person, { method });
    for (const answered of [asked.invoke("Who?"), collect(asked.stream("Who?"))]) {
      expect((await rejection(answered)).message).toContain("The answer was cut off at its limit of tokens: raise maxTokens.");
    }
  });
});

describe("method functionCalling", () => {
  test("is the default, and the tool is what the peer sends", async () => {
    bedrock.reply(toolUse("extract", ADA));
    await ourModel(bedrock).withStructuredOutput(JSON_PERSON).invoke("Who?");
    expect(body()).toEqual({
      messages: [{ role: "user", content: [{ text: "Who?" }] }],
      toolConfig: {
        tools: [{ toolSpec: { name: "extract", description: "A function available to call.", inputSchema: { json: JSON_PERSON } } }],
        toolChoice: { tool: { name: "extract" } },
      },
    });
  });

  test("takes OpenAI's function", async () => {
    bedrock.reply(toolUse("person", ADA));
    const named = { name: "person", description: "A person." };
    expect(await ourModel(bedrock).withStructuredOutput({ ...named, parameters: JSON_PERSON }).invoke("Who?")).toEqual(ADA);
    expect(body().toolConfig).toMatchObject({ tools: [{ toolSpec: { ...named, inputSchema: { json: JSON_PERSON } } }] });
  });

  test("strict is sent, with a schema in the subset that Bedrock enforces", async () => {
    bedrock.reply(toolUse("extract", ADA));
    await ourModel(bedrock).withStructuredOutput(JSON_PERSON, { strict: true }).invoke("Who?");
    const json = { ...JSON_PERSON, additionalProperties: false };
    expect(body().toolConfig).toMatchObject({ tools: [{ toolSpec: { strict: true, inputSchema: { json } } }] });
  });

  test.each([
    ["as it is", JSON.stringify(ADA)],
    ["in a fence", `Sure:\n\`\`\`json\n${JSON.stringify(ADA)}\n\`\`\``],
    ["in a sentence", `It is ${JSON.stringify(ADA)}, I think.`],
    ["as the call that it should have been", JSON.stringify({ type: "function", name: "extract", parameters: ADA })],
  ])("a model that answers in text, %s, has answered", async (_case, answer) => {
    for (const [schema, expected] of [[Person, CHECKED], [JSON_PERSON, ADA]] as const) {
      bedrock.reply(answer);
      expect(await ourModel(bedrock, { model: LLAMA }).withStructuredOutput(schema, { method: "functionCalling" }).invoke("Who?")).toEqual(expected);
    }
  });

  test.each<[string, Answer, string]>([
    ["no JSON", "I do not know.", "No tool calls found in the response."],
    ["JSON of another schema", '{"answer": "Ada"}', "No tool calls found in the response."],
    ["another tool", [text("Hm."), toolUse("other", {})], "No tool call found with name extract."],
  ])("an answer with %s has the peer's error", async (_case, answer, sentence) => {
    for (const schema of [Person, JSON_PERSON]) {
      bedrock.reply(answer);
      const error = await rejection(ourModel(bedrock).withStructuredOutput<Record<string, unknown>>(schema, { maxRepairs: 0 }).invoke("Who?"));
      expect(error).toBeInstanceOf(OutputParserException);
      expect([error.name, error.message, error.lc_error_code]).toEqual(["Error", sentence, "OUTPUT_PARSING_FAILURE"]);
    }
  });
});

describe("method jsonSchema", () => {
  const closed = { type: "object", additionalProperties: false };
  const Rated = z.object({
    stars: z.number().int().min(1).max(5).describe("How good."),
    count: z.number().int(),
    tags: z.array(z.string().min(1)).min(2).max(3),
    mail: z.email(),
    kind: z.discriminatedUnion("is", [z.object({ is: z.literal("a") }), z.object({ is: z.literal("b"), minimum: z.number() })]),
  });

  test("sends the schema in the subset that Bedrock enforces; the rest is told, and checked afterwards", async () => {
    bedrock.reply(JSON.stringify({ stars: 9, count: 1, tags: ["x", "y"], mail: "a@b.example", kind: { is: "a" } }));
    const error = await rejection(ourModel(bedrock).withStructuredOutput(Rated, { method: "jsonSchema", name: "rated", maxRepairs: 0 }).invoke("How is it?"));
    expect(error.message).toContain("stars: Too big");
    expect(body().toolConfig).toBeUndefined();
    const { type, structure } = (body().outputConfig as unknown as SentOutputConfig).textFormat;
    expect([type, structure.jsonSchema.name]).toEqual(["json_schema", "rated"]);
    expect(JSON.parse(structure.jsonSchema.schema)).toEqual({
      ...closed,
      $schema: "https://json-schema.org/draft/2020-12/schema",
      properties: {
        stars: { type: "integer", description: "How good.\n\n{minimum: 1, maximum: 5}" },
        count: { type: "integer" },
        tags: { type: "array", items: { type: "string", description: "{minLength: 1}" }, description: "{minItems: 2, maxItems: 3}" },
        mail: { type: "string", format: "email" },
        kind: {
          anyOf: [
            { ...closed, properties: { is: { type: "string", const: "a" } }, required: ["is"] },
            { ...closed, properties: { is: { type: "string", const: "b" }, minimum: { type: "number" } }, required: ["is", "minimum"] },
          ],
        },
      },
      required: ["stars", "count", "tags", "mail", "kind"],
    });
  });

  test("keeps the constructor's effort", async () => {
    bedrock.reply(JSON.stringify(ADA));
    await ourModel(bedrock, { outputConfig: { effort: "low" } }).withStructuredOutput(JSON_PERSON, { method: "jsonSchema" }).invoke("Who?");
    expect(body().outputConfig).toMatchObject({ effort: "low", textFormat: { type: "json_schema" } });
  });

  test("text that is no JSON is an error that shows it", async () => {
    bedrock.reply("I do not know.");
    const error = await rejection(ourModel(bedrock).withStructuredOutput(JSON_PERSON, { method: "jsonSchema", maxRepairs: 0 }).invoke("Who?"));
    expect(error).toBeInstanceOf(OutputParserException);
    expect(error.message).toMatch(/^Failed to parse\. Text: "I do not know\."\. Error: It holds no JSON\./);
  });
});

test("method jsonMode asks for nothing: the prompt does", async () => {
  bedrock.reply(JSON.stringify(ADA));
  await ourModel(bedrock).withStructuredOutput(Person, { method: "jsonMode" }).invoke("Who? As JSON.");
  expect(body()).toEqual({ messages: [{ role: "user", content: [{ text: "Who? As JSON." }] }] });
});

test("another method is refused", () => {
  expect(() => ourModel(bedrock).withStructuredOutput(Person, { method: "json_schema" })).toThrow(
    new Error('ChatBedrockConverse: withStructuredOutput takes the methods "functionCalling", "jsonSchema", "jsonMode" and "prompt", but not "json_schema".'),
  );
});

test("half a stream is no output", async () => {
  const delta = { contentBlockIndex: 0, delta: { text: JSON.stringify(ADA) } };
  bedrock.reply(events([{ messageStart: { role: "assistant" } }, { contentBlockDelta: delta }]));
  const error = await rejection(collect(ourModel(bedrock).withStructuredOutput(Person, { method: "jsonSchema" }).stream("Who?")));
  expect(error.name).toBe("IncompleteStreamError");
});
