/** Answers of Mistral and Groq: chat completions with members of their own. Shapes: <https://docs.mistral.ai/api>, <https://console.groq.com/docs/api-reference>. */
import { chatAnswers, chatEvents, saidInChat } from "./chat_completions.mjs";

const call = (id, name, args) => ({ id, type: "function", function: { name, arguments: args } });
const SIMPLE = {
  text: { content: "Paris is the capital of France." },
  blank: { content: "" },
};

export const mistral = {
  answers: chatAnswers({
    ...SIMPLE,
    one_call: { content: "", tool_calls: [call("a1B2c3D4e", "weather", '{"city":"Paris"}')] },
    parallel_calls: { content: "Both.", tool_calls: [call("a1B2c3D4f", "weather", '{"city":"Paris"}'), call("a1B2c3D4g", "weather", '{"city":"Rome"}')] },
    arguments_empty: { content: "", tool_calls: [call("a1B2c3D4h", "now", "")] },
    arguments_cut: { content: "", tool_calls: [call("a1B2c3D4i", "write", '{"path":"a.txt","te')] },
    id_null: { content: "", tool_calls: [call("null", "weather", '{"city":"Ulm"}')] },
    thinking: { content: [{ type: "thinking", thinking: [{ type: "text", text: "Let me see." }] }, { type: "text", text: "It is 4." }] },
    references: { content: [{ type: "text", text: "The rent is 900." }, { type: "reference", reference_ids: [1, 2] }, { type: "text", text: "That is cheap." }] },
  }),
  events: (answer) => chatEvents(answer, true),
  said: saidInChat,
  model: ({ ChatMistralAI }, serverURL, fields) => new ChatMistralAI({ model: "mistral-large-latest", apiKey: "made-up", serverURL, maxRetries: 0, ...fields }),
  package: "@langchain/mistralai",
};

export const groq = {
  answers: chatAnswers({
    ...SIMPLE,
    one_call: { content: null, tool_calls: [call("fkr7xkq1s", "weather", '{"city":"Paris"}')] },
    parallel_calls: { content: null, tool_calls: [call("fkr7xkq2s", "weather", '{"city":"Paris"}'), call("fkr7xkq3s", "weather", '{"city":"Rome"}')] },
    arguments_empty: { content: null, tool_calls: [call("fkr7xkq4s", "now", "")] },
    arguments_cut: { content: null, tool_calls: [call("fkr7xkq5s", "write", '{"path":"a.txt","te')] },
    reasoning: { content: "It is 4.", reasoning: "Two and two." },
    reasoning_and_call: { content: null, reasoning: "I need the weather.", tool_calls: [call("fkr7xkq6s", "weather", '{"city":"Oslo"}')] },
    inline_reasoning: { content: "<think>\nTwo and two.\n</think>\n\nIt is 4." },
    executed_tools: {
      content: "Rust 1.90 is out.",
      reasoning: "I search.",
      executed_tools: [{ index: 0, type: "search", arguments: '{"query":"rust"}', output: "Title: Rust blog", search_results: { results: [{ title: "Rust blog", url: "https://blog.rust-lang.org", content: "1.90", score: 0.9 }] } }],
    },
  }),
  events: chatEvents,
  said: saidInChat,
  model: ({ ChatGroq }, baseUrl, fields) => new ChatGroq({ model: "openai/gpt-oss-120b", apiKey: "made-up", baseUrl, maxRetries: 0, ...fields }),
  package: "@langchain/groq",
};
