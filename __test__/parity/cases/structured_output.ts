import type { ChatBedrockConverse } from "langchain-aws-native";
import { toolUse, type ContentBlock } from "langchain-aws-native/testing";
import { z } from "zod";
import { collect } from "../../support/rejection.js";
import { asked, assistant, error, message, request, user, wireToolResult, wireToolUse } from "../marks.js";
import type { Case, Difference, Subject } from "../types.js";

const SCHEMA = { type: "object", properties: { city: { type: "string" } }, required: ["city"] };
const Place = z.object({ city: z.string() });
const THINKING = { additionalModelRequestFields: { thinking: { type: "enabled", budget_tokens: 1024 } } };

const NATIVE =
  '`method: "jsonSchema"` and `response_format` make the model write JSON of the schema (`outputConfig.textFormat`), and `jsonMode` reads the JSON that the model was asked for.';
const CHECKED = "What `withStructuredOutput` gives is checked by its zod schema, and an `OutputParserException` says what is wrong.";
const REPAIRED = "An answer without an object, or with one that the schema refuses, is asked for again, once, with what is wrong (`maxRepairs`); what only a JSON schema refuses is returned as it is afterwards.";
const GROWS = "`withStructuredOutput(…).stream()` yields the object as it grows, instead of the whole one only.";
const IN_TEXT = "Where a model writes the output as JSON text instead of calling the tool, that counts.";
const WRAPPED = "A schema in the shape of OpenAI's functions (`{ name, description, parameters }`) is its `parameters`.";
const LLAMA_AUTO = "Models that take `auto` and no other tool choice get it, instead of none.";
const UNFORCED = "Claude is not forced to call a tool while it thinks, since it refuses that: `auto` is sent, with a warning.";
const CONFLICT = "A temperature other than 1, which Claude refuses while it thinks, is left out with a warning.";

const REFUSED_BY_ZOD =
  'Failed to parse. Text: "{"city":5}". Error: city: Invalid input: expected string, received number\n\n' +
  "Troubleshooting URL: https://docs.langchain.com/oss/javascript/langchain/errors/OUTPUT_PARSING_FAILURE/\n";

const REFUSED_BY_SCHEMA = 'city: Instance type "number" is invalid. Expected "string".\nCall the tool extract with arguments that match its schema.';

type Config = Parameters<ChatBedrockConverse["withStructuredOutput"]>[1];

/** A question about a place, answered by a call of the tool or by text. */
function where(name: string, answer: Case["answer"], schema: object, config: Config, ...differs: Difference[]): Case {
  return { name, answer, call: (model) => model.withStructuredOutput(schema as never, config).invoke("Where?"), differs };
}

function sent(why: string, members: object): Difference {
  return request(why, { ...asked({ text: "Where?" }), ...members });
}

const wireTool = { toolSpec: { name: "extract", inputSchema: { json: SCHEMA }, description: "A function available to call." } };
const forced = { toolConfig: { tools: [wireTool], toolChoice: { tool: { name: "extract" } } } };
const textFormat = (schema: object, members: object): object => ({
  outputConfig: {
    textFormat: {
      type: "json_schema",
      structure: { jsonSchema: { schema: JSON.stringify({ ...schema, additionalProperties: false }), ...members } },
    },
  },
});

