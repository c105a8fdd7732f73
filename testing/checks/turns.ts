import { isJsonObject } from "../json.js";
import { isClaude, isOneOf, type Conversation, type Rule, type Turn } from "./conversation.js";
import { ASSISTANT_FIRST, CLAUDE, LONELY_TOOL_CALLS, LONELY_TOOL_RESULTS, NO_PREFILL, NO_SYSTEM_TEXT, SYSTEM_TURNS } from "./families.js";
import {
  byModel,
  FIRST_SYSTEM_TURN,
  lonelyBlocks,
  misplacedSystemTurn,
  NO_ASSISTANT_LAST,
  NO_SYSTEM_MESSAGES,
  NO_SYSTEM_TURN,
  systemTurnBehind,
  systemTurnContent,
} from "./wordings.js";

/**
 * The order of roles. System turns are allowed anywhere; a managed prompt has messages of its own. The Converse API's documentation says of all models
 * that the user speaks first; some need not, and behind an ARN that names no model it may be one of them.
 */
const firstTurn: Rule = (conversation) => {
  const { turns, modelId, model } = conversation;
  const speakers = turns.filter(({ role }) => role !== "system");
  if (speakers.length > 0 && (model === undefined || isOneOf(conversation, ASSISTANT_FIRST))) return undefined;
  if (speakers[0]?.role === "user" || (turns.length === 0 && modelId.includes(":prompt/"))) return undefined;
  return "A conversation must start with a user message. Try again with a conversation that starts with a user message.";
};

const alternation: Rule = ({ turns }) => {
  const speakers = turns.filter(({ role }) => role !== "system");
  if (speakers.every(({ role }, index) => index === 0 || role !== speakers[index - 1]?.role)) return undefined;
  return (
    "A conversation must alternate between user and assistant roles. " +
    "Make sure the conversation alternates between user and assistant roles and try again."
  );
};

const someContent: Rule = ({ turns }) => {
  const empty = turns.find(({ blocks }) => blocks.length === 0);
  if (!empty) return undefined;
  return `The content field in the Message object at messages.${empty.index} is empty. Add a ContentBlock object to the content field and try again.`;
};

/** Only text of a turn itself: the text of a tool result may be blank. */
const noBlankText: Rule = ({ turns, system }) => {
  const isBlank = (text: unknown): boolean => typeof text === "string" && text.trim() === "";
  const blank = turns.flatMap(({ blocks }) => blocks).find(({ block }) => isBlank(block["text"]));
  const blankSystem = system.find(({ block }) => isBlank(block["text"]));
  const [name, path] = blank ? ["ContentBlock", blank.path] : ["SystemContentBlock", blankSystem?.path];
  return path === undefined ? undefined : `The text field in the ${name} object at ${path} is blank. Add text to the text field, and try again.`;
};

/** The beginning of an answer that the model is to continue. */
const prefill: Rule = (conversation: Conversation) => {
  const last = conversation.turns.at(-1);
  const text = last?.blocks.at(-1)?.block["text"];
  if (!isClaude(conversation) || last?.role !== "assistant" || typeof text !== "string" || text === text.trimEnd()) return undefined;
  return byModel("messages: final assistant content cannot end with trailing whitespace");
};

const assistantLast: Rule = (conversation) =>
  conversation.turns.at(-1)?.role === "assistant" && isOneOf(conversation, NO_PREFILL) ? NO_ASSISTANT_LAST : undefined;

/** Bedrock's text for Claude, which takes texts and images beside a result but no documents, is not published; the family's text is taken. */
const lonelyResults: Rule = (conversation) => {
  const withOthers = turnWith(conversation, "toolResult", (kind) => !isOneOf(conversation, CLAUDE) || kind === "document" || kind === "video");
  return withOthers && (isOneOf(conversation, LONELY_TOOL_RESULTS) || isClaude(conversation)) ? lonelyBlocks(withOthers.index, "result") : undefined;
};

const lonelyCalls: Rule = (conversation) => {
  const withOthers = turnWith(conversation, "toolUse", () => true);
  return withOthers && isOneOf(conversation, LONELY_TOOL_CALLS) ? lonelyBlocks(withOthers.index, "use") : undefined;
};

/** The first turn that has a block of a kind beside one of another kind that `matters`. */
function turnWith({ turns }: Conversation, kind: string, matters: (other: string) => boolean): Turn | undefined {
  return turns.find(({ blocks }) => {
    const kinds = blocks.flatMap(({ block }) => Object.keys(block));
    return kinds.includes(kind) && kinds.some((other) => other !== kind && matters(other));
  });
}

const systemText: Rule = (conversation) => (conversation.system.length > 0 && isOneOf(conversation, NO_SYSTEM_TEXT) ? NO_SYSTEM_MESSAGES : undefined);

/**
 * Claude's rules about turns of the role `system`: where they may stand, and that they hold text only, or Converse's blocks that add and remove tools.
 * Source: <https://docs.aws.amazon.com/bedrock/latest/userguide/claude-messages-mid-conversation-system.html> (read 2026-11-26).
 */
const systemTurns: Rule = (conversation) => {
  const { turns } = conversation;
  const first = turns.find(({ role }) => role === "system");
  if (!first || !isClaude(conversation)) return undefined;
  if (!isOneOf(conversation, SYSTEM_TURNS)) return NO_SYSTEM_TURN;
  if (first.index === 0) return FIRST_SYSTEM_TURN;
  for (const { role, index, blocks } of turns) {
    if (role !== "system") continue;
    if (!mayStandBeforeSystem(turns[index - 1])) return systemTurnBehind(index);
    if (index + 1 < turns.length && turns[index + 1]?.role !== "assistant") return misplacedSystemTurn(index);
    if (!blocks.every(({ block }) => Object.keys(block).every((kind) => IN_SYSTEM_TURNS.includes(kind)))) return systemTurnContent(index);
  }
  return undefined;
};

const IN_SYSTEM_TURNS = ["text", "toolAddition", "toolRemoval"];

/** A user's turn, or an assistant's that ends in the call of a tool that Bedrock runs. */
function mayStandBeforeSystem(turn: Turn | undefined): boolean {
  if (turn?.role !== "assistant") return turn?.role === "user";
  const last = turn.blocks.at(-1)?.block["toolUse"];
  return isJsonObject(last) && last["type"] === "server_tool_use";
}

export const TURN_RULES: Rule[] = [firstTurn, alternation, someContent, noBlankText, prefill, assistantLast, lonelyResults, lonelyCalls, systemText, systemTurns];
