import { AIMessageChunk } from "@langchain/core/messages";
import { ChatGenerationChunk } from "@langchain/core/outputs";

/**
 * A piece of a streamed answer. LangChain core folds every piece of a stream into what came before, and looks at the result once, at the end.
 * So this `concat` only collects, and the message is made when somebody looks.
 */
export class CollectingChunk extends ChatGenerationChunk {
  override concat(chunk: ChatGenerationChunk): ChatGenerationChunk {
    return collected(new Collection([this]).add(chunk));
  }
}

/** So many parts are folded at the latest: they are larger than what they become. */
const MOST_PARTS = 512;

/** The first `count` of `parts`, a list that later collections share and go on with. */
export class Collection {
  readonly #parts: ChatGenerationChunk[];
  readonly #count: number;
  #whole: ChatGenerationChunk | undefined;

  constructor(parts: ChatGenerationChunk[] = [], count: number = parts.length) {
    this.#parts = parts;
    this.#count = count;
  }

  add(chunk: ChatGenerationChunk): Collection {
    if (this.#whole !== undefined || this.#count >= MOST_PARTS) return new Collection([this.whole as ChatGenerationChunk, chunk]);
    // A list that is longer by now is one that somebody else went on with.
    const parts = this.#parts.length === this.#count ? this.#parts : this.#parts.slice(0, this.#count);
    parts.push(chunk);
    return new Collection(parts, this.#count + 1);
  }

  /** All parts as one; made when it is first read. Its reader may change it. `undefined` when there is no part. */
  get whole(): ChatGenerationChunk | undefined {
    return (this.#whole ??= fold(this.#parts.slice(0, this.#count)));
  }
}

const COLLECTION = Symbol("collection");

type Collected = ChatGenerationChunk & { [COLLECTION]: Collection };

/** What all collected chunks inherit; core asks for `concat` and `instanceof`. */
const prototype: object = Object.create(ChatGenerationChunk.prototype, {
  concat: {
    value(this: Collected, chunk: ChatGenerationChunk): ChatGenerationChunk {
      return collected(this[COLLECTION].add(chunk));
    },
  },
});

/** The members of any chunk, own and enumerable as tracers, spread and JSON expect. */
const members: PropertyDescriptorMap = Object.fromEntries(
  (["text", "generationInfo", "message"] as const).map((member) => [
    member,
    {
      enumerable: true,
      configurable: true,
      get(this: Collected) {
        return this[COLLECTION].whole?.[member];
      },
      set(this: Collected, value: never) {
        const { whole } = this[COLLECTION];
        if (whole !== undefined) whole[member] = value;
      },
    },
  ]),
);

function collected(collection: Collection): ChatGenerationChunk {
  const chunk = Object.create(prototype, members) as Collected;
  chunk[COLLECTION] = collection;
  return chunk;
}

/** The same as core's own `concat`, one after the other; neighbouring pieces of one text, or of one tool call's arguments, are joined at once. */
function fold(parts: ChatGenerationChunk[]): ChatGenerationChunk | undefined {
  let whole: ChatGenerationChunk | undefined;
  for (let start = 0; start < parts.length; ) {
    const end = endOfRun(parts, start, whole);
    const part = end - start > 1 ? join(parts.slice(start, end)) : parts[start];
    if (part !== undefined) whole = whole === undefined ? part : ChatGenerationChunk.prototype.concat.call(whole, part);
    start = end;
  }
  return whole;
}

/** Where the pieces end that can be joined with the one at `start`; at least behind that one. */
function endOfRun(parts: ChatGenerationChunk[], start: number, whole: ChatGenerationChunk | undefined): number {
  const kind = kindOf(parts[start]);
  // Into a list of blocks core puts each text as a block of its own.
  const isAlone = kind === undefined || (kind === TEXT && whole !== undefined && typeof whole.message.content !== "string");
  let end = start + 1;
  while (!isAlone && end < parts.length && kindOf(parts[end]) === kind) end++;
  return end;
}

const TEXT = -1;

/** What a piece is a piece of: a plain text, or the arguments of the tool call with that index. `undefined` when it says anything else. */
function kindOf(part: ChatGenerationChunk | undefined): number | undefined {
  const message = part?.message as AIMessageChunk | undefined;
  const isPlain =
    typeof message?.content === "string" &&
    message.usage_metadata === undefined &&
    isEmpty(message.response_metadata) &&
    isEmpty(message.additional_kwargs);
  if (!isPlain) return undefined;
  const [call, other] = message.tool_call_chunks ?? [];
  if (call === undefined) return TEXT;
  const isArguments = message.content === "" && other === undefined && call.id === undefined && call.name === undefined && call.args !== undefined;
  return isArguments ? call.index : undefined;
}

function isEmpty(object: object | undefined): boolean {
  for (const _member in object) return false;
  return true;
}

function join(parts: ChatGenerationChunk[]): ChatGenerationChunk {
  const messages = parts.map((part) => part.message as AIMessageChunk);
  const [call] = messages[0]?.tool_call_chunks ?? [];
  const tool_call_chunks = call && [{ ...call, args: messages.map((message) => message.tool_call_chunks?.[0]?.args).join("") }];
  return new CollectingChunk({
    text: parts.map((part) => part.text).join(""),
    generationInfo: {},
    message: new AIMessageChunk({
      content: messages.map((message) => message.content).join(""),
      id: messages.find((message) => message.id !== undefined)?.id,
      additional_kwargs: {},
      response_metadata: {},
      tool_call_chunks,
    }),
  });
}
