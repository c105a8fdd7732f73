/** Answers of OpenAI's two APIs, and of services that speak its chat completions. Shapes: <https://platform.openai.com/docs/api-reference>. */
import { chatAnswers, chatEvents, saidInChat } from "./chat_completions.mjs";
import { halves, serverSentEvents } from "./server_sent_events.mjs";

/** Longer than the 64 characters that Bedrock takes. */
const LONG_ID = `call_${"kQ7z".repeat(20)}`;

/** Chat completions; DeepSeek and others add `reasoning_content`. */
export const chatCompletions = {
  answers: chatAnswers({
    text: { content: "Paris is the capital of France." },
    blank: { content: "" },
    two_candidates: [{ content: "Heads." }, { content: "Tails." }],
    refusal: { content: null, refusal: "I can't help with that." },
    audio: { content: null, audio: { id: "audio_68", data: "UklGRiQAAABXQVZF", expires_at: 1760000000, transcript: "Hello from the speaker." } },
    annotations: {
      content: "Rust 1.90 is out.",
      annotations: [{ type: "url_citation", url_citation: { start_index: 0, end_index: 17, title: "Rust blog", url: "https://blog.rust-lang.org" } }],
    },
    reasoning_content: { content: "It is 4.", reasoning_content: "Two and two." },
    reasoning_and_call: { content: "", reasoning_content: "I need the weather.", tool_calls: [call("call_r1", "weather", '{"city":"Oslo"}')] },
    one_call: { content: null, tool_calls: [call("call_1", "weather", '{"city":"Paris"}')] },
    parallel_calls: { content: "Looking up both.", tool_calls: [call("call_2", "weather", '{"city":"Paris"}'), call("call_3", "weather", '{"city":"Rome","days":2}')] },
    arguments_empty: { content: null, tool_calls: [call("call_4", "now", "")] },
    arguments_cut: { content: "Writing.", tool_calls: [call("call_5", "write", '{"path":"a.txt","text":"Once upo')] },
    arguments_not_object: { content: null, tool_calls: [call("call_6", "add", "[1,2]"), call("call_7", "add", '"three"')] },
    one_right_one_cut: { content: null, tool_calls: [call("call_8", "weather", '{"city":"Bonn"}'), call("call_9", "weather", '{"city":')] },
    name_illegal: { content: null, tool_calls: [call("call_10", "files.read", '{"path":"b"}')] },
    id_long: { content: null, tool_calls: [call(LONG_ID, "weather", '{"city":"Lyon"}')] },
    id_illegal: { content: null, tool_calls: [call("weather:0|fc 1", "weather", '{"city":"Nice"}')] },
    ids_equal: { content: null, tool_calls: [call("weather", "weather", '{"city":"Kiel"}'), call("weather", "weather", '{"city":"Ulm"}')] },
  }),
  events: chatEvents,
  said: saidInChat,
  model: ({ ChatOpenAI }, baseURL, fields) => new ChatOpenAI({ model: "gpt-5.4", apiKey: "made-up", maxRetries: 0, configuration: { baseURL }, ...fields }),
  package: "@langchain/openai",
};

function call(id, name, args) {
  return { id, type: "function", function: { name, arguments: args } };
}

const text = (text, annotations = []) => ({ type: "output_text", text, annotations, logprobs: [] });
const message = (...content) => ({ type: "message", id: `msg_${"mZ".repeat(24)}`, status: "completed", role: "assistant", content });
const reasoning = (summary, encrypted_content) => ({
  type: "reasoning",
  id: `rs_${"rY".repeat(24)}`,
  summary: summary.map((text) => ({ type: "summary_text", text })),
  ...(encrypted_content === undefined ? {} : { encrypted_content }),
});
const functionCall = (call_id, name, args) => ({ type: "function_call", id: `fc_${call_id}_${"fX".repeat(24)}`, call_id, name, arguments: args, status: "completed" });

