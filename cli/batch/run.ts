import { resolve } from "node:path";
import type { LocalProgress } from "langchain-aws-native/batch";
import { UsageError } from "../command.js";
import { errorText } from "../error_text.js";
import { codeOfError, ExitCode } from "./exit_codes.js";
import { countInputs, inputsOf, StoppableInputs } from "./inputs.js";
import { Interruption } from "./interruption.js";
import { constructed, type ModelArguments, modelOf, readObject } from "./model.js";
import { ProgressDisplay } from "./progress.js";
import { type ResultArguments, ResultWriter } from "./results.js";

/** What `run` was asked to do. */
export interface RunArguments extends ModelArguments, ResultArguments {
  file: string;
  schema?: string;
  checkpoint?: string;
  concurrency?: number;
}

/** `batch run`: asks the inputs of a file from here. */
export async function runFile(given: RunArguments): Promise<ExitCode> {
  const { file, schema, concurrency: maxConcurrency, inOrder } = given;
  const checkpoint = given.checkpoint ?? (file === "-" ? undefined : `${file}.checkpoint`);
  checkPaths(given, checkpoint);
  const total = file === "-" ? undefined : await countInputs(file);
  const fields = schema === undefined ? {} : { schema: readObject("schema", schema, "a JSON schema") };
  const model = await modelOf(given);
  const { BedrockBatch } = await import("langchain-aws-native/batch");
  const batch = constructed(() => new BedrockBatch({ model, ...fields }));
  const inputs = new StoppableInputs(inputsOf(file));
  const display = new ProgressDisplay(process.stderr, given.json);
  const writer = new ResultWriter(given, display);
  const interruption = new Interruption(() => {
    display.say("Waiting for the requests under way; Ctrl-C once more drops them.");
    inputs.stop();
  });
  let state: Pick<LocalProgress, "done" | "failed" | "fromCheckpoint"> = { done: 0, failed: 0, fromCheckpoint: 0 };
  const onProgress = (progress: LocalProgress): void => display.update({ ...(state = progress), ...(total === undefined ? {} : { total }) });
  onProgress({ done: 0, failed: 0, fromCheckpoint: 0, active: 0, inputTokens: 0, outputTokens: 0 });
  let failure: unknown;
  try {
    await writer.writeAll(batch.runLocally(inputs, { checkpoint, maxConcurrency, inOrder, signal: interruption.signal, onProgress }));
  } catch (error) {
    if (!interruption.signal.aborted) failure = error;
  }
  inputs.stop();
  interruption.release();
  model.close();
  display.end();
  if (failure !== undefined) display.say(`${errorText(failure)}\n${howToGoOn(checkpoint, state.done)}`);
  else if (interruption.code !== undefined) display.say(`Interrupted. ${howToGoOn(checkpoint, state.done)}`);
  else display.say(`${writer.summary()}${state.fromCheckpoint > 0 ? ` ${state.fromCheckpoint} were in ${checkpoint}.` : ""}`);
  if (failure !== undefined) return codeOfError(failure);
  return interruption.code ?? (state.failed > 0 ? ExitCode.someFailed : ExitCode.allAnswered);
}

/** No file may be written over another one. */
function checkPaths({ file, output }: RunArguments, checkpoint: string | undefined): void {
  const paths = [file === "-" ? undefined : file, output, checkpoint].flatMap((path) => (path === undefined ? [] : [resolve(path)]));
  if (new Set(paths).size < paths.length) throw new UsageError("The file of inputs, --output and --checkpoint must be different files.");
}

function howToGoOn(checkpoint: string | undefined, done: number): string {
  if (checkpoint === undefined) return `${done} results; answers are not kept without --checkpoint.`;
  return `${done} results; answers are kept in ${checkpoint}, and the same command goes on from there.`;
}
