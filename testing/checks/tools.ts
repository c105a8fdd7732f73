import { isJsonObject, type JsonObject, type JsonValue } from "../json.js";
import { blocksIn, blocksOf, has, isOneOf, objectAt, type Conversation, type PlacedBlock, type Rule, type Turn } from "./conversation.js";
import { NO_FORCED_TOOLS, NO_STATUS, NO_STREAMED_TOOLS, NO_TOOLS, REFUSED_TOOL_CHOICES } from "./families.js";
import { byModel, NO_FORCED_TOOL_USE, NO_STREAMED_TOOL_USE, NO_TOOL_USE, unknownToolType, unsupportedField } from "./wordings.js";

const configured: Rule = (conversation) => {
  const speaksOfTools = ["toolUse", "toolResult"].some((kind) => blocksOf(conversation, kind).length > 0);
  if (conversation.toolConfig || !speaksOfTools) return undefined;
  return "The toolConfig field must be defined when using toolUse and toolResult content blocks.";
};

const inputs: Rule = (conversation) =>
  notAnObject(blocksOf(conversation, "toolUse"), "input") ??
  notAnObject(
    blocksOf(conversation, "toolResult").flatMap(({ block, path }) =>
      (Array.isArray(block["content"]) ? block["content"] : [])
        .map((item, index): PlacedBlock => ({ block: isJsonObject(item) ? item : {}, path: `${path}.content.${index}` }))
        .filter((item) => "json" in item.block),
    ),
    "json",
  );

function notAnObject(blocks: PlacedBlock[], member: string): string | undefined {
  const wrong = blocks.find(({ block }) => !isJsonObject(block[member]));
  return wrong && formatFault(`the value at ${wrong.path}.${member}`);
}

function formatFault(what: string): string {
  return `The format of ${what} is invalid. Provide a json object for the field and try again.`;
}

const requestFields: Rule = ({ additionalModelRequestFields: fields }) =>
  fields === undefined || isJsonObject(fields) ? undefined : formatFault("the additionalModelRequestFields field");

const emptyErrors: Rule = (conversation) => {
  const isEmpty = (content: JsonValue | undefined): boolean => Array.isArray(content) && content.length === 0;
  const empty = blocksOf(conversation, "toolResult").find(({ block }) => block["status"] === "error" && isEmpty(block["content"]));
  return empty && `The content field at ${empty.path} cannot be empty when status value is error.`;
};

/** Calls are in assistant turns and results in user turns; results of server tools are part of the answer. */
const roles: Rule = ({ turns }) => {
  for (const { role, blocks } of turns) {
    const misplaced = role === "assistant" ? blocksIn(blocks, "toolResult").find(({ block }) => !("type" in block)) : blocksIn(blocks, "toolUse")[0];
    if (misplaced) return `The block at ${misplaced.path} is not allowed in a message of the role ${role}.`;
  }
  return undefined;
};

const distinctIds: Rule = ({ turns }) => {
  for (const { blocks, index } of turns) {
    for (const kind of ["toolUse", "toolResult"]) {
      const repeated = repeatedIn(idsIn(blocks, kind));
      if (repeated.length > 0) return `The ${kind} blocks at messages.${index}.content contain duplicate Ids: ${repeated.join(", ")}`;
    }
  }
  return undefined;
};

/** Each call of a turn is answered in the next turn, and nothing else is. */
const answers: Rule = ({ turns }) => {
  const speakers = turns.filter(({ role }) => role !== "system");
  for (const [place, turn] of speakers.entries()) {
    const fault = turn.role === "assistant" ? unanswered(turn, speakers[place + 1]) : superfluous(turn, speakers[place - 1]);
    if (fault !== undefined) return fault;
  }
  return undefined;
};

function unanswered(turn: Turn, next: Turn | undefined): string | undefined {
  const missing = clientCalls(turn).filter((id) => !idsIn(next?.blocks ?? [], "toolResult").includes(id));
  if (missing.length === 0) return undefined;
  if (next) return `Expected toolResult blocks at messages.${next.index}.content for the following Ids: ${missing.join(", ")}`;
  const rule = "Each `tool_use` block must have a corresponding `tool_result` block in the next message.";
  return byModel(`messages.${turn.index}: \`tool_use\` ids were found without \`tool_result\` blocks immediately after: ${missing.join(", ")}. ${rule}`);
}

/** If all results are for other calls, the request was already refused for calls without a result. */
function superfluous(turn: Turn, previous: Turn | undefined): string | undefined {
  const calls = previous ? clientCalls(previous) : [];
  const results = idsIn(turn.blocks, "toolResult");
  if (results.every((id) => calls.includes(id))) return undefined;
  return `The number of toolResult blocks at messages.${turn.index}.content exceeds the number of toolUse blocks of previous turn.`;
}

