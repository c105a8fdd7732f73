import type { BaseLanguageModelInput } from "@langchain/core/language_models/base";
import type { ModelProfile } from "@langchain/core/language_models/profile";
import { type AIMessageChunk, type BaseMessage, HumanMessage } from "@langchain/core/messages";
import type { Runnable } from "@langchain/core/runnables";
import { convertToJsonSchema, convertToStrictSchema } from "../request/json_schema.js";
import { isThinking } from "../request/reasoning.js";
import type { ToolChoiceKind } from "../request/tool_choice.js";
import { toolSpec } from "../request/tools.js";
import type { BedrockConverseToolChoice, ChatBedrockConverseCallOptions } from "../types/chat.js";
import type { DocumentType } from "../types/document.js";
import type { OutputSpec } from "./output_schema.js";

export type Model = Runnable<BaseLanguageModelInput, AIMessageChunk>;

/** The members of the model that are needed here. */
export interface StructuredModel extends Model {
  model: string;
  profile: ModelProfile;
  additionalModelRequestFields?: DocumentType;
  supportsToolChoiceValues?: ToolChoiceKind[];
  bindTools(tools: object[], options?: Partial<ChatBedrockConverseCallOptions>): Model;
  withConfig(options: Partial<ChatBedrockConverseCallOptions>): Model;
}

const METHODS = ["functionCalling", "jsonSchema", "jsonMode", "prompt"] as const;
export type Method = (typeof METHODS)[number];

/**
 * The method that was asked for, or the model's. A tool that the model is forced to call is the default of `@langchain/aws`; the others are for
 * models that cannot be forced. A model of which nothing is known gets a tool, since most have tools.
 */
export function methodFor(model: StructuredModel, asked: string | undefined): Method {
  if (asked !== undefined) {
    const method = METHODS.find((name) => name === asked);
    if (method !== undefined) return method;
    throw new Error(
      `ChatBedrockConverse: withStructuredOutput takes the methods "functionCalling", "jsonSchema", "jsonMode" and "prompt", but not ${JSON.stringify(asked)}.`,
    );
  }
  const { structuredOutput, toolCalling } = model.profile;
  if (forcedChoice(model, "any") !== undefined) return "functionCalling";
  if (structuredOutput === true) return "jsonSchema";
  return toolCalling === false ? "prompt" : "functionCalling";
}

/** The model, asked for the output by the method. */
export function askBy(method: Method, model: StructuredModel, { name, description, schema }: OutputSpec, strict: boolean | undefined): Model {
  const json = convertToJsonSchema(schema) ?? {};
  switch (method) {
    case "jsonMode":
    case "prompt":
      return model.withConfig({ ls_structured_output_format: tracedFormat("json_mode", json) });
    case "jsonSchema":
      return model.withConfig({
        ls_structured_output_format: tracedFormat("json_schema", json),
        response_format: { type: "json_schema", json_schema: { name, description, schema: json as object } },
      });
    case "functionCalling": {
      const tool = { name, description: description ?? "A function available to call.", schema: strict ? convertToStrictSchema(json) : json };
      return model.bindTools([toolSpec({ ...tool, strict })], {
        tool_choice: toolChoice(model, name),
        ls_structured_output_format: tracedFormat("functionCalling", json),
      });
    }
  }
}

/**
 * What the method `prompt` tells the model, in a message after the conversation: of the models without tools, many take no system text
 * (https://docs.aws.amazon.com/bedrock/latest/userguide/conversation-inference-supported-models-features.html). Converse gets it in the same turn
 * as a question before it.
 */
export function instructions({ description, schema }: OutputSpec): BaseMessage {
  const json = JSON.stringify(convertToJsonSchema(schema) ?? {});
  const about = description === undefined ? "" : `\n${description}`;
  return new HumanMessage(`Answer with one JSON value that matches the JSON schema below, and with nothing else: no explanation, no code fence.${about}\n\n${json}`);
}

/** What tracers are told of the schema. LangChain's other integrations write the method so. */
function tracedFormat(method: "functionCalling" | "json_schema" | "json_mode", schema: DocumentType): ChatBedrockConverseCallOptions["ls_structured_output_format"] {
  return { kwargs: { method }, schema: schema as Record<string, unknown> };
}

/** The strictest choice that the model accepts; none for an unknown model. */
function toolChoice(model: StructuredModel, name: string): BedrockConverseToolChoice | undefined {
  const forced = forcedChoice(model, name);
  return forced ?? (model.supportsToolChoiceValues?.includes("auto") ? "auto" : undefined);
}

/**
 * A choice by which the model has to call the tool; `undefined` if there is none. Claude refuses one while it thinks. Of a model that is only known
 * to take some choice, `any` is the one that more models take, and it forces the only tool as well.
 */
function forcedChoice({ model, profile, additionalModelRequestFields, supportsToolChoiceValues: kinds }: StructuredModel, name: string): BedrockConverseToolChoice | undefined {
  if (isThinking(model, additionalModelRequestFields)) return undefined;
  // By name, as `@langchain/aws` binds it, unless the name means something else.
  if (kinds?.includes("tool")) return ["auto", "any", "none", "required"].includes(name) ? { tool: { name } } : name;
  return kinds?.includes("any") || (kinds === undefined && profile.toolChoice === true) ? "any" : undefined;
}
