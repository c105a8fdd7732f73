import { isDeepStrictEqual } from "node:util";
import type { CallbackManagerForChainRun } from "@langchain/core/callbacks/manager";
import type { BaseLanguageModelInput } from "@langchain/core/language_models/base";
import type { AIMessage, BaseMessage } from "@langchain/core/messages";
import { ChatGenerationChunk } from "@langchain/core/outputs";
import { patchConfig, Runnable, type RunnableConfig } from "@langchain/core/runnables";
import type { Schema } from "./request/json_schema.js";
import { Collection } from "./response/generation_chunk.js";
import { type Reading, readText, readToolCall } from "./structured_output/answer.js";
import { askBy, instructions, type Method, methodFor, type Model, type StructuredModel } from "./structured_output/method.js";
import { type Output, type OutputSpec, outputSpec } from "./structured_output/output_schema.js";
import { PartialOutput } from "./structured_output/partial_output.js";
import { askAgain, canBeRepaired, messagesOf } from "./structured_output/repair.js";
import type { StructuredOutputOptions } from "./types/structured_output.js";

/** With `includeRaw`; `parsed` is null where the answer has no output. A chunk of a stream has one of the members. */
interface RawOutput {
  raw?: BaseMessage;
  parsed?: Output | null;
}

type Result = Output | RawOutput;
type Config = Partial<RunnableConfig>;

/** An answer, and what was found in it. */
interface Attempt {
  message: AIMessage;
  reading: Reading;
}

/** Makes one request: yields what is known of the output while the answer is written, and returns the answer. */
type Ask = (request: BaseLanguageModelInput, config: Config) => AsyncGenerator<Result, AIMessage>;

/** A runnable that calls the model and returns an object of the schema. */
export function structuredOutput(model: StructuredModel, schema: Schema, options: StructuredOutputOptions<boolean> = {}): Runnable<BaseLanguageModelInput, Result> {
  return new StructuredOutput(model, schema, options);
}

class StructuredOutput extends Runnable<BaseLanguageModelInput, Result> {
  override lc_namespace = ["langchain_aws_native", "structured_output"];
  /** The name of its runs, for tracers; `@langchain/aws` has the same. */
  override readonly name: string;
  readonly #model: Model;
  readonly #method: Method;
  readonly #spec: OutputSpec;
  readonly #includeRaw: boolean;
  readonly #maxRepairs: number;

  static override lc_name(): string {
    return "StructuredOutput";
  }

  constructor(model: StructuredModel, schema: Schema, { name, method, strict, includeRaw, maxRepairs = 1 }: StructuredOutputOptions<boolean>) {
    super();
    if (!Number.isInteger(maxRepairs) || maxRepairs < 0) {
      throw new Error(`ChatBedrockConverse: maxRepairs must be a whole number of at least 0, but it is ${String(maxRepairs)}.`);
    }
    this.name = includeRaw ? "StructuredOutputRunnable" : "StructuredOutput";
    this.#method = methodFor(model, method);
    this.#spec = outputSpec(schema, name);
    this.#model = askBy(this.#method, model, this.#spec, strict);
    this.#includeRaw = includeRaw ?? false;
    this.#maxRepairs = maxRepairs;
  }

  override invoke(input: BaseLanguageModelInput, options?: Config): Promise<Result> {
    return this._callWithConfig((given: BaseLanguageModelInput, config?: Config, run?: CallbackManagerForChainRun) => this.#invoke(given, config, run), input, options);
  }

  override async *_streamIterator(input: BaseLanguageModelInput, options?: Config): AsyncGenerator<Result> {
    yield* this._transformStreamWithConfig(once(input), (_, run, config) => this.#stream(input, config, run), options);
  }

  async #invoke(input: BaseLanguageModelInput, config?: Config, run?: CallbackManagerForChainRun): Promise<Result> {
    const model = this.#model;
    const { message, reading } = await returnedBy(
      this.#attempts(input, config, run, async function* (request, child) {
        return await model.invoke(request, child);
      }),
    );
    return this.#includeRaw ? { raw: message, parsed: outputOf(reading) ?? null } : outputOrThrow(reading);
  }

  async *#stream(input: BaseLanguageModelInput, config?: Config, run?: CallbackManagerForChainRun): AsyncGenerator<Result> {
    const [model, method, { name }, includeRaw] = [this.#model, this.#method, this.#spec, this.#includeRaw];
    /** The object of the first answer that had one. An object does not shrink while it is streamed, so a repaired one is given as a whole. */
    let shown: PartialOutput | undefined;
    const { message, reading } = yield* this.#attempts(input, config, run, async function* (request, child) {
      const partial = new PartialOutput(method, name);
      let answer = new Collection();
      for await (const chunk of await model.stream(request, child)) {
        answer = answer.add(new ChatGenerationChunk({ text: chunk.text, message: chunk }));
        const output = partial.add(chunk);
        if (output !== undefined && (shown ??= partial) === partial) yield includeRaw ? { parsed: output } : output;
      }
      if (answer.whole === undefined) throw new Error("The stream of the answer had no chunks.");
      return answer.whole.message as AIMessage;
    });
    if (includeRaw) {
      yield { raw: message };
      yield { parsed: outputOf(reading) ?? null };
    } else {
      const output = outputOrThrow(reading);
      if (!isDeepStrictEqual(output, shown?.last)) yield output;
    }
  }

  /**
   * Asks, and asks again while the answer has no output and may have one the next time. Returns the last answer with an output, even if only a
   * JSON schema refuses it, else the last answer. A repair whose request fails changes nothing: without it, the same had been returned.
   */
  async *#attempts(input: BaseLanguageModelInput, config: Config = {}, run: CallbackManagerForChainRun | undefined, ask: Ask): AsyncGenerator<Result, Attempt> {
    let request = this.#method === "prompt" ? [...messagesOf(input), instructions(this.#spec)] : input;
    let last = yield* this.#attempt(ask(request, patchConfig(config, { callbacks: run?.getChild("seq:step:1") })));
    let best = last;
    for (let repair = 1; repair <= this.#maxRepairs && "error" in last.reading && canBeRepaired(last.message); repair++) {
      request = askAgain(messagesOf(request), last.message, last.reading.problem, this.#spec.name, this.#method);
      try {
        last = yield* this.#attempt(ask(request, patchConfig(config, { callbacks: run?.getChild(`repair:${repair}`) })));
      } catch (error) {
        if (config.signal?.aborted) throw error;
        if ("error" in best.reading) best.reading.error.cause = error;
        break;
      }
      if (outputOf(last.reading) !== undefined || outputOf(best.reading) === undefined) best = last;
    }
    return best;
  }

  async *#attempt(asked: AsyncGenerator<Result, AIMessage>): AsyncGenerator<Result, Attempt> {
    const message = yield* asked;
    const read = this.#method === "functionCalling" ? readToolCall : readText;
    return { message, reading: await read(message, this.#spec) };
  }
}

/** A JSON schema does not keep an object from the caller. */
function outputOf(reading: Reading): Output | undefined {
  return "output" in reading ? reading.output : reading.unmatched;
}

function outputOrThrow(reading: Reading): Output {
  if ("output" in reading) return reading.output;
  if (reading.unmatched !== undefined) return reading.unmatched;
  throw reading.error;
}

async function* once<T>(value: T): AsyncGenerator<T> {
  yield value;
}

async function returnedBy<T>(generator: AsyncGenerator<unknown, T>): Promise<T> {
  for (;;) {
    const { done, value } = await generator.next();
    if (done) return value;
  }
}