export const structuredOutput: Subject = {
  subject: "structured output",
  cases: [
    {
      name: "zod",
      answer: { toolUse: { name: "extract", input: { city: "Paris" }, toolUseId: "t" } },
      call: (model) => model.withStructuredOutput(z.object({ city: z.string() })).invoke("Where?"),
    },
    {
      name: "a JSON schema with a name",
      answer: { toolUse: { name: "place", input: { city: "Paris" }, toolUseId: "t" } },
      call: (model) => model.withStructuredOutput({ name: "place", ...SCHEMA }).invoke("Where?"),
    },
    {
      name: "includeRaw",
      answer: { toolUse: { name: "place", input: { city: "Paris" }, toolUseId: "t" } },
      call: async (model) =>
        (await model.withStructuredOutput(z.object({ city: z.string() }), { name: "place", includeRaw: true }).invoke("Where?")).parsed,
    },
    {
      name: "answered in text",
      answer: "Paris",
      call: (model) => model.withStructuredOutput(z.object({ city: z.string() }), { maxRepairs: 0 }).invoke("Where?"),
    },
    {
      name: "of Mistral Large",
      fields: { model: "mistral.mistral-large-2407-v1:0" },
      answer: { toolUse: { name: "extract", input: {}, toolUseId: "t" } },
      call: (model) => model.withStructuredOutput(z.object({})).invoke("Where?"),
    },
    {
      name: "of Llama",
      fields: { model: "meta.llama3-1-70b-instruct-v1:0" },
      answer: { toolUse: { name: "extract", input: {}, toolUseId: "t" } },
      call: (model) => model.withStructuredOutput(z.object({})).invoke("Where?"),
      differs: request(LLAMA_AUTO, {
        ...asked({ text: "Where?" }),
        toolConfig: {
          tools: [{ toolSpec: { name: "extract", inputSchema: { json: { $schema: "https://json-schema.org/draft/2020-12/schema", type: "object", properties: {}, additionalProperties: false } }, description: "A function available to call." } }],
          toolChoice: { auto: {} },
        },
      }),
    },
    where("jsonMode", '{"city":"Paris"}', Place, { method: "jsonMode" }, sent(NATIVE, {}), message(NATIVE, { result: { city: "Paris" } })),
    where(
      "jsonSchema",
      '{"city":"Paris"}',
      SCHEMA,
      { method: "jsonSchema" },
      sent(NATIVE, textFormat(SCHEMA, { name: "extract" })),
      message(NATIVE, { result: { city: "Paris" } }),
    ),
    where(
      "an output that the schema refuses",
      toolUse("extract", { city: 5 }),
      Place,
      { maxRepairs: 0 },
      error(CHECKED, { invoke: { message: REFUSED_BY_ZOD } }),
    ),
    where(
      "an output that the schema refuses at first",
      ({ body }) => wireToolUse("extract", { city: body.messages?.length === 1 ? 5 : "Paris" }) as ContentBlock,
      SCHEMA,
      {},
      request(REPAIRED, [
        { ...asked({ text: "Where?" }), ...forced },
        {
          messages: [
            user({ text: "Where?" }),
            assistant(wireToolUse("extract", { city: 5 })),
            user(wireToolResult([{ text: REFUSED_BY_SCHEMA }], "call_1", { status: "error" })),
          ],
          ...forced,
        },
      ]),
      message(REPAIRED, { result: { city: "Paris" } }),
    ),
    {
      name: "a stream",
      answer: wireToolUse("extract", { city: "Llanfairpwllgwyngyll" }) as ContentBlock,
      call: async (model) => {
        const objects = await collect(model.withStructuredOutput(SCHEMA).stream("Where?"));
        return { last: objects.at(-1), grows: objects.length > 1 };
      },
      differs: message(GROWS, { result: { last: { city: "Llanfairpwllgwyngyll" }, grows: true } }),
    },
    where("an output in text", '```json\n{"city":"Paris"}\n```', SCHEMA, {}, message(IN_TEXT, { result: { city: "Paris" } })),
    where(
      "a schema in the shape of a function",
      toolUse("place", { city: "Paris" }),
      { name: "place", description: "A place.", parameters: SCHEMA },
      {},
      sent(WRAPPED, {
        toolConfig: {
          tools: [{ toolSpec: { name: "place", inputSchema: { json: SCHEMA }, description: "A place." } }],
          toolChoice: { tool: { name: "place" } },
        },
      }),
    ),
    {
      ...where(
        "while Claude thinks",
        toolUse("extract", { city: "Paris" }),
        SCHEMA,
        { method: "functionCalling" },
        sent(UNFORCED, { toolConfig: { tools: [wireTool], toolChoice: { auto: {} } }, ...THINKING }),
      ),
      fields: THINKING,
    },
    {
      name: "a temperature while Claude thinks",
      fields: { ...THINKING, temperature: 0 },
      differs: request(CONFLICT, { ...asked({ text: "Why is the sky blue?" }), ...THINKING }),
    },
    {
      name: "a forced tool while Claude thinks",
      fields: THINKING,
      options: { tools: [wireTool], tool_choice: "any" },
      differs: request(UNFORCED, { ...asked({ text: "Why is the sky blue?" }), toolConfig: { tools: [wireTool], toolChoice: { auto: {} } }, ...THINKING }),
    },
    {
      name: "response_format",
      options: { response_format: { type: "json_schema", json_schema: { name: "place", schema: SCHEMA } } },
      differs: request(NATIVE, { ...asked({ text: "Why is the sky blue?" }), ...textFormat(SCHEMA, { name: "place" }) }),
    },
  ],
};
