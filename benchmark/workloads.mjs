/**
 * The workloads. `prepare` makes the input before the measurement; `run` does the work, checks the result, and returns the number of units (calls,
 * deltas). Units are those that were requested, not those that were delivered.
 */
import { AIMessage, HumanMessage, ToolMessage } from "@langchain/core/messages";
import { scenarioOf, SHORT_ANSWER } from "./scenarios.mjs";

export const workloads = {
  /** `calls` invokes, one after the other. */
  invoke: {
    scenario: () => "short",
    prepare: ({ calls }) => Array.from({ length: calls }, () => "Hello"),
    run: invokeEach,
  },

  /** `calls` invokes, `width` at a time. */
  invokeAtOnce: {
    scenario: () => "short",
    prepare: ({ calls }) => calls,
    async run(model, calls, { width }) {
      for (let done = 0; done < calls; done += width) {
        const messages = await Promise.all(Array.from({ length: width }, () => model.invoke("Hello")));
        for (const { content } of messages) check(content, SHORT_ANSWER);
      }
      return calls;
    },
  },

  /** A stream of `words` deltas, `times` over; with `callback`, a handler is called for each. */
  stream: {
    scenario: ({ words }) => `text-${words}`,
    prepare: () => undefined,
    async run(model, _input, { words, times, callback }) {
      let told = 0;
      const options = callback && { callbacks: [{ handleLLMNewToken: () => void told++ }] };
      for (let time = 0; time < times; time++) await readText(model, words, options);
      if (callback) check(told >= words * times, true);
      return words * times;
    },
  },

  /** `width` streams of `words` deltas at once, `times` over; with `pace`, an event every so many milliseconds. */
  streamsAtOnce: {
    scenario: ({ words, pace }) => (pace ? `paced-${words}-${pace}` : `text-${words}`),
    prepare: () => undefined,
    async run(model, _input, { words, width, times = 1 }) {
      for (let time = 0; time < times; time++) await Promise.all(Array.from({ length: width }, () => readText(model, words)));
      return words * width * times;
    },
  },

  /** The same through an agent without tools, whose caller reads its messages. */
  agentStream: {
    scenario: ({ words }) => `text-${words}`,
    prepare: () => undefined,
    async run(model, _input, { words, times }) {
      const { createAgent } = await import("langchain");
      const agent = createAgent({ model, tools: [] });
      for (let time = 0; time < times; time++) {
        let text = "";
        for await (const [chunk] of await agent.stream({ messages: [new HumanMessage("Hello")] }, { streamMode: "messages" })) text += chunk.content;
        check(text, textOf(words));
      }
      return words * times;
    },
  },

  /** The same as events: of `version`, or else content blocks. */
  streamEvents: {
    scenario: ({ words }) => `text-${words}`,
    prepare: () => undefined,
    async run(model, _input, { words, times, version }) {
      for (let time = 0; time < times; time++) {
        let text = "";
        if (version) for await (const { event, data } of model.streamEvents("Hello", { version })) text += event === "on_chat_model_stream" ? data.chunk.content : "";
        else for await (const { event, delta } of model.streamEvents("Hello")) text += event === "content-block-delta" ? (delta.text ?? "") : "";
        check(text, textOf(words));
      }
      return words * times;
    },
  },

  /** The time until the first text of a stream. */
  firstChunk: {
    scenario: ({ words }) => `text-${words}`,
    prepare: () => undefined,
    async run(model, _input, { times }) {
      for (let time = 0; time < times; time++) {
        for await (const { content } of await model.stream("Hello")) if (content) break;
      }
      return times;
    },
  },

  /** A stream of tool arguments; with `fold` the reader joins the chunks to one message, as agents do. */
  toolArguments: {
    scenario: ({ bytes }) => `tool-${bytes}`,
    prepare: ({ bytes }) => scenarioOf(`tool-${bytes}`).text,
    async run(model, expected, { times, fold }) {
      for (let time = 0; time < times; time++) await (fold ? foldToolCall(model, expected) : readToolArguments(model, expected));
      return times;
    },
  },

  /** Invokes with a history of `size` messages. */
  history: {
    scenario: () => "short",
    prepare: ({ size, calls }) => Array.from({ length: calls }, () => historyOf(size)),
    run: (model, histories) => invokeEach(model, histories, { tools: [SEARCH] }),
  },

  /** The calls of an agent: with each, a call of a tool and its result have been added to the history. */
  agentRun: {
    scenario: () => "short",
    prepare: ({ turns }) => turns,
    async run(model, turns) {
      const messages = [new HumanMessage(PARAGRAPH)];
      for (let turn = 0; turn < turns; turn++) {
        check((await model.invoke(messages, { tools: [SEARCH] })).content, SHORT_ANSWER);
        messages.push(
          new AIMessage({ content: "", tool_calls: [{ name: "search", args: { query: `${turn}`, limit: 1.5 }, id: `call_${turn}`, type: "tool_call" }] }),
          new ToolMessage({ content: PARAGRAPH.repeat(2), tool_call_id: `call_${turn}` }),
        );
      }
      return turns;
    },
  },

  /** Without a model: `JSON.stringify` of a history. */
  stringifyHistory: {
    scenario: () => "short",
    prepare: ({ size, calls }) => {
      const plain = ({ type, content, tool_calls, tool_call_id }) => ({ type, content, tool_calls, tool_call_id });
      return Array.from({ length: calls }, () => historyOf(size).map(plain));
    },
    async run(_model, histories) {
      let length = 0;
      for (const history of histories) length += JSON.stringify(history).length;
      check(length > 0, true);
      return histories.length;
    },
  },

  /** Invokes with an image of `megabytes` in a data URL, as it comes out of a JSON request, or just `joined`: V8 has not made one string of it yet. */
  dataUrl: {
    scenario: () => "short",
    prepare: ({ megabytes, calls, joined }) => {
      const base64 = imageOf(megabytes).toString("base64");
      const whole = JSON.parse(JSON.stringify(joinedUrl(base64)));
      return Array.from({ length: calls }, () => {
        const url = joined ? joinedUrl(base64) : whole;
        return [new HumanMessage({ content: [{ type: "image_url", image_url: { url } }, { type: "text", text: "What is it?" }] })];
      });
    },
    run: invokeEach,
  },

  /** Without a model: one string of each joined data URL. */
  flatten: {
    scenario: () => "short",
    prepare: ({ megabytes, calls }) => {
      const base64 = imageOf(megabytes).toString("base64");
      return Array.from({ length: calls }, () => joinedUrl(base64));
    },
    // A number of a joined string is read from the flat one.
    async run(_model, urls) {
      for (const url of urls) check(Number.isNaN(Number(url)), true);
      return urls.length;
    },
  },

  /** `calls` questions to an embedding model, one after the other. */
  embedQuery: {
    scenario: ({ dimensions }) => `vector-${dimensions}`,
    prepare: () => undefined,
    async run(embeddings, _input, { calls, dimensions }) {
      for (let call = 0; call < calls; call++) check((await embeddings.embedQuery("Hello")).length, dimensions);
      return calls;
    },
  },

  /** `count` documents at once. */
  embedDocuments: {
    scenario: ({ dimensions }) => `vector-${dimensions}`,
    prepare: ({ count }) => Array.from({ length: count }, (_, index) => `document ${index}`),
    async run(embeddings, documents, { dimensions }) {
      const vectors = await embeddings.embedDocuments(documents);
      check(vectors.filter(({ length }) => length === dimensions).length, documents.length);
      return documents.length;
    },
  },

  /** Invokes with an image of `megabytes` as bytes. */
  imageBytes: {
    scenario: () => "short",
    prepare: ({ megabytes, calls }) => {
      const data = new Uint8Array(imageOf(megabytes));
      const image = { type: "image", image: { format: "png", source: { bytes: data } } };
      return Array.from({ length: calls }, () => [new HumanMessage({ content: [image, { type: "text", text: "What is it?" }] })]);
    },
    run: invokeEach,
  },
};

