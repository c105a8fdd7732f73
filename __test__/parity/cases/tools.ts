import { DynamicStructuredTool, tool } from "@langchain/core/tools";
import { z } from "zod";
import { asked, request } from "../marks.js";
import { human } from "../messages.js";
import { LEGAL_NAMES } from "../reasons.js";
import type { Difference, Subject } from "../types.js";

const STRICT = "`strict` of a tool in OpenAI's shape is sent.";
const SHAPES = "Tools in Anthropic's shape, tools that Bedrock runs (`systemTool`) and cache points among the tools are taken.";
const ROOT = 'The schema of a tool\'s input says `type: "object"` at its root, where Bedrock insists on it, also when the tool has none.';
const DESCRIPTION = "An empty description of a tool is left out, since Bedrock refuses it.";
const CHOICES = '`tool_choice` takes "required", "none" and OpenAI\'s object too; with "none" Claude is told so by a field of its own, and other models get no tools, since Converse has no such choice.';
const MODELS = "`tool_choice` is sent to every model that is not known to refuse it (Nova and others take it), instead of to a short list.";
const SOFTENED = "A `tool_choice` that the model does not take is softened (a named tool to `any`, that to `auto`) with a warning, instead of being refused.";
const CLOSED = "The objects of a strict tool's schema are closed (`additionalProperties: false`), which Bedrock requires.";
const FLAT = "A union at the root of a tool's schema, which Claude refuses, becomes one object with the properties of all its alternatives.";

const SCHEMA = { type: "object", properties: { city: { type: "string", description: "Its name" } }, required: ["city"] };
const weather = { type: "function", function: { name: "get_weather", description: "Tells the weather.", parameters: SCHEMA } };
const time = { type: "function", function: { name: "get_time", description: "Tells the time.", parameters: { type: "object", properties: {} } } };
const zodTool = tool(() => "", {
  name: "get_weather",
  description: "Tells the weather.",
  schema: z.object({ city: z.string().describe("Its name") }),
});
const jsonTool = new DynamicStructuredTool({ name: "get_weather", description: "Tells the weather.", schema: SCHEMA, func: async () => "" });
const MISTRAL = "mistral.mistral-large-2407-v1:0";
const LLAMA = "meta.llama3-1-70b-instruct-v1:0";

const wireWeather = { toolSpec: { name: "get_weather", inputSchema: { json: SCHEMA }, description: "Tells the weather." } };

function sent(why: string, toolConfig?: object): Difference {
  return request(why, { ...asked({ text: "Why is the sky blue?" }), ...(toolConfig === undefined ? {} : { toolConfig }) });
}

