/** The server's answers, by the name in the model id. The floor, which has no server, gives the same. */

export const SHORT_ANSWER = "J'adore la programmation.";

/** Characters in one piece of a tool's arguments: 34 KB come in 2,000 pieces. */
const PIECE = 17;

/** `short`, `text-<words>`, `paced-<words>-<milliseconds between two>`, `tool-<bytes of arguments>` or `vector-<dimensions>`. */
export function scenarioOf(name) {
  const [kind, size = "0", pace = "0"] = name.split("-");
  switch (kind) {
    case "short":
      return { kind, text: SHORT_ANSWER, pieces: [SHORT_ANSWER], pace: 0 };
    case "text":
    case "paced":
      return textOf(kind, Number(size), Number(pace));
    case "tool":
      return toolOf(Number(size));
    case "vector":
      return { kind, vector: Array.from({ length: Number(size) }, (_, index) => Math.sin(index) / 7), pace: 0 };
    default:
      throw new Error(`There is no scenario ${name}.`);
  }
}

function textOf(kind, words, pace) {
  const pieces = Array.from({ length: words }, (_, index) => (index === 0 ? "word0" : ` word${index}`));
  return { kind, text: pieces.join(""), pieces, pace };
}

/** The arguments of a tool that writes a file: lines of source code, so that quotes and line ends are escaped. */
function toolOf(bytes) {
  const start = '{"path":"src/orders.ts","content":"';
  const line = "  if (order.state === \\\"paid\\\") ship(order.items, order.address);\\n";
  const length = Math.max(0, bytes - start.length - 2);
  const content = line.repeat(Math.floor(length / line.length));
  const text = `${start}${content}${"x".repeat(length - content.length)}"}`;
  return { kind: "tool", text, pieces: text.match(new RegExp(`.{1,${PIECE}}`, "gs")), pace: 0 };
}

/** The events of a scenario, in the API's shape. */
export function eventsOf({ kind, text, pieces }) {
  const isTool = kind === "tool";
  const index = { contentBlockIndex: 0 };
  const deltas = pieces.map((piece) => ({ contentBlockDelta: { ...index, delta: isTool ? { toolUse: { input: piece } } : { text: piece } } }));
  return [
    { messageStart: { role: "assistant" } },
    ...(isTool ? [{ contentBlockStart: { ...index, start: { toolUse: { toolUseId: "tooluse_bench", name: "write_file" } } } }] : []),
    ...deltas,
    { contentBlockStop: index },
    { messageStop: { stopReason: isTool ? "tool_use" : "end_turn" } },
    { metadata: { usage: usageOf(text), metrics: { latencyMs: 1000 } } },
  ];
}

function usageOf(text) {
  const outputTokens = Math.ceil(text.length / 4);
  return { inputTokens: 12, outputTokens, totalTokens: 12 + outputTokens };
}
