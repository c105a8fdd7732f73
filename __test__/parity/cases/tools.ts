import { DynamicStructuredTool, tool } from "@langchain/core/tools";
import { z } from "zod";
import { human } from "../messages.js";
import type { Subject } from "../types.js";

const SCHEMA = { type: "object", properties: { city: { type: "string", description: "Its name" } }, required: ["city"] };
const weather = { type: "function", function: { name: "get_weather", description: "Tells the weather.", parameters: SCHEMA } };
const time = { type: "function", function: { name: "get_time", description: "Tells the time.", parameters: { type: "object", properties: {} } } };
const zodTool = tool(() => "", { name: "get_weather", description: "Tells the weather.", schema: z.object({ city: z.string().describe("Its name") }) });
const jsonTool = new DynamicStructuredTool({ name: "get_weather", description: "Tells the weather.", schema: SCHEMA, func: async () => "" });
const LLAMA = "meta.llama3-1-70b-instruct-v1:0";

export const tools: Subject = {
  subject: "tools",
  cases: [
    { name: "a tool in OpenAI's shape", options: { tools: [weather] } },
    { name: "two tools in their order", options: { tools: [time, weather] } },
    { name: "no tools", options: { tools: [] } },
    { name: "a LangChain tool with a zod schema", options: { tools: [zodTool] } },
    { name: "a LangChain tool with a JSON schema", options: { tools: [jsonTool] } },
    { name: "a tool in Bedrock's shape", options: { tools: [{ toolSpec: { name: "f", description: "d", inputSchema: { json: SCHEMA } } }] } },
    { name: "a tool in Bedrock's shape, members in another order", options: { tools: [{ toolSpec: { inputSchema: { json: SCHEMA }, name: "f", description: "d" } }] } },
    { name: "a tool in Bedrock's shape, strict", options: { tools: [{ toolSpec: { name: "f", description: "d", inputSchema: { json: SCHEMA }, strict: true } }] } },
    { name: "a tool in OpenAI's shape, strict", options: { tools: [{ type: "function", function: { ...weather.function, strict: true } }] } },
    { name: "a tool in Anthropic's shape", options: { tools: [{ name: "f", description: "d", input_schema: SCHEMA }] } },
    { name: "a tool without a description", options: { tools: [{ type: "function", function: { name: "f", parameters: SCHEMA } }] } },
    { name: "a tool with an empty description", options: { tools: [{ type: "function", function: { name: "f", description: "", parameters: SCHEMA } }] } },
    { name: "a tool that Bedrock runs", options: { tools: [{ systemTool: { name: "nova_grounding" } }] } },
    { name: "a cache point among the tools", options: { tools: [weather, { cachePoint: { type: "default" } }] } },
    { name: "something that is no tool", options: { tools: [{ foo: 1 }] } },
    { name: "a tool whose name Bedrock refuses", options: { tools: [{ type: "function", function: { ...weather.function, name: "files.read" } }] } },
    { name: "schemas keep their order and their numbers", options: { tools: [{ type: "function", function: { name: "f", description: "d", parameters: { z: 1.5, type: "object", a: [1e21, -0, 1e-7], properties: { 2: {}, b: {}, 1: {} } } } }] } },
    { name: "tool_choice auto", options: { tools: [weather], tool_choice: "auto" } },
    { name: "tool_choice any", options: { tools: [weather], tool_choice: "any" } },
    { name: "tool_choice by name", options: { tools: [weather, time], tool_choice: "get_time" } },
    { name: "tool_choice in Bedrock's shape", options: { tools: [weather], tool_choice: { tool: { name: "get_weather" } } } },
    { name: "tool_choice of a tool that is not there", options: { tools: [weather], tool_choice: "get_news" } },
    { name: "tool_choice required", options: { tools: [weather], tool_choice: "required" } },
    { name: "tool_choice none", options: { tools: [weather], tool_choice: "none" } },
    { name: "tool_choice in OpenAI's shape", options: { tools: [weather], tool_choice: { type: "function", function: { name: "get_weather" } } } },
    { name: "tool_choice without tools", options: { tool_choice: "any" } },
    { name: "tool_choice any for Mistral Large", fields: { model: "mistral.mistral-large-2407-v1:0" }, options: { tools: [weather], tool_choice: "any" } },
    { name: "tool_choice by name for Mistral Large", fields: { model: "mistral.mistral-large-2407-v1:0" }, options: { tools: [weather], tool_choice: "get_weather" } },
    { name: "tool_choice any for Llama", fields: { model: LLAMA }, options: { tools: [weather], tool_choice: "any" } },
    { name: "tool_choice any for Nova", fields: { model: "amazon.nova-pro-v1:0" }, options: { tools: [weather], tool_choice: "any" } },
    { name: "tool_choice for a model of which the caller knows better", fields: { model: LLAMA, supportsToolChoiceValues: ["any"] }, options: { tools: [weather], tool_choice: "any" } },
    { name: "tool_choice that the caller says the model refuses", fields: { supportsToolChoiceValues: ["auto"] }, options: { tools: [weather], tool_choice: "any" } },
    { name: "tool_choice that the caller says the model never takes", fields: { supportsToolChoiceValues: [] }, options: { tools: [weather], tool_choice: "any" } },
    { name: "bindTools", call: (model) => model.bindTools([weather, zodTool], { tool_choice: "any" }).invoke([human("Hi")]) },
    { name: "withStructuredOutput, zod", answer: { toolUse: { name: "extract", input: { city: "Paris" }, toolUseId: "t" } }, call: (model) => model.withStructuredOutput(z.object({ city: z.string() })).invoke("Where?") },
    { name: "withStructuredOutput, a JSON schema with a name", answer: { toolUse: { name: "place", input: { city: "Paris" }, toolUseId: "t" } }, call: (model) => model.withStructuredOutput({ name: "place", ...SCHEMA }).invoke("Where?") },
    { name: "withStructuredOutput, includeRaw", answer: { toolUse: { name: "place", input: { city: "Paris" }, toolUseId: "t" } }, call: async (model) => (await model.withStructuredOutput(z.object({ city: z.string() }), { name: "place", includeRaw: true }).invoke("Where?")).parsed },
    { name: "withStructuredOutput, answered in text", answer: "Paris", call: (model) => model.withStructuredOutput(z.object({ city: z.string() })).invoke("Where?") },
    { name: "withStructuredOutput of Mistral Large", fields: { model: "mistral.mistral-large-2407-v1:0" }, answer: { toolUse: { name: "extract", input: {}, toolUseId: "t" } }, call: (model) => model.withStructuredOutput(z.object({})).invoke("Where?") },
    { name: "withStructuredOutput of Llama", fields: { model: LLAMA }, answer: { toolUse: { name: "extract", input: {}, toolUseId: "t" } }, call: (model) => model.withStructuredOutput(z.object({})).invoke("Where?") },
    { name: "withStructuredOutput, jsonMode", call: async (model) => model.withStructuredOutput(z.object({}), { method: "jsonMode" }) },
  ],
};
