/** Chat completions, which OpenAI, Groq and Mistral have in common. */
import { dataOnlyEvents, halves } from "./server_sent_events.mjs";

const HEAD = { id: "chatcmpl-1", created: 1760000000, model: "made-up" };
const USAGE = { prompt_tokens: 9, completion_tokens: 9, total_tokens: 18 };

/** A completion for each message, or list of messages of several candidates. */
export function chatAnswers(messages) {
  return Object.fromEntries(
    Object.entries(messages).map(([name, message]) => [
      name,
      {
        ...HEAD,
        object: "chat.completion",
        choices: [message].flat().map((message, index) => ({ index, message: { role: "assistant", ...message }, logprobs: null, finish_reason: message.tool_calls ? "tool_calls" : "stop" })),
        usage: USAGE,
      },
    ]),
  );
}

/** The same completion as a stream: texts, reasoning and arguments in two pieces. Mistral sends a call as a whole. */
export function chatEvents({ choices }, areCallsWhole = false) {
  const chunk = (index, delta, finish_reason = null) => ({ ...HEAD, object: "chat.completion.chunk", choices: [{ index, delta, logprobs: null, finish_reason }] });
  const chunks = choices.flatMap(({ index, message, finish_reason }) => [
    chunk(index, { role: "assistant", content: "" }),
    ...deltasOf(message, areCallsWhole).map((delta) => chunk(index, delta)),
    chunk(index, {}, finish_reason),
  ]);
  return dataOnlyEvents([...chunks, { ...HEAD, object: "chat.completion.chunk", choices: [], usage: USAGE }]);
}

function deltasOf({ role: _role, content, tool_calls = [], ...others }, areCallsWhole) {
  const pieces = typeof content === "string" ? halves(content).map((content) => ({ content })) : (content ?? []).map((block) => ({ content: [block] }));
  const further = Object.entries(others).flatMap(([member, value]) => (typeof value === "string" ? halves(value) : [value]).map((piece) => ({ [member]: piece })));
  const calls = tool_calls.flatMap((call, index) => {
    const [first, ...rest] = areCallsWhole ? [call.function.arguments] : halves(call.function.arguments);
    return [
      { tool_calls: [{ index, ...call, function: { ...call.function, arguments: first ?? "" } }] },
      ...rest.map((piece) => ({ tool_calls: [{ index, function: { arguments: piece } }] })),
    ];
  });
  return [...further, ...pieces, ...calls];
}

/** What the model says of the first candidate; LangChain's other ones are messages of their own. */
export function saidInChat({ choices }) {
  const [{ message }] = choices;
  const texts = typeof message.content === "string" ? [message.content] : (message.content ?? []).filter(({ type }) => type === "text").map(({ text }) => text);
  return [...texts, message.refusal, message.audio?.transcript];
}