const RESPONSES = {
  text: [message(text("Paris is the capital of France."))],
  two_texts: [message(text("First."), text("Second."))],
  refusal: [message({ type: "refusal", refusal: "I can't help with that." })],
  web_search: [
    { type: "web_search_call", id: "ws_1", status: "completed", action: { type: "search", query: "rust release", sources: [{ type: "url", url: "https://blog.rust-lang.org" }] } },
    message(text("Rust 1.90 is out.", [{ type: "url_citation", start_index: 0, end_index: 17, url: "https://blog.rust-lang.org", title: "Rust blog" }])),
  ],
  file_search: [
    { type: "file_search_call", id: "fs_1", status: "completed", queries: ["rent"], results: [{ file_id: "file-1", filename: "lease.pdf", score: 0.9, text: "The rent is 900.", attributes: {} }] },
    message(text("The rent is 900 euros.", [{ type: "file_citation", index: 22, file_id: "file-1", filename: "lease.pdf" }])),
  ],
  code_interpreter: [
    { type: "code_interpreter_call", id: "ci_1", status: "completed", code: "print(6*7)", container_id: "cntr_1", outputs: [{ type: "logs", logs: "42" }] },
    message(text("The result is 42.")),
  ],
  image_generation: [
    { type: "image_generation_call", id: "ig_1", status: "completed", result: "iVBORw0KGgo=", revised_prompt: "A cat.", output_format: "png", quality: "low", size: "1024x1024", background: "opaque" },
    message(text("Here is the cat.")),
  ],
  mcp: [
    { type: "mcp_list_tools", id: "mcpl_1", server_label: "deepwiki", tools: [{ name: "ask", input_schema: { type: "object" } }] },
    { type: "mcp_call", id: "mcp_1", server_label: "deepwiki", name: "ask", arguments: '{"q":"mcp"}', output: "MCP is a protocol.", error: null, approval_request_id: null },
    message(text("It is a protocol.")),
  ],
  mcp_approval: [{ type: "mcp_approval_request", id: "mcpr_1", server_label: "deepwiki", name: "ask", arguments: '{"q":"mcp"}' }],
  computer_call: [{ type: "computer_call", id: "cu_1", call_id: "call_cu", status: "completed", action: { type: "click", button: "left", x: 1, y: 2 }, pending_safety_checks: [] }],
  local_shell: [{ type: "local_shell_call", id: "lsh_1", call_id: "call_lsh", status: "completed", action: { type: "exec", command: ["ls"], env: {} } }],
  custom_tool: [{ type: "custom_tool_call", id: "ctc_1", call_id: "call_ctc", name: "sql", input: "SELECT 1;", status: "completed" }],
  reasoning_then_text: [reasoning(["Think once.", "Think twice."], "gAAAAAB_encrypted=="), message(text("Done thinking."))],
  reasoning_empty_then_call: [reasoning([], "gAAAAAB_encrypted=="), functionCall("call_11", "weather", '{"city":"Oslo"}')],
  reasoning_plain: [reasoning(["Only a summary."]), message(text("So be it."))],
  interleaved: [reasoning(["First."], "gAA="), functionCall("call_12", "weather", '{"city":"Oslo"}'), message(text("And then?")), functionCall("call_13", "weather", '{"city":"Bergen"}')],
  parallel_calls: [message(text("Both.")), functionCall("call_14", "weather", '{"city":"Paris"}'), functionCall("call_15", "weather", '{"city":"Rome"}')],
  arguments_empty: [functionCall("call_16", "now", "")],
  arguments_cut: [functionCall("call_17", "write", '{"path":"a.txt","te')],
  id_long: [functionCall(LONG_ID, "weather", '{"city":"Lyon"}')],
};

