import type { AIMessage } from "@langchain/core/messages";
import type { ChatBedrockConverse, ChatBedrockConverseCallOptions } from "langchain-aws-native";
import type { OutputSpec } from "../structured_output/output_schema.js";
import type { BatchInputs, BatchResult, LocalProgress, RunLocallyOptions } from "../types/batch.js";
import { Checkpoint } from "./checkpoint.js";
import { errorOf, type FailureKind, isWithoutAnswer, kindOf, retryAfterOf } from "./failures.js";
import { hashOf, settingsOf } from "./fingerprint.js";
import { type BatchRecord, readInputs } from "./inputs.js";
import { Pace, type Permit } from "./pace.js";
import { readAnswer } from "./record_results.js";
import { messageOf, restore, storeError, storeMessage } from "./stored_answer.js";

const DEFAULT_MAX_CONCURRENCY = 16;

/** Results, beyond the requests at once, that may wait for their reader or for the disk. */
const MAX_WAITING = 64;

/** How often a request is sent that is throttled, beside the model's own retries. */
const MAX_ATTEMPTS = 6;

/** So many inputs in a row that could not be asked end a run. */
const MAX_FAILURES_IN_A_ROW = 10;

/** What is thrown where a run has ended: nobody waits for it any more. */
const ENDED = new Error("BedrockBatch: the run has ended.");

/** How a model is asked. */
export interface Asking {
  model: ChatBedrockConverse;
  callOptions: Partial<ChatBedrockConverseCallOptions>;
  /** Of the objects in its answers. */
  schema: OutputSpec | undefined;
}

/** What a request came to, and what its failure says. */
interface Outcome {
  answer: AIMessage | Error;
  kind?: FailureKind;
}

/** A batch that is asked from here, input by input. */
export class LocalRun {
  readonly #asking: Asking;
  readonly #options: RunLocallyOptions;
  readonly #records: AsyncGenerator<BatchRecord>;
  readonly #pace: Pace;
  readonly #maxOutstanding: number;
  readonly #progress: Omit<LocalProgress, "active" | "pausedUntil"> = { done: 0, fromCheckpoint: 0, failed: 0, inputTokens: 0, outputTokens: 0 };
  /** Inputs that are being asked, each with how to end its request. */
  readonly #asked = new Map<AbortController, Promise<void>>();
  /** Results that wait for their reader, by the place of their input, or in the order in which they came. */
  readonly #results = new Map<number, BatchResult>();
  #came = 0;
  #taken = 0;
  /** Inputs that were read, and whose results were not. */
  #outstanding = 0;
  /** Whether the caller's iterable has been asked for the next input. */
  #isReading = false;
  #allRead = false;
  #checkpoint: Checkpoint | undefined;
  /** Whether Bedrock has answered anything. */
  #isReached = false;
  #failuresInARow = 0;
  /** What ends the run: at once, or when what is being asked has its results. */
  #failure: { error: unknown; isUrgent: boolean } | undefined;
  #hasEnded = false;
  #wakeReader: () => void = () => undefined;
  #wakeWriter: () => void = () => undefined;

  constructor(asking: Asking, inputs: BatchInputs, options: RunLocallyOptions) {
    const { maxConcurrency = DEFAULT_MAX_CONCURRENCY } = options;
    this.#asking = asking;
    this.#options = options;
    this.#records = readInputs(inputs);
    this.#pace = new Pace(maxConcurrency);
    this.#maxOutstanding = maxConcurrency + MAX_WAITING;
    if (Array.isArray(inputs)) this.#progress.total = inputs.length;
  }