export const tools: Subject = {
  subject: "tools",
  cases: [
    { name: "a tool in OpenAI's shape", options: { tools: [weather] } },
    { name: "two tools in their order", options: { tools: [time, weather] } },
    { name: "no tools", options: { tools: [] } },
    { name: "a LangChain tool with a zod schema", options: { tools: [zodTool] } },
    { name: "a LangChain tool with a JSON schema", options: { tools: [jsonTool] } },
    { name: "a tool in Bedrock's shape", options: { tools: [{ toolSpec: { name: "f", description: "d", inputSchema: { json: SCHEMA } } }] } },
    {
      name: "a tool in Bedrock's shape, members in another order",
      options: { tools: [{ toolSpec: { inputSchema: { json: SCHEMA }, name: "f", description: "d" } }] },
    },
    {
      name: "a tool in Bedrock's shape, strict",
      options: { tools: [{ toolSpec: { name: "f", description: "d", inputSchema: { json: SCHEMA }, strict: true } }] },
      differs: sent(CLOSED, { tools: [{ toolSpec: { name: "f", inputSchema: { json: { ...SCHEMA, additionalProperties: false } }, description: "d", strict: true } }] }),
    },
    {
      name: "a tool in OpenAI's shape, strict",
      options: { tools: [{ type: "function", function: { ...weather.function, strict: true } }] },
      differs: sent(STRICT, { tools: [{ toolSpec: { ...wireWeather.toolSpec, inputSchema: { json: { ...SCHEMA, additionalProperties: false } }, strict: true } }] }),
    },
    {
      name: "a tool in Anthropic's shape",
      options: { tools: [{ name: "f", description: "d", input_schema: SCHEMA }] },
      differs: sent(SHAPES, { tools: [{ toolSpec: { name: "f", inputSchema: { json: SCHEMA }, description: "d" } }] }),
    },
    { name: "a tool without a description", options: { tools: [{ type: "function", function: { name: "f", parameters: SCHEMA } }] } },
    {
      name: "a tool with an empty description",
      options: { tools: [{ type: "function", function: { name: "f", description: "", parameters: SCHEMA } }] },
      differs: sent(DESCRIPTION, { tools: [{ toolSpec: { name: "f", inputSchema: { json: SCHEMA } } }] }),
    },
    {
      name: "a tool that Bedrock runs",
      options: { tools: [{ systemTool: { name: "nova_grounding" } }] },
      differs: sent(SHAPES, { tools: [{ systemTool: { name: "nova_grounding" } }] }),
    },
    {
      name: "a cache point among the tools",
      options: { tools: [weather, { cachePoint: { type: "default" } }] },
      differs: sent(SHAPES, { tools: [wireWeather, { cachePoint: { type: "default" } }] }),
    },
    { name: "something that is no tool", options: { tools: [{ foo: 1 }] } },
    {
      name: "a tool whose name Bedrock refuses",
      options: { tools: [{ type: "function", function: { ...weather.function, name: "files.read" } }] },
      differs: sent(LEGAL_NAMES, { tools: [{ toolSpec: { ...wireWeather.toolSpec, name: "files_read" } }] }),
    },
    {
      name: "a tool without parameters",
      options: { tools: [{ type: "function", function: { name: "f", description: "d" } }] },
    },
    {
      name: "a tool whose schema does not say that it is an object",
      options: { tools: [{ type: "function", function: { name: "f", description: "d", parameters: { anyOf: [SCHEMA] } } }] },
      fields: { model: "amazon.nova-pro-v1:0" },
      differs: sent(ROOT, {
        tools: [{ toolSpec: { name: "f", inputSchema: { json: { type: "object", anyOf: [SCHEMA] } }, description: "d" } }],
      }),
    },
    {
      name: "a tool with a union at the root of its schema",
      options: { tools: [{ type: "function", function: { name: "f", description: "d", parameters: { type: "object", anyOf: [SCHEMA] } } }] },
      differs: sent(FLAT, { tools: [{ toolSpec: { name: "f", inputSchema: { json: SCHEMA }, description: "d" } }] }),
    },
    { name: "a tool that is said not to be strict", options: { tools: [{ type: "function", function: { ...weather.function, strict: false } }] } },
    {
      name: "a schema that zod has written",
      options: { tools: [{ type: "function", function: { ...weather.function, parameters: z.toJSONSchema(z.object({ city: z.string() })) } }] },
    },
    {
      name: "schemas keep their order and their numbers",
      options: {
        tools: [
          {
            type: "function",
            function: {
              name: "f",
              description: "d",
              parameters: { z: 1.5, type: "object", a: [1e21, -0, 1e-7], properties: { 2: {}, b: {}, 1: {} } },
            },
          },
        ],
      },
    },
    { name: "tool_choice auto", options: { tools: [weather], tool_choice: "auto" } },
    { name: "tool_choice any", options: { tools: [weather], tool_choice: "any" } },
    { name: "tool_choice by name", options: { tools: [weather, time], tool_choice: "get_time" } },
    { name: "tool_choice in Bedrock's shape", options: { tools: [weather], tool_choice: { tool: { name: "get_weather" } } } },
    { name: "tool_choice of a tool that is not there", options: { tools: [weather], tool_choice: "get_news" } },
    {
      name: "tool_choice required",
      options: { tools: [weather], tool_choice: "required" },
      differs: sent(CHOICES, { tools: [wireWeather], toolChoice: { any: {} } }),
    },
    {
      name: "tool_choice none",
      options: { tools: [weather], tool_choice: "none" },
      differs: request(CHOICES, {
        ...asked({ text: "Why is the sky blue?" }),
        toolConfig: { tools: [wireWeather] },
        additionalModelRequestFields: { tool_choice: { type: "none" } },
      }),
    },
    {
      name: "tool_choice none for Nova",
      fields: { model: "amazon.nova-pro-v1:0" },
      options: { tools: [weather], tool_choice: "none" },
      differs: sent(CHOICES),
    },
    {
      name: "tool_choice in OpenAI's shape",
      options: { tools: [weather], tool_choice: { type: "function", function: { name: "get_weather" } } },
      differs: sent(CHOICES, { tools: [wireWeather], toolChoice: { tool: { name: "get_weather" } } }),
    },
    { name: "tool_choice without tools", options: { tool_choice: "any" } },
    { name: "tool_choice any for Mistral Large", fields: { model: MISTRAL }, options: { tools: [weather], tool_choice: "any" } },
    {
      name: "tool_choice by name for Mistral Large",
      fields: { model: MISTRAL },
      options: { tools: [weather], tool_choice: "get_weather" },
      differs: sent(SOFTENED, { tools: [wireWeather], toolChoice: { any: {} } }),
    },
    {
      name: "tool_choice any for Llama",
      fields: { model: LLAMA },
      options: { tools: [weather], tool_choice: "any" },
      differs: sent(SOFTENED, { tools: [wireWeather], toolChoice: { auto: {} } }),
    },
    {
      name: "tool_choice any for Nova",
      fields: { model: "amazon.nova-pro-v1:0" },
      options: { tools: [weather], tool_choice: "any" },
      differs: sent(MODELS, { tools: [wireWeather], toolChoice: { any: {} } }),
    },
    {
      name: "tool_choice for a model of which the caller knows better",
      fields: { model: LLAMA, supportsToolChoiceValues: ["any"] },
      options: { tools: [weather], tool_choice: "any" },
    },
    {
      name: "tool_choice that the caller says the model refuses",
      fields: { supportsToolChoiceValues: ["auto"] },
      options: { tools: [weather], tool_choice: "any" },
      differs: sent(SOFTENED, { tools: [wireWeather], toolChoice: { auto: {} } }),
    },
    {
      name: "tool_choice that the caller says the model never takes",
      fields: { supportsToolChoiceValues: [] },
      options: { tools: [weather], tool_choice: "any" },
      differs: sent(SOFTENED, { tools: [wireWeather] }),
    },
    { name: "bindTools", call: (model) => model.bindTools([weather, zodTool], { tool_choice: "any" }).invoke([human("Hi")]) },
  ],
};