function clientCalls({ blocks }: Turn): string[] {
  return idsIn(blocks.filter(({ block }) => !isJsonObject(block["toolUse"]) || block["toolUse"]["type"] !== "server_tool_use"), "toolUse");
}

function idsIn(blocks: PlacedBlock[], kind: string): string[] {
  return blocksIn(blocks, kind).map(({ block }) => String(block["toolUseId"]));
}

function repeatedIn(values: string[]): string[] {
  return [...new Set(values.filter((value, index) => values.indexOf(value) !== index))];
}

const schemas: Rule = ({ tools }) => {
  for (const { block, path } of blocksIn(tools, "toolSpec")) {
    const schema = isJsonObject(block["inputSchema"]) ? block["inputSchema"]["json"] : undefined;
    if (!isJsonObject(schema)) return formatFault(`the value at ${path}.inputSchema.json`);
    if (schema["type"] !== "object") return `The value at ${path}.inputSchema.json.type must be one of the following: object.`;
  }
  return undefined;
};

const names: Rule = (conversation) => {
  const known = namesOfTools(conversation);
  if (repeatedIn(known).length > 0) return byModel("tools: Tool names must be unique.");
  const choice = conversation.toolConfig?.["toolChoice"];
  const chosen = isJsonObject(choice) && isJsonObject(choice["tool"]) ? choice["tool"]["name"] : undefined;
  if (chosen === undefined || known.includes(String(chosen))) return undefined;
  return byModel(`Tool '${chosen}' not found in provided tools.`);
};

function namesOfTools(conversation: Conversation): string[] {
  const own = ["toolSpec", "systemTool"].flatMap((kind) => blocksIn(conversation.tools, kind).map(({ block }) => String(block["name"])));
  return [...own, ...toolsInFields(conversation).map(({ name }) => String(name))];
}

/** Tools that Anthropic defines are in the model's own fields. */
function toolsInFields({ additionalModelRequestFields: fields }: Conversation): JsonObject[] {
  const tools = isJsonObject(fields) ? fields["tools"] : undefined;
  return Array.isArray(tools) ? tools.filter(isJsonObject) : [];
}

/** Tools of Anthropic's that are known by a beta only (@ai-sdk/amazon-bedrock 5.0.101, `BEDROCK_TOOL_BETA_MAP`). */
const WITH_BETA = /^(?:computer|bash|text_editor)_(20241022|20250124|20250429|20250728|20251124)$/;

/** Bedrock's sentence about tool search: https://github.com/agentgateway/agentgateway/issues/3240 */
const betas: Rule = (conversation) => {
  const fields = conversation.additionalModelRequestFields;
  const listed = isJsonObject(fields) && Array.isArray(fields["anthropic_beta"]) ? fields["anthropic_beta"].map(String) : [];
  if (listed.some((beta) => beta.startsWith("tool-search-tool-"))) return "The tool-search-tool beta feature is not currently supported on the Converse and ConverseStream APIs";
  const tools = toolsInFields(conversation);
  const unknown = tools.findIndex(({ type }) => WITH_BETA.test(String(type)) && !listed.some((beta) => beta.startsWith("computer-use-")));
  return unknown === -1 ? undefined : unknownToolType(unknown, String(tools[unknown]?.["type"]));
};

/** DeepSeek R1 says the sentence about streams to a stream, though it takes no tools at all (LibreChat #6351). */
const toolUse: Rule = (conversation) => {
  if (!conversation.toolConfig) return undefined;
  const isUnsupported = isOneOf(conversation, NO_TOOLS);
  if (conversation.isStream && (isUnsupported || isOneOf(conversation, NO_STREAMED_TOOLS))) return NO_STREAMED_TOOL_USE;
  return isUnsupported ? NO_TOOL_USE : undefined;
};

const choices: Rule = (conversation) => {
  const choice = objectAt(conversation.toolConfig, "toolChoice");
  const isForced = has(choice, "any") || has(choice, "tool");
  if (isForced && isOneOf(conversation, NO_FORCED_TOOLS)) return NO_FORCED_TOOL_USE;
  const refused = REFUSED_TOOL_CHOICES.find(([group]) => isOneOf(conversation, group))?.[1].find((kind) => has(choice, kind));
  return refused === undefined ? undefined : unsupportedField(`toolConfig.toolChoice.${refused}`);
};

const statuses: Rule = (conversation) => {
  const isGiven = blocksOf(conversation, "toolResult").some(({ block }) => has(block, "status"));
  return isGiven && isOneOf(conversation, NO_STATUS) ? unsupportedField("status") : undefined;
};

export const TOOL_RULES: Rule[] = [configured, inputs, requestFields, emptyErrors, roles, distinctIds, answers, schemas, names, betas, toolUse, choices, statuses];
