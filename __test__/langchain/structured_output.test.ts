import { HumanMessage, type AIMessage } from "@langchain/core/messages";
import { ChatPromptTemplate } from "@langchain/core/prompts";
import { startBedrock, text, toolUse, type Answer, type Bedrock } from "langchain-aws-native/testing";
import { z } from "zod";
import { ourModel } from "../support/models.js";
import { collect } from "../support/streams.js";
import { getWeather, QUESTION, runTools, TOOL_CALL, toolResults, WEATHER, WIRE_CONVERSATION } from "../support/weather.js";

let bedrock: Bedrock;
beforeEach(async () => void (bedrock = await startBedrock()));
afterEach(() => bedrock.close());

const Person = z.object({ name: z.string(), age: z.number().int() }).describe("A person.");
const PERSON_SCHEMA = {
  name: "person",
  title: "person",
  description: "A person.",
  type: "object",
  properties: { name: { type: "string" }, age: { type: "integer" } },
  required: ["name", "age"],
};
const ADA = { name: "Ada", age: 36 };

/** Calls the tool that the request demands, which a schema has become. */
function callWith(input: unknown): Answer {
  return ({ body }) => toolUse((body.toolConfig?.toolChoice as { tool: { name: string } }).tool.name, input);
}

describe("a zod schema", () => {
  test("becomes a tool that the model must call, and its arguments the output", async () => {
    bedrock.reply(callWith(ADA));
    const person: { name: string; age: number } = await ourModel(bedrock).withStructuredOutput(Person).invoke("Who wrote it?");
    expect(person).toEqual(ADA);
    expect(bedrock.requests[0]?.body.toolConfig).toEqual({
      tools: [
        {
          toolSpec: {
            name: "extract",
            description: "A person.",
            inputSchema: { json: expect.objectContaining({ type: "object", required: ["name", "age"] }) },
          },
        },
      ],
      toolChoice: { tool: { name: "extract" } },
    });
  });

  test("can be named", async () => {
    bedrock.reply(callWith(ADA));
    expect(await ourModel(bedrock).withStructuredOutput(Person, { name: "person" }).invoke("Who?")).toEqual(ADA);
    expect(bedrock.requests[0]?.body.toolConfig?.toolChoice).toEqual({ tool: { name: "person" } });
  });

  test("works in a chain, and is answered by the endpoint's own default", async () => {
    const chain = ChatPromptTemplate.fromTemplate("Who wrote {what}?").pipe(ourModel(bedrock).withStructuredOutput(Person));
    const person = await chain.invoke({ what: "Frankenstein" });
    expect(Person.parse(person)).toEqual(person);
  });
});

describe("a JSON schema", () => {
  test("becomes a tool of its own name", async () => {
    bedrock.reply(callWith(ADA));
    expect(await ourModel(bedrock).withStructuredOutput(PERSON_SCHEMA).invoke("Who wrote it?")).toEqual(ADA);
    const { toolConfig } = bedrock.requests[0]!.body;
    expect(toolConfig).toMatchObject({ toolChoice: { tool: { name: "person" } }, tools: [{ toolSpec: { name: "person" } }] });
    expect(toolConfig?.tools?.[0]?.toolSpec).toMatchObject({ inputSchema: { json: { type: "object", properties: PERSON_SCHEMA.properties } } });
  });
});

describe("includeRaw", () => {
  test("gives the message beside the output", async () => {
    bedrock.reply({ content: [toolUse("extract", ADA, "tooluse_1")], usage: { inputTokens: 3, outputTokens: 4 } });
    const { raw, parsed } = await ourModel(bedrock).withStructuredOutput(Person, { includeRaw: true }).invoke("Who wrote it?");
    expect(parsed).toEqual(ADA);
    expect(raw).toMatchObject({
      tool_calls: [{ name: "extract", args: ADA, id: "tooluse_1" }],
      usage_metadata: { input_tokens: 3, output_tokens: 4 },
    });
  });

  test("gives null for an answer without the tool call", async () => {
    bedrock.replyAlways("I do not know.");
    const { raw, parsed } = await ourModel(bedrock).withStructuredOutput(Person, { includeRaw: true }).invoke("Who wrote it?");
    expect(parsed).toBeNull();
    expect(raw.text).toBe("I do not know.");
  });
});