async function invokeEach(model, inputs, options) {
  for (const input of inputs) check((await model.invoke(input, options)).content, SHORT_ANSWER);
  return inputs.length;
}

async function readText(model, words, options) {
  let text = "";
  for await (const chunk of await model.stream("Hello", options)) text += chunk.content;
  check(text, textOf(words));
}

const texts = new Map();

function textOf(words) {
  if (!texts.has(words)) texts.set(words, scenarioOf(`text-${words}`).text);
  return texts.get(words);
}

async function readToolArguments(model, expected) {
  let text = "";
  for await (const chunk of await model.stream("Hello")) for (const { args } of chunk.tool_call_chunks ?? []) text += args ?? "";
  check(text, expected);
}

async function foldToolCall(model, expected) {
  let whole;
  for await (const chunk of await model.stream("Hello")) whole = whole === undefined ? chunk : whole.concat(chunk);
  const [{ name, args }] = whole.tool_calls;
  check(name, "write_file");
  check(JSON.stringify(args), expected);
}

/** Bedrock requires the tools of a history in the request. */
const SEARCH = {
  type: "function",
  function: {
    name: "search",
    description: "Searches the documentation.",
    parameters: { type: "object", properties: { query: { type: "string" }, limit: { type: "number" } }, required: ["query"] },
  },
};

const PARAGRAPH = 'Bedrock refuses two turns of one role in a row, so messages of one role share a turn. "Quoted", and\non two lines. ';

/** A conversation with tool calls in it; a message of 1,001 has some 350 bytes as JSON. */
export function historyOf(size) {
  const messages = [];
  for (let turn = 0; messages.length < size - 1; turn++) {
    messages.push(
      new HumanMessage(`${PARAGRAPH.repeat(2)}${turn}`),
      new AIMessage({
        content: [{ type: "text", text: PARAGRAPH.repeat(2) }],
        tool_calls: [{ name: "search", args: { query: `${turn}`, limit: 1.5 }, id: `call_${turn}`, type: "tool_call" }],
      }),
      new ToolMessage({ content: PARAGRAPH.repeat(2), tool_call_id: `call_${turn}` }),
      new AIMessage(PARAGRAPH.repeat(2)),
    );
  }
  messages.length = size - 1;
  return [...messages, new HumanMessage("And now?")];
}

function joinedUrl(base64) {
  return "data:image/png;base64," + base64;
}

/** Bytes that begin like a PNG file; their number divides by three, so that their base64 needs no padding. */
function imageOf(megabytes) {
  const bytes = Buffer.alloc(3 * Math.ceil((megabytes * 1024 * 1024) / 3));
  for (let index = 0; index < bytes.length; index++) bytes[index] = (index * 2654435761) >>> 24;
  bytes.set([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return bytes;
}

export function check(actual, expected) {
  if (actual !== expected) throw new Error(`An answer is wrong: ${String(JSON.stringify(actual)).slice(0, 200)}`);
}
