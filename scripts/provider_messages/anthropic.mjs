/** Answers of Anthropic's Messages API. Shapes: <https://platform.claude.com/docs/en/api/messages>. */
import { halves, serverSentEvents } from "./server_sent_events.mjs";

const text = (text, citations) => ({ type: "text", text, ...(citations === undefined ? {} : { citations }) });
const toolUse = (id, name, input) => ({ type: "tool_use", id, name, input });
const thinking = (thinking, signature) => ({ type: "thinking", thinking, signature });
const SIGNATURE = "RXFvQkNrZ0lCeEFCR0FJaVFE";

const CONTENT = {
  text: [text("Paris is the capital of France.")],
  two_texts: [text("First."), text("Second.")],
  empty: [],
  one_call: [text("I look it up."), toolUse("toolu_01", "weather", { city: "Paris" })],
  parallel_calls: [toolUse("toolu_02", "weather", { city: "Paris" }), toolUse("toolu_03", "weather", { city: "Rome", days: 2 })],
  call_without_input: [toolUse("toolu_04", "now", {})],
  thinking: [thinking("Let me see.", SIGNATURE), text("It is 4.")],
  thinking_omitted: [thinking("", SIGNATURE), text("It is 5.")],
  thinking_and_call: [thinking("I need the weather.", SIGNATURE), toolUse("toolu_05", "weather", { city: "Oslo" })],
  thinking_between: [thinking("One.", SIGNATURE), text("Wait."), thinking("Two.", SIGNATURE), toolUse("toolu_06", "weather", { city: "Bern" })],
  redacted_thinking: [{ type: "redacted_thinking", data: "RW1WdU1RSUM=" }, text("I cannot say why.")],
  web_search: [
    text("I search."),
    { type: "server_tool_use", id: "srvtoolu_01", name: "web_search", input: { query: "rust release" } },
    {
      type: "web_search_tool_result",
      tool_use_id: "srvtoolu_01",
      content: [{ type: "web_search_result", title: "Rust blog", url: "https://blog.rust-lang.org", encrypted_content: "RW5jcnlwdGVk", page_age: "1 day" }],
    },
    text("Rust 1.90 is out.", [{ type: "web_search_result_location", url: "https://blog.rust-lang.org", title: "Rust blog", encrypted_index: "RW8=", cited_text: "1.90" }]),
  ],
  web_search_failed: [
    { type: "server_tool_use", id: "srvtoolu_02", name: "web_search", input: { query: "x" } },
    { type: "web_search_tool_result", tool_use_id: "srvtoolu_02", content: { type: "web_search_tool_result_error", error_code: "max_uses_exceeded" } },
    text("I could not search."),
  ],
  web_fetch: [
    { type: "server_tool_use", id: "srvtoolu_03", name: "web_fetch", input: { url: "https://example.com" } },
    {
      type: "web_fetch_tool_result",
      tool_use_id: "srvtoolu_03",
      content: {
        type: "web_fetch_result",
        url: "https://example.com",
        retrieved_at: "2026-01-01T00:00:00Z",
        content: { type: "document", source: { type: "text", media_type: "text/plain", data: "Example page." }, title: "Example" },
      },
    },
    text("The page is an example."),
  ],
  code_execution: [
    { type: "server_tool_use", id: "srvtoolu_04", name: "bash_code_execution", input: { command: "echo 42" } },
    { type: "bash_code_execution_tool_result", tool_use_id: "srvtoolu_04", content: { type: "bash_code_execution_result", stdout: "42\n", stderr: "", return_code: 0, content: [] } },
    text("It printed 42."),
  ],
  search_and_call: [
    { type: "server_tool_use", id: "srvtoolu_05", name: "web_search", input: { query: "weather" } },
    { type: "web_search_tool_result", tool_use_id: "srvtoolu_05", content: [] },
    toolUse("toolu_07", "weather", { city: "Graz" }),
  ],
  mcp: [
    { type: "mcp_tool_use", id: "mcptoolu_01", name: "ask", server_name: "deepwiki", input: { q: "mcp" } },
    { type: "mcp_tool_result", tool_use_id: "mcptoolu_01", is_error: false, content: [{ type: "text", text: "MCP is a protocol." }] },
    text("It is a protocol."),
  ],
  container_upload: [{ type: "container_upload", file_id: "file_011" }, text("I made a file.")],
  compaction: [{ type: "compaction", content: "Summary of what was before." }, text("Let us go on.")],
  citations: [
    text("According to the lease, "),
    text("the rent is 900.", [
      { type: "char_location", cited_text: "The rent is 900.", document_index: 0, document_title: "Lease", start_char_index: 0, end_char_index: 16 },
      { type: "page_location", cited_text: "900", document_index: 1, document_title: null, start_page_number: 1, end_page_number: 2 },
    ]),
  ],
};

