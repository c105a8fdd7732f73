/** Calls of all kinds, each with a fate that its number decides. CommonJS, with `require` given: a `vm` context and Jest load the package in their own way. */
"use strict";

const random = require("./random.cjs");

const MODEL = "anthropic.claude-haiku-4-5-20251001-v1:0";

/** Of a hundred calls, eighty are answered as they should be; most of them at once. */
const GOOD = ["ok", "ok", "ok", "ok", "ok", "ok", "ok", "ok", "ok", "ok", "ok", "ok", "ok", "ok", "ok", "slow", "slow", "slow", "flaky", "forgotten"];
const FAILURES = { throttled: "ThrottlingException", refused: "ValidationException", failed: "InternalServerException" };
const LOST = ["reset", "cut", "torn", "dropped", "corrupt"];
const STOPPED = ["hang", "late"];
const STREAM_ENDS = ["stall", "left", "abandoned"];

/** Milliseconds. */
const MAX_RUN_END = 10_000;

/** Fates by which the endpoint drops the connection, which on HTTP/2 has other calls too. */
const DROPPING = new Set(["reset", "dropped", "cut", "torn"]);

/**
 * @param {(name: string) => any} load `require`, for the package and for LangChain
 * @param {{ connection: object, seed: number, caller: string, without?: string[], requestHandler?: object }} options `caller`: letters and digits; `without`:
 *   kinds to leave out; `requestHandler`: of AWS's client, with its connections
 */
module.exports = function createCalls(load, { connection, seed, caller, without = [], requestHandler }) {
  const kinds = Object.keys(KINDS).filter((kind) => !without.includes(kind));
  const models = createModels(load, connection, requestHandler);
  const state = { started: 0, settled: 0, faulty: 0, problems: [], pending: new Map() };
  const report = (problem) => void (state.problems.length < 10 && state.problems.push(problem));

  async function call(number) {
    const dice = random(seed, caller, number);
    const kind = dice.of(kinds);
    const { ask, fates = [], isStream = false } = KINDS[kind];
    const isBad = dice.below(5) === 0;
    const fate = dice.of(isBad ? [...Object.keys(FAILURES), "hang", ...fates] : GOOD);
    const name = `${kind}, ${fate}, number ${number}`;
    state.started++;
    if (isBad) state.faulty++;
    state.pending.set(number, name);
    const context = new Call({ models, dice, fate, isStream, tag: `soak-${caller}-${number}-${wireFate(fate)}`, load });
    try {
      const answers = await ask(context);
      if (context.mustFail) report(`${name}: it was to fail, and gave ${JSON.stringify(answers)}`);
      else if (answers !== undefined && !answers.every((answer) => answer.includes(context.tag))) report(`${name}: the answer is not its own: ${JSON.stringify(answers)}`);
    } catch (error) {
      const wanted = FAILURES[fate];
      const found = nameOf(error);
      if (!context.mustFail && !isOfCore(kind, fate, error)) report(`${name}: ${error?.stack ?? error}`);
      else if (wanted !== undefined && !found.includes(wanted)) report(`${name}: it failed with ${found}, not with ${wanted}`);
    } finally {
      context.end();
      if (!state.pending.delete(number)) report(`${name}: settled twice`);
      state.settled++;
    }
  }

  /** Makes calls from `first` on, `width` at once, until `isOver`. Resolves when all are settled, with the next number. */
  async function run(first, width, isOver) {
    let next = first;
    const lane = async () => {
      while (!isOver(next)) await call(next++);
    };
    await Promise.all(Array.from({ length: width }, lane));
    const { counts } = models;
    // `batch` fails with its first request; the others end later.
    for (const end = Date.now() + MAX_RUN_END; counts.startedRuns !== counts.endedRuns && Date.now() < end; ) await new Promise((resolve) => setTimeout(resolve, 10));
    if (counts.startedRuns !== counts.endedRuns) report(`callbacks: ${counts.startedRuns} runs began and ${counts.endedRuns} ended`);
    return next;
  }

  return { run, state, close: () => models.close() };
};

