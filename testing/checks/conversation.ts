import type { ServiceError } from "../errors.js";
import { isJsonObject, type JsonObject, type JsonValue } from "../json.js";
import { baseModel, CLAUDE } from "./families.js";

/** One content block with its place, such as `messages.0.content.1`. */
export interface PlacedBlock {
  block: JsonObject;
  path: string;
}

/** One turn, after its shape was checked. */
export interface Turn {
  role: string;
  index: number;
  blocks: PlacedBlock[];
}

/** The input of the checks: a request whose known members have the right types. */
export interface Conversation {
  modelId: string;
  /** The id that names the model, without a geography; `undefined` behind an ARN that names none. */
  model: string | undefined;
  isStream: boolean;
  turns: Turn[];
  system: PlacedBlock[];
  tools: PlacedBlock[];
  toolConfig: JsonObject | undefined;
  inferenceConfig: JsonObject;
  outputConfig: JsonObject | undefined;
  additionalModelRequestFields: JsonValue | undefined;
}

/** A rule: returns a sentence that says how a conversation breaks it, or nothing. A sentence alone is a ValidationException. */
export type Rule = (conversation: Conversation) => string | ServiceError | undefined;

/** Reads a body whose types were checked. */
export function readConversation(modelId: string, body: JsonObject, isStream: boolean): Conversation {
  const toolConfig = isJsonObject(body["toolConfig"]) ? body["toolConfig"] : undefined;
  return {
    modelId,
    model: baseModel(modelId),
    isStream,
    turns: objectsIn(body["messages"]).map((message, index) => ({
      role: String(message["role"]),
      index,
      blocks: placed(message["content"], `messages.${index}.content`),
    })),
    system: placed(body["system"], "system"),
    tools: placed(toolConfig?.["tools"], "toolConfig.tools"),
    toolConfig,
    inferenceConfig: objectAt(body, "inferenceConfig") ?? {},
    outputConfig: objectAt(body, "outputConfig"),
    additionalModelRequestFields: body["additionalModelRequestFields"] ?? undefined,
  };
}

/** The blocks of a kind, in all turns. With `inResults` also those inside tool results. */
export function blocksOf(conversation: Conversation, kind: string, inResults = false): PlacedBlock[] {
  return conversation.turns.flatMap(({ blocks }) => blocksIn(inResults ? blocks.flatMap(withResults) : blocks, kind));
}

/** The blocks of a kind among some, each as its content: `{ toolUse: { name } }` gives `{ name }`. */
export function blocksIn(blocks: PlacedBlock[], kind: string): PlacedBlock[] {
  return blocks.flatMap(({ block, path }) => {
    const inner = block[kind];
    return isJsonObject(inner) ? [{ block: inner, path: `${path}.${kind}` }] : [];
  });
}

/** Whether the request is for a model of a group. */
export function isOneOf({ model }: Conversation, group: RegExp): boolean {
  return model !== undefined && group.test(model);
}

/** Whether the request is for a model of Anthropic, which has rules of its own. */
export function isClaude(conversation: Conversation): boolean {
  return isOneOf(conversation, CLAUDE);
}

/** The additional fields, if they are an object. */
export function fieldsOf({ additionalModelRequestFields: fields }: Conversation): JsonObject {
  return isJsonObject(fields) ? fields : {};
}

/** Whether a member is there; `null` counts as absent, as in AWS's parser. */
export function has(object: JsonObject | undefined, member: string): boolean {
  return object?.[member] !== undefined && object[member] !== null;
}

/** The member of an object that is an object. */
export function objectAt(object: JsonObject | undefined, member: string): JsonObject | undefined {
  const value = object?.[member];
  return isJsonObject(value) ? value : undefined;
}

function withResults(placedBlock: PlacedBlock): PlacedBlock[] {
  const [result] = blocksIn([placedBlock], "toolResult");
  return result ? [placedBlock, ...placed(result.block["content"], `${result.path}.content`)] : [placedBlock];
}

function placed(list: JsonValue | undefined, path: string): PlacedBlock[] {
  return objectsIn(list).map((block, index) => ({ block, path: `${path}.${index}` }));
}

function objectsIn(list: JsonValue | undefined): JsonObject[] {
  return Array.isArray(list) ? list.filter(isJsonObject) : [];
}