/** Anthropic's own model; a message of it may name any Claude. */
export const messages = {
  answers: Object.fromEntries(
    Object.entries(CONTENT).map(([name, content]) => [
      name,
      {
        id: "msg_01",
        type: "message",
        role: "assistant",
        model: "claude-sonnet-4-5-20250929",
        content,
        stop_reason: content.some(({ type }) => type === "tool_use") ? "tool_use" : "end_turn",
        stop_sequence: null,
        usage: { input_tokens: 9, output_tokens: 9, cache_creation_input_tokens: 0, cache_read_input_tokens: 0 },
      },
    ]),
  ),
  events,
  said: ({ content }) => content.filter(({ type }) => type === "text").map(({ text }) => text),
  model: ({ ChatAnthropic }, baseURL, fields) => new ChatAnthropic({ model: "claude-sonnet-4-5", apiKey: "made-up", anthropicApiUrl: baseURL, maxRetries: 0, ...fields }),
  package: "@langchain/anthropic",
};

/** A tool's input is cut off where `max_tokens` ends an answer: only a stream shows it. */
export const cutMessages = {
  ...messages,
  answers: {
    arguments_cut: { ...messages.answers.one_call, stop_reason: "max_tokens" },
    parallel_arguments_cut: { ...messages.answers.parallel_calls, stop_reason: "max_tokens" },
  },
  events: (answer) => events(answer, true),
  ways: ["stream"],
};

function events({ content, stop_reason, usage, ...head }, isCut = false) {
  const blocks = content.flatMap((block, index) => {
    const [start, ...deltas] = pieces(block);
    const kept = isCut && block.type === "tool_use" && index === content.length - 1 ? deltas.slice(0, 1) : deltas;
    return [
      { type: "content_block_start", index, content_block: start },
      ...kept.map((delta) => ({ type: "content_block_delta", index, delta })),
      { type: "content_block_stop", index },
    ];
  });
  return serverSentEvents([
    { type: "message_start", message: { ...head, content: [], stop_reason: null, usage } },
    ...blocks,
    { type: "message_delta", delta: { stop_reason, stop_sequence: null }, usage: { output_tokens: 9 } },
    { type: "message_stop" },
  ]);
}

/** The start of a block, and its deltas. */
function pieces(block) {
  switch (block.type) {
    case "text": {
      const { citations, ...start } = block;
      const cited = (citations ?? []).map((citation) => ({ type: "citations_delta", citation }));
      return [{ ...start, text: "", ...(citations === undefined ? {} : { citations: [] }) }, ...cited, ...halves(block.text).map((text) => ({ type: "text_delta", text }))];
    }
    case "thinking":
      return [
        { ...block, thinking: "", signature: "" },
        ...halves(block.thinking).map((thinking) => ({ type: "thinking_delta", thinking })),
        { type: "signature_delta", signature: block.signature },
      ];
    case "tool_use":
    case "server_tool_use":
    case "mcp_tool_use": {
      const json = Object.keys(block.input).length === 0 ? "" : JSON.stringify(block.input);
      return [{ ...block, input: {} }, ...halves(json).map((partial_json) => ({ type: "input_json_delta", partial_json }))];
    }
    case "compaction":
      return [{ ...block, content: "" }, { type: "compaction_delta", content: block.content }];
    default:
      return [block];
  }
}