/** Core reads the events of version 2 in the background, and aborts that when its reader leaves: sometimes the reader sees it. */
function isOfCore(kind, fate, error) {
  return kind === "eventsV2" && fate === "left" && error.message === "Aborted";
}

/** Of what an embedding or a retriever throws, the cause tells. */
function nameOf(error) {
  return [error, error?.cause].map((it) => `${it?.name}: ${it?.message}`).join(" | ");
}

function wireFate(fate) {
  if (fate === "late") return "hang";
  if (["left", "abandoned"].includes(fate)) return "stall";
  return fate === "forgotten" ? "ok" : fate;
}

/** One call: its options and how it ends. */
class Call {
  #timer;

  constructor({ models, dice, fate, isStream, tag, load }) {
    Object.assign(this, { models, dice, fate, tag, load });
    this.mustFail = fate in FAILURES || LOST.includes(fate) || STOPPED.includes(fate) || fate === "stall";
    this.controller = new AbortController();
    this.isStream = isStream;
  }

  /** A chat model that suits the fate. */
  get model() {
    const { models, dice, fate } = this;
    if (fate === "flaky") return models.retrying;
    if (dice.below(30) === 0) return models.fresh(dice);
    return dice.of(DROPPING.has(fate) ? [models.http1, models.limited, models.keys] : [models.http1, models.http2, models.limited, models.keys, models.token]);
  }

  /** Options of the call: a signal that fires, a time limit. Callbacks are counted, but of streams that are not read to their end. */
  options() {
    const { fate, dice } = this;
    if (fate === "hang") this.abortSoon();
    return {
      signal: this.controller.signal,
      // One that is abandoned while it waits is not collected: its time limit ends it.
      ...(["left", "abandoned"].includes(fate) && { streamIdleTimeout: 5_000 }),
      ...(fate === "late" && { responseTimeout: 5 + dice.below(40) }),
      ...(!["left", "abandoned", "stall"].includes(fate) && { callbacks: [this.models.callbacks] }),
    };
  }

  /** Of an embedding, which takes no callbacks. */
  signalOnly() {
    const { signal } = this.options();
    return { signal };
  }

  abortSoon() {
    this.#timer ??= setTimeout(() => this.controller.abort(), this.dice.below(30));
  }

  /** Reads a stream as its fate says. */
  async read(stream, textOf) {
    let text = "";
    const { fate } = this;
    if (fate === "abandoned") {
      await stream[Symbol.asyncIterator]().next();
      return undefined;
    }
    for await (const chunk of stream) {
      text += textOf(chunk) ?? "";
      if (fate === "left") return undefined;
      if (fate === "stall") this.abortSoon();
    }
    return [text];
  }