  async *results(): AsyncGenerator<BatchResult, void, undefined> {
    const { signal, checkpoint } = this.#options;
    signal?.throwIfAborted();
    const abort = (): void => this.#fail(signal?.reason, true);
    signal?.addEventListener("abort", abort, { once: true });
    try {
      if (checkpoint !== undefined) this.#checkpoint = await Checkpoint.open(checkpoint, settingsOf(this.#asking.model, this.#asking.callOptions));
      void this.#read();
      for (;;) {
        if (this.#failure?.isUrgent) throw this.#failure.error;
        const result = this.#take();
        if (result !== undefined) yield result;
        else if (this.#failure && this.#asked.size === 0) throw this.#failure.error;
        else if (this.#allRead && this.#outstanding === 0) return;
        else await new Promise<void>((wake) => (this.#wakeReader = wake));
      }
    } finally {
      signal?.removeEventListener("abort", abort);
      await this.#end();
    }
  }

  /** Reads inputs, each when there may be one more, and asks them. No permit is held meanwhile: an input may depend on a result. */
  async #read(): Promise<void> {
    try {
      for (;;) {
        while (this.#outstanding >= this.#maxOutstanding) await new Promise<void>((wake) => (this.#wakeWriter = wake));
        this.#isReading = true;
        const { done, value: record } = await this.#records.next();
        this.#isReading = false;
        if (done || this.#hasEnded) break;
        this.#outstanding++;
        const hash = this.#checkpoint && hashOf(record.messages);
        const earlier = hash && (await this.#checkpoint?.find(record.id, hash));
        if (earlier) await this.#give(record, restore(earlier), true);
        else this.#ask(record, hash, await this.#pace.acquire());
      }
      this.#allRead = true;
    } catch (error) {
      this.#fail(error, false);
    }
    this.#wakeReader();
  }

  #ask(record: BatchRecord, hash: string | undefined, permit: Permit): void {
    const controller = new AbortController();
    const work = async (): Promise<void> => {
      try {
        const outcome = await this.#request(record, permit, controller.signal);
        if (hash !== undefined) await this.#keep(record.id, hash, outcome);
        this.#countFailures(outcome);
        await this.#give(record, outcome.answer, false);
      } catch (error) {
        this.#fail(error, true);
      } finally {
        this.#asked.delete(controller);
        this.#wakeReader();
      }
    };
    this.#asked.set(controller, work());
  }

  /** Asks, and asks once more after a pause while Bedrock throttles. */
  async #request({ messages }: BatchRecord, first: Permit, signal: AbortSignal): Promise<Outcome> {
    let permit = first;
    for (let attempt = 1; ; attempt++) {
      try {
        const { model, callOptions } = this.#asking;
        const answer = messageOf((await model.invoke(messages, { ...callOptions, signal })) as unknown as AIMessage);
        this.#pace.quicken();
        this.#isReached = true;
        return { answer };
      } catch (thrown) {
        if (this.#hasEnded) throw ENDED;
        const error = errorOf(thrown);
        // Without a region, credentials or an endpoint no input need be asked.
        if (!this.#isReached && isWithoutAnswer(error) && (await this.#canBeSent(messages))) throw thrown;
        const kind = kindOf(error);
        if (kind === "busy" && this.#pace.slow(permit, retryAfterOf(error))) this.#tell();
        if (kind !== "busy" || attempt === MAX_ATTEMPTS) return { answer: error, kind };
      } finally {
        this.#pace.release();
      }
      permit = await this.#pace.acquire(true);
    }
  }

  /** Whether an input becomes a request: otherwise it failed on its own. */
  async #canBeSent(messages: BatchRecord["messages"]): Promise<boolean> {
    const { model, callOptions } = this.#asking;
    return model.explainRequest(messages, callOptions).then(() => true, () => false);
  }

  /** Answers and refusals are for good; what failed in another way is asked again by the next run. */
  async #keep(id: string, hash: string, { answer, kind }: Outcome): Promise<void> {
    if (!(answer instanceof Error)) await this.#checkpoint?.add(id, hash, storeMessage(answer));
    else if (kind === "refused") await this.#checkpoint?.add(id, hash, storeError(answer));
  }

  #countFailures({ answer, kind }: Outcome): void {
    if (kind === undefined || kind === "refused") this.#failuresInARow = 0;
    if (kind !== "busy" && kind !== "setup") return;
    if (++this.#failuresInARow < MAX_FAILURES_IN_A_ROW) return;
    const sentence = `BedrockBatch: the run has ended, because ${MAX_FAILURES_IN_A_ROW} inputs in a row could not be asked. The last: ${(answer as Error).message}`;
    throw new Error(sentence, { cause: answer });
  }

  async #give({ index, id }: BatchRecord, answer: AIMessage | Error, isEarlier: boolean): Promise<void> {
    const result = answer instanceof Error ? { id, error: answer } : await readAnswer(id, answer, this.#asking.schema);
    this.#results.set(this.#options.inOrder ? index : this.#came++, result);
    this.#progress.done++;
    if (isEarlier) this.#progress.fromCheckpoint++;
    if (result.error !== undefined) this.#progress.failed++;
    const usage = isEarlier || answer instanceof Error ? undefined : answer.usage_metadata;
    this.#progress.inputTokens += usage?.input_tokens ?? 0;
    this.#progress.outputTokens += usage?.output_tokens ?? 0;
    this.#wakeReader();
    this.#tell();
  }

  #tell(): void {
    const { active, pausedUntil } = this.#pace;
    if (!this.#hasEnded) this.#options.onProgress?.({ ...this.#progress, active, ...(pausedUntil === undefined ? {} : { pausedUntil }) });
  }

  #take(): BatchResult | undefined {
    const result = this.#results.get(this.#taken);
    if (result === undefined) return undefined;
    this.#results.delete(this.#taken++);
    this.#outstanding--;
    this.#wakeWriter();
    return result;
  }

  /** The first failure counts, unless it lets the run go on for a while and the next one does not. */
  #fail(error: unknown, isUrgent: boolean): void {
    if (this.#failure === undefined || (isUrgent && !this.#failure.isUrgent)) this.#failure = { error, isUrgent };
    this.#wakeReader();
  }

  /** Stops the requests under way, and lets the caller's iterable and the checkpoint end. */
  async #end(): Promise<void> {
    this.#hasEnded = true;
    this.#pace.stop(ENDED);
    for (const controller of this.#asked.keys()) controller.abort();
    const closed = this.#records.return(undefined);
    // Its next input may never come.
    if (this.#isReading) closed.catch(() => undefined);
    else await closed;
    await Promise.all(this.#asked.values());
    await this.#checkpoint?.close();
  }
}
