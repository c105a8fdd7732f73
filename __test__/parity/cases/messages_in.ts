import { AIMessage, ChatMessage, FunctionMessage, HumanMessage, RemoveMessage, SystemMessage } from "@langchain/core/messages";
import { asked, assistant, error, request, user } from "../marks.js";
import { ai, human, system } from "../messages.js";
import { ALTERNATING } from "../reasons.js";
import type { Subject } from "../types.js";

const NO_EMPTY_TEXT = "Text that is empty or white space is left out, since Bedrock refuses it.";
const NOTHING_LEFT = "A human message with nothing but white space, or without any block, is refused with a sentence, since Bedrock refuses it.";
const NO_BEGINNING = "Before an AI message that comes first, which most models refuse, a user's turn is put, with a warning.";
const NO_QUESTION =
  "A conversation without a human message, or one that does not start with one where the model is not Claude or Qwen, is refused with a sentence, since Bedrock refuses it.";
const CHAT_MESSAGE =
  "A `ChatMessage` is said by its role: user or human, assistant or ai, system. Any other role is refused instead of being sent as the user's words.";
const GUARD_CONTENT = "Guard content (`guard_content`) can be sent in human and system messages, since Converse takes it there.";
const SEARCH_RESULT = "Search results can be sent, in Bedrock's shape and in Anthropic's, since Converse takes them.";
const SYSTEM_TURNS =
  "A system message in the midst of a conversation is sent there to models that take it (Claude from Opus 4.8 on), behind what the user says next, so that the prompt cache of what stands before it holds.";
const WELL_FORMED = "Half of a surrogate pair, as text has it that was cut in the middle of an emoji, is sent as U+FFFD, since a body with it is refused as no JSON.";
const SAYS_ACCEPTED = "A refusal of a message or of a block of system text says what is accepted, so that one need not look it up.";
const PREFILL = "White space at the end of an answer that the model is to continue is left out, since Claude refuses it.";

const NO_HUMAN = "messages: A conversation needs at least one human message, since Bedrock refuses a request without messages.";
const EMPTY_HUMAN = "Invalid message content: empty string. 'human' must contain non-empty content.";
const HI = { text: "Hi" };
const guarded = { type: "guard_content", guardContent: { text: { text: "Hi" } } };
const searchResult = { searchResult: { source: "s", title: "t", content: [{ text: "c" }] } };