  end() {
    clearTimeout(this.#timer);
  }
}

const INVOKED = [...LOST, "late"];
const STREAMED = [...LOST, "late", ...STREAM_ENDS];
const ONCE = ["reset"];

/** How each kind asks. It resolves with texts that all have the tag, or with nothing where there is none. */
const KINDS = {
  invoke: {
    fates: INVOKED,
    async ask(call) {
      if (call.fate !== "forgotten") return [(await call.model.invoke(call.tag, call.options())).text];
      // The promise is dropped; the callbacks tell.
      return new Promise((resolve, reject) => {
        const callbacks = [{ handleLLMEnd: ({ generations }) => resolve([generations[0][0].text]), handleLLMError: reject }];
        void call.model.invoke(call.tag, { callbacks });
      });
    },
  },
  stream: { fates: STREAMED, ask: async (call) => call.read(await call.model.stream(call.tag, call.options()), ({ text }) => text) },
  eventsV2: {
    fates: STREAMED,
    ask: (call) => call.read(call.model.streamEvents(call.tag, { ...call.options(), version: "v2" }), ({ event, data }) => (event === "on_chat_model_stream" ? data.chunk.text : "")),
  },
  blockEvents: {
    fates: STREAMED,
    ask: (call) => call.read(call.model.streamEvents(call.tag, call.options()), ({ event, delta }) => (event === "content-block-delta" ? delta?.text : "")),
  },
  batch: {
    fates: INVOKED,
    async ask(call) {
      const answers = await call.model.batch([`${call.tag} part 0`, `${call.tag} part 1`], call.options());
      return answers.map(({ text }, index) => (text.includes(`part ${index}`) ? text : `of another part: ${text}`));
    },
  },
  structuredByTool: { fates: INVOKED, ask: (call) => structured(call, "functionCalling") },
  structuredByFormat: { fates: INVOKED, ask: (call) => structured(call, "jsonSchema") },
  tools: {
    fates: INVOKED,
    async ask(call) {
      const { lookUp, HumanMessage } = call.models;
      const model = call.model.bindTools([lookUp]);
      const question = new HumanMessage(call.tag);
      const asked = await model.invoke([question], call.options());
      const results = await Promise.all(asked.tool_calls.map((toolCall) => lookUp.invoke(toolCall)));
      return [(await model.invoke([question, asked, ...results], call.options())).text];
    },
  },
  agent: {
    // An agent gives its model none of the call's own options.
    fates: LOST,
    async ask(call) {
      const { createAgent, lookUp } = call.models;
      const agent = createAgent({ model: call.model, tools: [lookUp] });
      const { messages } = await agent.invoke({ messages: [{ role: "user", content: call.tag }] }, call.options());
      return [messages.at(-1).text];
    },
  },
  longText: {
    fates: INVOKED,
    // Long texts cross in shared buffers, and are converted on threads of their own.
    ask: async (call) => [(await call.model.invoke(`${call.tag} ${"é long text. ".repeat(25_000)}`, call.options())).text],
  },
  conversation: {
    fates: INVOKED,
    // What was written of a long conversation is kept for its next turn.
    async ask(call) {
      const { HumanMessage } = call.models;
      const messages = [new HumanMessage(`${call.tag} ${"é long text. ".repeat(2_000)}`)];
      const answers = [];
      for (let turn = 0; turn < 4; turn++) {
        const answer = await call.model.invoke(messages, call.options());
        answers.push(answer.text);
        messages.push(answer, new HumanMessage(`${call.tag} turn ${turn}`));
      }
      return answers;
    },
  },
  embedQuery: { fates: ONCE, ask: async (call) => vectors(call, [await call.models.embeddings(call.fate).embedQuery(call.tag, call.signalOnly())]) },
  embedDocuments: { fates: ONCE, ask: async (call) => vectors(call, await call.models.embeddings(call.fate).embedDocuments([call.tag, `${call.tag} again`], call.signalOnly())) },
  countTokens: {
    async ask(call) {
      // A count that cannot be had is approximated: only an abort fails.
      call.mustFail = call.fate === "hang";
      const { totalCount } = await call.model.getNumTokensFromMessages([new call.models.HumanMessage(call.tag)], call.options());
      return totalCount > 0 ? undefined : ["no count"];
    },
  },
  guardrail: {
    async ask(call) {
      // The endpoint finds nothing in any text; what is aborted at once may or may not have been answered.
      call.mustFail = false;
      const { action } = await call.models.guarded.applyGuardrail(call.tag, { source: "INPUT" });
      return action === "NONE" ? undefined : [action];
    },
  },
  knowledgeBase: { fates: ONCE, ask: (call) => passages(call, call.models.knowledgeBase) },
  kendra: { fates: ONCE, ask: (call) => passages(call, call.models.kendra) },
  clientInvoke: { fates: INVOKED, ask: async (call) => [(await call.models.byClient(call.fate).invoke(call.tag, call.options())).text] },
  clientStream: { fates: STREAMED, ask: async (call) => call.read(await call.models.byClient(call.fate).stream(call.tag, call.options()), ({ text }) => text) },
};

async function structured(call, method) {
  const schema = { type: "object", title: "answer", properties: { id: { type: "string" } }, required: ["id"] };
  return [(await call.model.withStructuredOutput(schema, { method }).invoke(call.tag, call.options())).id];
}

function vectors(call, lists) {
  return lists.map(([first]) => (first === Number(call.tag.split("-")[2]) ? call.tag : `the vector of ${first}`));
}

async function passages(call, retriever) {
  return (await retriever(call.fate).invoke(call.tag, call.options())).map(({ pageContent }) => pageContent);
}

/** What calls share, as in an application. */
function createModels(load, connection, requestHandler) {
  const { AmazonKendraRetriever, AmazonKnowledgeBaseRetriever, BedrockEmbeddings, ChatBedrockConverse } = load("langchain-aws-native");
  const { HumanMessage } = load("@langchain/core/messages");
  const { tool } = load("@langchain/core/tools");
  const { bedrockBearerToken, ...signed } = connection;
  const base = { model: MODEL, maxRetries: 0, ...signed };
  const retrying = { maxRetries: 4 };
  const chat = (fields) => new ChatBedrockConverse({ ...base, ...fields });
  const { credentials, ...open } = base;
  const models = [];
  const keep = (model) => (models.push(model), model);
  /** A model, and one that retries; both made when they are first asked for. */
  const pair = (make) => {
    let made;
    return (fate) => {
      made ??= [keep(make({})), keep(make(retrying))];
      return made[fate === "flaky" ? 1 : 0];
    };
  };
  const counts = { startedRuns: 0, endedRuns: 0 };
  return {
    HumanMessage,
    createAgent: (options) => load("langchain").createAgent(options),
    counts,
    callbacks: {
      handleChatModelStart: () => void counts.startedRuns++,
      handleLLMEnd: () => void counts.endedRuns++,
      handleLLMError: () => void counts.endedRuns++,
    },
    lookUp: tool(({ id }) => `The value of ${id}.`, { name: "look_up", description: "Looks a value up.", schema: { type: "object", properties: { id: { type: "string" } }, required: ["id"] } }),
    http1: keep(chat({})),
    http2: keep(chat({ httpVersion: "2" })),
    limited: keep(chat({ maxConcurrency: 3 })),
    retrying: keep(chat(retrying)),
    keys: keep(chat({ credentials: async () => ({ ...credentials, expiration: new Date(Date.now() + 3_600_000) }) })),
    token: keep(new ChatBedrockConverse({ ...open, bedrockBearerToken: async () => bedrockBearerToken })),
    guarded: keep(chat({ guardrailConfig: { guardrailIdentifier: "abc123", guardrailVersion: "1" } })),
    byClient: pair((fields) => chat({ ...fields, clientOptions: { requestHandler: requestHandler ?? new (load("@smithy/node-http-handler").NodeHttpHandler)() } })),
    embeddings: pair((fields) => new BedrockEmbeddings({ ...base, ...fields, model: "amazon.titan-embed-text-v2:0" })),
    knowledgeBase: pair((fields) => new AmazonKnowledgeBaseRetriever({ ...signed, maxRetries: 0, ...fields, knowledgeBaseId: "ABCDEFGHIJ" })),
    kendra: pair((fields) => new AmazonKendraRetriever({ ...signed, maxRetries: 0, ...fields, indexId: "01234567-89ab-cdef-0123-456789abcdef" })),
    /** A model with a client and connections of its own, left to the collector or closed once its call has begun. */
    fresh(dice) {
      const model = chat({ connectTimeout: 5_000 + dice.below(1_000_000) });
      if (dice.below(2) === 0) setTimeout(() => model.close(), 10_000).unref();
      return model;
    },
    close: () => models.forEach((model) => model.close?.()),
  };
}
