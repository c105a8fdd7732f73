import { AIMessageChunk } from "@langchain/core/messages";
import { ChatGenerationChunk } from "@langchain/core/outputs";

/**
 * A chunk of a streamed answer. LangChain core concatenates every chunk with the sum of those before it, and reads the sum once, at the end. So this
 * `concat` only collects, and the sum is made when it is first read.
 */
export class CollectingChunk extends ChatGenerationChunk {
  override concat(chunk: ChatGenerationChunk): ChatGenerationChunk {
    return collected(new Collection().add(this).add(chunk));
  }
}

/** So many parts are folded into one: they take more memory than their sum. */
const MAX_PARTS = 512;

/** A chunk; or, for a chunk that only continues the one before, the string that it adds to that one's text or tool call arguments. */
type Part = ChatGenerationChunk | string;

/** Consecutive chunks that continue each other. */
interface Run {
  /** What they are pieces of: see {@link kindOf}. */
  kind: number | undefined;
  hasId: boolean;
}

/** The first `count` of `parts`, an array that later collections share and append to. */
export class Collection {
  readonly #parts: Part[];
  readonly #count: number;
  readonly #run: Run | undefined;
  /** Whether any content is a list of blocks. Core appends a string to such a list as a block of its own. */
  readonly #hasBlocks: boolean;
  #whole: ChatGenerationChunk | undefined;

  constructor(parts: Part[] = [], count: number = 0, run?: Run, hasBlocks: boolean = false) {
    this.#parts = parts;
    this.#count = count;
    this.#run = run;
    this.#hasBlocks = hasBlocks;
  }

  add(chunk: ChatGenerationChunk): Collection {
    if (this.#whole !== undefined || this.#count >= MAX_PARTS) return new Collection().#append(this.whole as ChatGenerationChunk).#append(chunk);
    return this.#append(chunk);
  }

  #append(chunk: ChatGenerationChunk): Collection {
    const { content, id } = chunk.message;
    const hasBlocks = this.#hasBlocks || typeof content !== "string";
    const kind = kindOf(chunk);
    const isContinuation = kind !== undefined && kind === this.#run?.kind && !(kind === TEXT && hasBlocks) && (this.#run.hasId || id === undefined);
    // If the array is longer, another collection has appended to it.
    const parts = this.#parts.length === this.#count ? this.#parts : this.#parts.slice(0, this.#count);
    parts.push(isContinuation ? pieceOf(chunk) : chunk);
    return new Collection(parts, this.#count + 1, isContinuation ? this.#run : { kind, hasId: id !== undefined }, hasBlocks);
  }

  /** The sum of all parts, made when it is first read; `undefined` without parts. Its reader may change it. */
  get whole(): ChatGenerationChunk | undefined {
    return (this.#whole ??= fold(this.#parts.slice(0, this.#count)));
  }
}

const COLLECTION = Symbol("collection");

type Collected = ChatGenerationChunk & { [COLLECTION]: Collection };

/** The prototype of all collected chunks; core uses `concat` and `instanceof`. */
const prototype: object = Object.create(ChatGenerationChunk.prototype, {
  concat: {
    value(this: Collected, chunk: ChatGenerationChunk): ChatGenerationChunk {
      return collected(this[COLLECTION].add(chunk));
    },
  },
});

/** The members of a chunk, own and enumerable, since tracers, object spread and JSON need them so. */
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

/** The result of core's own `concat` over all parts; consecutive pieces are joined in one step. */
function fold(parts: Part[]): ChatGenerationChunk | undefined {
  let whole: ChatGenerationChunk | undefined;
  for (let start = 0; start < parts.length; ) {
    const head = parts[start] as ChatGenerationChunk;
    let end = start + 1;
    while (typeof parts[end] === "string") end++;
    const part = end - start > 1 ? join(head, parts.slice(start + 1, end).join("")) : head;
    whole = whole === undefined ? part : ChatGenerationChunk.prototype.concat.call(whole, part);
    start = end;
  }
  return whole;
}

const TEXT = -1;

/** What a chunk is a piece of: `TEXT`, or the index of the tool call whose arguments it continues. `undefined` when it has anything else. */
function kindOf({ text, message }: ChatGenerationChunk): number | undefined {
  const { content, usage_metadata, response_metadata, additional_kwargs, tool_call_chunks } = message as AIMessageChunk;
  const isPlain = content === text && usage_metadata === undefined && isEmpty(response_metadata) && isEmpty(additional_kwargs);
  if (!isPlain) return undefined;
  const [call, other] = tool_call_chunks ?? [];
  if (call === undefined) return TEXT;
  const isArguments = text === "" && other === undefined && call.id === undefined && call.name === undefined && call.args !== undefined;
  return isArguments ? call.index : undefined;
}

function isEmpty(object: object | undefined): boolean {
  for (const _member in object) return false;
  return true;
}

function pieceOf({ text, message }: ChatGenerationChunk): string {
  return (message as AIMessageChunk).tool_call_chunks?.[0]?.args ?? text;
}

/** A chunk with `added` appended to its text or to its tool call's arguments. */
function join({ text, message }: ChatGenerationChunk, added: string): ChatGenerationChunk {
  const { id, tool_call_chunks } = message as AIMessageChunk;
  const [call] = tool_call_chunks ?? [];
  const whole = call === undefined ? text + added : text;
  return new CollectingChunk({
    text: whole,
    generationInfo: {},
    message: new AIMessageChunk({
      content: whole,
      id,
      additional_kwargs: {},
      response_metadata: {},
      tool_call_chunks: call && [{ ...call, args: `${call.args}${added}` }],
    }),
  });
}
