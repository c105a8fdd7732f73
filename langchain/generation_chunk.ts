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

/** The same as core's own `concat`, one after the other; neighbouring pieces of plain text are joined at once. */
function fold(parts: ChatGenerationChunk[]): ChatGenerationChunk | undefined {
  let whole: ChatGenerationChunk | undefined;
  for (let start = 0; start < parts.length; ) {
    // Into a list of blocks core puts each text as a block of its own.
    const isText = whole === undefined || typeof whole.message.content === "string";
    const end = isText ? endOfText(parts, start) : start;
    const part = end - start > 1 ? joinTexts(parts.slice(start, end)) : parts[start];
    if (part !== undefined) whole = whole === undefined ? part : ChatGenerationChunk.prototype.concat.call(whole, part);
    start = Math.max(end, start + 1);
  }
  return whole;
}

function endOfText(parts: ChatGenerationChunk[], start: number): number {
  let end = start;
  while (end < parts.length && isPlainText(parts[end])) end++;
  return end;
}

/** Whether a piece says nothing but a text. */
function isPlainText(part: ChatGenerationChunk | undefined): boolean {
  const message = part?.message as AIMessageChunk | undefined;
  return (
    typeof message?.content === "string" &&
    message.usage_metadata === undefined &&
    !message.tool_call_chunks?.length &&
    isEmpty(message.response_metadata) &&
    isEmpty(message.additional_kwargs)
  );
}

function isEmpty(object: object | undefined): boolean {
  for (const _member in object) return false;
  return true;
}

function joinTexts(parts: ChatGenerationChunk[]): ChatGenerationChunk {
  const id = parts.find((part) => part.message.id !== undefined)?.message.id;
  const content = parts.map((part) => part.message.content).join("");
  return new CollectingChunk({
    text: parts.map((part) => part.text).join(""),
    generationInfo: {},
    message: new AIMessageChunk({ content, id, additional_kwargs: {}, response_metadata: {} }),
  });
}
