import { byModel, isClaude, type Conversation, type Rule } from "./conversation.js";

/**
 * The order of roles. System turns are allowed anywhere; a managed prompt has messages of its own. Claude and Qwen may speak first (pydantic-ai's
 * profiles, which were tried against Bedrock, 2026).
 */
const firstTurn: Rule = ({ turns, modelId }) => {
  const speakers = turns.filter(({ role }) => role !== "system");
  if (speakers.length > 0 && /claude|anthropic|qwen/i.test(modelId)) return undefined;
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

export const TURN_RULES: Rule[] = [firstTurn, alternation, someContent, noBlankText, prefill];