export const messagesIn: Subject = {
  subject: "messages",
  cases: [
    { name: "a text" },
    { name: "text of every script, and what JSON escapes", input: [human('"\\\n\t\u0001 é 漢字 \u{1f600} </script> \u2028')] },
    { name: "half a surrogate pair", input: [human("half \ud83d of it")], differs: request(WELL_FORMED, asked({ text: "half \ufffd of it" })) },
    { name: "a human message of text blocks", input: [human({ type: "text", text: "One." }, { type: "text", text: "Two." })] },
    { name: "a human message of one text block", input: [human({ type: "text", text: "One." })] },
    { name: "strings among the blocks", input: [human("One.", { type: "text", text: "Two." }, "Three.")] },
    { name: "further members of a text block", input: [human({ type: "text", text: "One.", index: 0, id: "x" })] },
    { name: "a name of a human message", input: [new HumanMessage({ content: "Hi", name: "ada", id: "m1" })] },
    { name: "a conversation", input: [human("Hi"), ai("Hello"), human("Who are you?"), ai("A model."), human("Which?")] },
    { name: "v1 content", input: [new HumanMessage({ contentBlocks: [{ type: "text", text: "Hi" }] })] },
    { name: "v1 content of an AI message", input: [human("Hi"), new AIMessage({ contentBlocks: [{ type: "text", text: "Hello" }] }), human("Who?")] },
    { name: "a prefill", input: [human("Say hello"), ai("Hello")] },
    {
      name: "a prefill that ends in white space",
      input: [human("Say hello"), ai("Answer: ")],
      differs: request(PREFILL, { messages: [user({ text: "Say hello" }), assistant({ text: "Answer:" })] }),
    },

    { name: "system text", input: [system("Be brief."), human("Hi")] },
    { name: "system text as blocks", input: [system({ type: "text", text: "Be brief." }, { type: "text", text: "Be kind." }), human("Hi")] },
    { name: "system text with cache points", input: [system({ type: "text", text: "Be brief." }, { cachePoint: { type: "default" } }), human("Hi")] },
    {
      name: "system text with a cache point that has a type and a lifetime",
      input: [system({ type: "text", text: "Be brief." }, { type: "cache_point", cachePoint: { type: "default", ttl: "1h" } }), human("Hi")],
    },
    { name: "two system messages", input: [system("Be brief."), system("Be kind."), human("Hi")] },
    { name: "system text in the middle", input: [human("Hi"), ai("Hello"), system("Be brief."), human("Who are you?")] },
    {
      name: "system text in the middle, for a model that takes it there",
      fields: { model: "global.anthropic.claude-opus-5-5" },
      input: [human("Hi"), ai("Hello"), system("Be brief."), human("Who are you?")],
      differs: request(SYSTEM_TURNS, {
        messages: [user({ text: "Hi" }), assistant({ text: "Hello" }), user({ text: "Who are you?" }), { role: "system", content: [{ text: "Be brief." }] }],
      }),
    },
    { name: "system text at the end", input: [human("Hi"), system("Be brief.")] },
    {
      name: "an image in system text",
      input: [system({ type: "image_url", image_url: "data:image/png;base64,AA==" }), human("Hi")],
      differs: error(
        SAYS_ACCEPTED,
        "System message content must be either a string, or an array of text blocks, optionally including cache points and guard content.",
      ),
    },
    { name: "an empty system message", input: [system(""), human("Hi")], differs: request(NO_EMPTY_TEXT, asked(HI)) },
    {
      name: "a system message without blocks",
      input: [new SystemMessage({ content: [] }), human("Hi")],
      differs: request(NO_EMPTY_TEXT, asked(HI)),
    },
    {
      name: "an empty text in a system message",
      input: [system({ type: "text", text: "" }, { type: "text", text: "Be brief." }), human("Hi")],
      differs: request(NO_EMPTY_TEXT, { ...asked(HI), system: [{ text: "Be brief." }] }),
    },

    { name: "a ChatMessage of the user", input: [new ChatMessage("Hi", "user")] },
    { name: "a ChatMessage of a human", input: [new ChatMessage("Hi", "human")] },
    {
      name: "a ChatMessage of the assistant",
      input: [human("Hi"), new ChatMessage("Hello", "assistant"), human("Who?")],
      differs: request(CHAT_MESSAGE, { messages: [user(HI), assistant({ text: "Hello" }), user({ text: "Who?" })] }),
    },
    {
      name: "a ChatMessage of the system",
      input: [new ChatMessage("Be brief.", "system"), human("Hi")],
      differs: request(CHAT_MESSAGE, { ...asked(HI), system: [{ text: "Be brief." }] }),
    },
    {
      name: "a ChatMessage of somebody else",
      input: [new ChatMessage("Hi", "critic")],
      differs: error(CHAT_MESSAGE, 'Unsupported role of a ChatMessage: "critic" (accepted are user, human, assistant, ai and system).'),
    },
    {
      name: "a FunctionMessage",
      input: [human("Hi"), new FunctionMessage({ content: "x", name: "f" })],
      differs: error(SAYS_ACCEPTED, "Unsupported message type: function (accepted are human, ai, system, tool and generic)."),
    },
    {
      name: "a RemoveMessage",
      input: [human("Hi"), new RemoveMessage({ id: "1" })],
      differs: error(SAYS_ACCEPTED, "Unsupported message type: remove (accepted are human, ai, system, tool and generic)."),
    },

    {
      name: "two human messages in a row",
      input: [human("Hi"), human("Who are you?")],
      differs: request(ALTERNATING, asked(HI, { text: "Who are you?" })),
    },
    {
      name: "two AI messages in a row",
      input: [human("Hi"), ai("Hello."), ai("I am here."), human("Who?")],
      differs: request(ALTERNATING, { messages: [user(HI), assistant({ text: "Hello." }, { text: "I am here." }), user({ text: "Who?" })] }),
    },
    { name: "an empty human message", input: [human("")] },
    { name: "a human message of white space", input: [human(" \n")], differs: error(NOTHING_LEFT, EMPTY_HUMAN) },
    { name: "a human message without blocks", input: [new HumanMessage({ content: [] })], differs: error(NOTHING_LEFT, EMPTY_HUMAN) },
    {
      name: "an empty text among the blocks",
      input: [human({ type: "text", text: "" }, { type: "text", text: "Hi" })],
      differs: request(NO_EMPTY_TEXT, asked(HI)),
    },
    {
      name: "white space among the blocks",
      input: [human({ type: "text", text: " " }, { type: "text", text: "Hi" })],
      differs: request(NO_EMPTY_TEXT, asked(HI)),
    },
    { name: "no messages", input: [], differs: error(NO_QUESTION, NO_HUMAN) },
    { name: "only system text", input: [system("Be brief.")], differs: error(NO_QUESTION, NO_HUMAN) },
    {
      name: "an AI message first, of a model that does not take it",
      fields: { model: "amazon.nova-lite-v1:0" },
      input: [ai("Hello."), human("Hi")],
      differs: request(NO_BEGINNING, {
        messages: [
          { role: "user", content: [{ text: "(The conversation begins with the assistant.)" }] },
          { role: "assistant", content: [{ text: "Hello." }] },
          { role: "user", content: [{ text: "Hi" }] },
        ],
      }),
    },
    { name: "an AI message first", input: [ai("Hello."), human("Hi")] },

    { name: "an unknown block", input: [human({ type: "hologram", data: "x" })] },
    { name: "a block without a type", input: [human({ foo: "x" })] },
    {
      name: "guarded text",
      input: [human({ type: "guard_content", guardContent: { text: { text: "Hi", qualifiers: ["query"] } } })],
      differs: request(GUARD_CONTENT, asked({ guardContent: { text: { text: "Hi", qualifiers: ["query"] } } })),
    },
    {
      name: "guarded text in system text",
      input: [system(guarded), human("Hi")],
      differs: request(GUARD_CONTENT, { ...asked(HI), system: [{ guardContent: { text: { text: "Hi" } } }] }),
    },
    {
      name: "a search result in Bedrock's shape",
      input: [human({ type: "search_result", ...searchResult }, { type: "text", text: "?" })],
      differs: request(SEARCH_RESULT, asked(searchResult, { text: "?" })),
    },
    {
      name: "a search result in Anthropic's shape",
      input: [human({ type: "search_result", source: "s", title: "t", content: [{ type: "text", text: "c" }] }, { type: "text", text: "?" })],
      differs: request(SEARCH_RESULT, asked(searchResult, { text: "?" })),
    },
  ],
};
