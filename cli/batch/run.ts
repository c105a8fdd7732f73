import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { ChatBedrockConverse, ChatBedrockConverseInput } from "langchain-aws-native";
import { UsageError } from "../command.js";
import { errorText } from "../error_text.js";
import { ExitCode } from "./exit_codes.js";
import { countInputs, inputsOf, StoppableInputs } from "./inputs.js";
import { ProgressDisplay } from "./progress.js";
import { ResultWriter } from "./results.js";

/** Options of a model, of `run` and `submit`. */
export interface ModelArguments {
  model?: string;
  region?: string;
  profile?: string;
  endpointUrl?: string;
  maxTokens?: number;
  /** A file with further options. */
  options?: string;
}

/** What `run` was asked to do. */
export interface RunArguments extends ModelArguments {
  file: string;
  output?: string;
  checkpoint?: string;
  concurrency?: number;
  inOrder: boolean;
  whole: boolean;
  json: boolean;
}

/** `batch run`: asks the inputs of a file from here. */
export async function runFile(given: RunArguments): Promise<ExitCode> {
  const checkpoint = given.checkpoint ?? (given.file === "-" ? undefined : `${given.file}.checkpoint`);
  checkPaths(given, checkpoint);
  const total = given.file === "-" ? undefined : await countInputs(given.file);
  const model = await modelOf(given);
  const { BedrockBatch } = await import("langchain-aws-native/batch");
  const inputs = new StoppableInputs(inputsOf(given.file));
  const writer = new ResultWriter(given.output, given.whole);
  const display = new ProgressDisplay(process.stderr, given.json);
  const interruption = interruptions(display, () => inputs.stop());
  const state = { done: 0, failed: 0, fromCheckpoint: 0 };
  const { concurrency: maxConcurrency, inOrder } = given;
  const isOneTerminal = given.output === undefined && process.stdout.isTTY;
  let failure: unknown;
  try {
    const onProgress = (told: typeof state): void => display.update({ ...Object.assign(state, told), ...(total === undefined ? {} : { total }) });
    for await (const result of new BedrockBatch({ model }).runLocally(inputs, { checkpoint, maxConcurrency, inOrder, signal: interruption.signal, onProgress })) {
      if (isOneTerminal) display.clear();
      await writer.write(result);
    }
  } catch (error) {
    if (!interruption.signal.aborted) failure = error;
  }
  inputs.stop();
  interruption.release();
  model.close();
  await writer.close().catch((error: unknown) => (failure ??= error));
  display.end();
  if (failure !== undefined) display.say(`${errorText(failure)}\n${howToGoOn(checkpoint, state.done)}`);
  else if (interruption.code !== undefined) display.say(`Interrupted. ${howToGoOn(checkpoint, state.done)}`);
  else display.say(summaryOf(state, writer.failures, checkpoint));
  if (failure !== undefined) return failure instanceof UsageError ? ExitCode.usage : ExitCode.ended;
  return interruption.code ?? (state.failed > 0 ? ExitCode.someFailed : ExitCode.allAnswered);
}

/** The model of the options. Its addon is loaded here, after the mistakes of the command line were found. */
export async function modelOf({ model, region, profile, endpointUrl, maxTokens, options }: ModelArguments): Promise<ChatBedrockConverse> {
  const { ChatBedrockConverse } = await import("langchain-aws-native");
  const given = Object.entries({ model, region, profile, endpointUrl, maxTokens }).filter(([, value]) => value !== undefined);
  return new ChatBedrockConverse({ ...(options === undefined ? {} : readOptions(options)), ...Object.fromEntries(given) });
}

function readOptions(file: string): ChatBedrockConverseInput {
  try {
    const options = JSON.parse(readFileSync(file, "utf8")) as ChatBedrockConverseInput | null;
    if (typeof options === "object" && options !== null && !Array.isArray(options)) return options;
  } catch (error) {
    throw new UsageError(`--options ${file}: ${(error as Error).message}.`);
  }
  throw new UsageError(`--options ${file}: An object with options of ChatBedrockConverse is needed.`);
}

/** No file may be written over another one. */
function checkPaths({ file, output }: RunArguments, checkpoint: string | undefined): void {
  const paths = [file === "-" ? undefined : file, output, checkpoint].flatMap((path) => (path === undefined ? [] : [resolve(path)]));
  if (new Set(paths).size < paths.length) throw new UsageError("The file of inputs, --output and --checkpoint must be different files.");
}

/**
 * Ctrl-C lets the requests under way end and asks no more, a second one drops them. `code` is what the process ends with then: 128 and the number of
 * the signal, as shells have it.
 */
function interruptions(display: ProgressDisplay, stop: () => void): { readonly signal: AbortSignal; readonly code: ExitCode | undefined; release: () => void } {
  const controller = new AbortController();
  let code: ExitCode | undefined;
  const on = (signal: NodeJS.Signals): void => {
    if (code !== undefined) return controller.abort();
    code = signal === "SIGINT" ? ExitCode.interrupted : ExitCode.terminated;
    display.say("Waiting for the requests under way; Ctrl-C once more drops them.");
    stop();
  };
  process.on("SIGINT", on).on("SIGTERM", on);
  return {
    signal: controller.signal,
    get code() {
      return code;
    },
    release: () => void process.off("SIGINT", on).off("SIGTERM", on),
  };
}

function howToGoOn(checkpoint: string | undefined, done: number): string {
  if (checkpoint === undefined) return `${done} results; answers are not kept without --checkpoint.`;
  return `${done} results; answers are kept in ${checkpoint}, and the same command goes on from there.`;
}

function summaryOf({ done, failed, fromCheckpoint }: { done: number; failed: number; fromCheckpoint: number }, failures: Map<string, number>, checkpoint: string | undefined): string {
  const causes = [...failures].map(([name, count]) => `${count} ${name}`).join(", ");
  const earlier = fromCheckpoint > 0 ? ` ${fromCheckpoint} were in ${checkpoint}.` : "";
  return `${done - failed} answered${failed > 0 ? `, ${failed} failed: ${causes}` : ""}.${earlier}`;
}