describe("an answer without the tool call", () => {
  test.each([
    ["text", "I do not know.", "No tool calls found in the response."],
    ["another tool", [text("Hm."), toolUse("other", {})], "No tool call found with name extract."],
  ])("is an error: %s", async (_, answer, message) => {
    bedrock.replyAlways(answer);
    await expect(ourModel(bedrock).withStructuredOutput(Person).invoke("Who wrote it?")).rejects.toThrow(message);
  });
});

describe("streaming", () => {
  test("gives the output", async () => {
    bedrock.reply(callWith(ADA));
    const outputs = await collect(await ourModel(bedrock).withStructuredOutput(Person).stream("Who wrote it?"));
    expect(outputs.at(-1)).toEqual(ADA);
    expect(bedrock.requests.map(({ operation }) => operation)).toEqual(["converse-stream"]);
  });

  test("with streaming: true, invoke gives it too", async () => {
    bedrock.reply(callWith(ADA));
    expect(await ourModel(bedrock, { streaming: true }).withStructuredOutput(Person).invoke("Who wrote it?")).toEqual(ADA);
    expect(bedrock.requests.map(({ operation }) => operation)).toEqual(["converse-stream"]);
  });

  test("streamEvents tells it", async () => {
    bedrock.reply(callWith(ADA));
    const events = await collect(ourModel(bedrock).withStructuredOutput(Person).streamEvents("Who wrote it?", { version: "v2" }));
    expect(events.at(-1)).toMatchObject({ event: "on_chain_end", data: { output: ADA } });
  });
});

test("method jsonSchema asks for text of that schema, no tool", async () => {
  const model = ourModel(bedrock).withStructuredOutput(Person, { method: "jsonSchema", name: "person" });
  bedrock.reply(JSON.stringify(ADA));
  expect(await model.invoke("Who wrote it?")).toEqual(ADA);
  const { toolConfig, outputConfig } = bedrock.requests[0]!.body;
  expect(toolConfig).toBeUndefined();
  const { schema, name } = (outputConfig as { textFormat: { structure: { jsonSchema: Record<string, string> } } }).textFormat.structure.jsonSchema;
  expect(name).toBe("person");
  expect(JSON.parse(schema!)).toMatchObject({ type: "object", required: ["name", "age"] });
});

test("a whole tool round trip, whose result the output holds", async () => {
  const Report = z.object({ city: z.string(), weather: z.string() });
  bedrock.reply(TOOL_CALL, ({ body }) => toolUse("extract", { city: "Paris", weather: toolResults(body.messages?.at(-1)?.content ?? []) }));
  const question = new HumanMessage(QUESTION);
  const call: AIMessage = await ourModel(bedrock).bindTools([getWeather]).invoke([question]);
  const report = await ourModel(bedrock).withStructuredOutput(Report).invoke([question, call, ...(await runTools(call))]);
  expect(report).toEqual({ city: "Paris", weather: WEATHER });
  expect(bedrock.requests[1]?.body).toMatchObject({ messages: WIRE_CONVERSATION, toolConfig: { toolChoice: { tool: { name: "extract" } } } });
});

test.each([
  ["anthropic.claude-haiku-4-5-20251001-v1:0", { tool: { name: "extract" } }],
  ["mistral.mistral-large-2407-v1:0", { any: {} }],
  ["meta.llama3-1-70b-instruct-v1:0", { auto: {} }],
])("%s is asked for the tool as strictly as it allows", async (model, toolChoice) => {
  bedrock.reply(toolUse("extract", ADA));
  expect(await ourModel(bedrock, { model }).withStructuredOutput(Person).invoke("Who wrote it?")).toEqual(ADA);
  expect(bedrock.requests[0]?.body.toolConfig?.toolChoice).toEqual(toolChoice);
});