/** The Responses API. */
export const responses = {
  answers: Object.fromEntries(
    Object.entries(RESPONSES).map(([name, output]) => [
      name,
      {
        id: "resp_1",
        object: "response",
        created_at: 1760000000,
        status: "completed",
        model: "gpt-5.4",
        error: null,
        incomplete_details: null,
        instructions: null,
        metadata: {},
        output,
        parallel_tool_calls: true,
        temperature: 1,
        tool_choice: "auto",
        tools: [],
        top_p: 1,
        usage: { input_tokens: 9, input_tokens_details: { cached_tokens: 0 }, output_tokens: 9, output_tokens_details: { reasoning_tokens: 0 }, total_tokens: 18 },
      },
    ]),
  ),
  events: responseEvents,
  said: ({ output }) => output.flatMap(({ type, content }) => (type === "message" ? content.map((block) => block.text ?? block.refusal) : [])),
  model: ({ ChatOpenAI }, baseURL, fields) =>
    new ChatOpenAI({ model: "gpt-5.4", apiKey: "made-up", maxRetries: 0, useResponsesApi: true, configuration: { baseURL }, ...fields }),
  package: "@langchain/openai",
};

function responseEvents(response) {
  const events = [{ type: "response.created", response: { ...response, status: "in_progress", output: [] } }];
  for (const [output_index, item] of response.output.entries()) events.push(...itemEvents(item, output_index));
  events.push({ type: "response.completed", response });
  return serverSentEvents(events.map((event, sequence_number) => ({ ...event, sequence_number })));
}

function itemEvents(item, output_index) {
  const place = { output_index, item_id: item.id };
  const around = (opened, inner = []) => [
    { type: "response.output_item.added", output_index, item: { ...item, ...opened } },
    ...inner.map((event) => ({ ...event, ...place })),
    { type: "response.output_item.done", output_index, item },
  ];
  switch (item.type) {
    case "message":
      return around({ status: "in_progress", content: [] }, item.content.flatMap(partEvents));
    case "reasoning":
      return around({ summary: [], encrypted_content: undefined }, item.summary.flatMap(summaryEvents));
    case "function_call":
      return around({ status: "in_progress", arguments: "" }, [
        ...halves(item.arguments).map((delta) => ({ type: "response.function_call_arguments.delta", delta })),
        { type: "response.function_call_arguments.done", arguments: item.arguments },
      ]);
    case "custom_tool_call":
      return around({ status: "in_progress", input: "" }, [
        ...halves(item.input).map((delta) => ({ type: "response.custom_tool_call_input.delta", delta })),
        { type: "response.custom_tool_call_input.done", input: item.input },
      ]);
    default:
      return around({ status: "in_progress" }, [{ type: `response.${item.type}.in_progress` }, { type: `response.${item.type}.completed` }]);
  }
}

function partEvents(part, content_index) {
  const place = { content_index };
  if (part.type === "refusal") {
    return [
      { type: "response.content_part.added", ...place, part: { type: "refusal", refusal: "" } },
      ...halves(part.refusal).map((delta) => ({ type: "response.refusal.delta", ...place, delta })),
      { type: "response.refusal.done", ...place, refusal: part.refusal },
      { type: "response.content_part.done", ...place, part },
    ];
  }
  return [
    { type: "response.content_part.added", ...place, part: { ...part, text: "", annotations: [] } },
    ...halves(part.text).map((delta) => ({ type: "response.output_text.delta", ...place, delta, logprobs: [] })),
    ...part.annotations.map((annotation, annotation_index) => ({ type: "response.output_text.annotation.added", ...place, annotation_index, annotation })),
    { type: "response.output_text.done", ...place, text: part.text, logprobs: [] },
    { type: "response.content_part.done", ...place, part },
  ];
}

function summaryEvents(part, summary_index) {
  const place = { summary_index };
  return [
    { type: "response.reasoning_summary_part.added", ...place, part: { type: "summary_text", text: "" } },
    ...halves(part.text).map((delta) => ({ type: "response.reasoning_summary_text.delta", ...place, delta })),
    { type: "response.reasoning_summary_text.done", ...place, text: part.text },
    { type: "response.reasoning_summary_part.done", ...place, part },
  ];
}
