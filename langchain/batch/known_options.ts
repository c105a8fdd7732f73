import { checkOptions, describe, FUNCTION, OBJECT, type OptionType } from "../configuration/option_types.js";
import { MAX_DELAY } from "../connection/cancellation.js";
import { asMistake, mistake } from "./mistake.js";

const SIGNAL: OptionType = { expected: "an AbortSignal", accepts: (value) => typeof (value as AbortSignal).addEventListener === "function" && "aborted" in (value as object) };
const POLL_INTERVAL: OptionType = { expected: `a number of milliseconds from 1 to ${MAX_DELAY}`, accepts: (value) => typeof value === "number" && value >= 1 && value <= MAX_DELAY };

export const SIGNAL_OPTION: Record<string, OptionType> = { signal: SIGNAL };
export const PROGRESS_OPTIONS: Record<string, OptionType> = { ...SIGNAL_OPTION, onProgress: FUNCTION };
export const WAIT_OPTIONS: Record<string, OptionType> = { ...PROGRESS_OPTIONS, pollInterval: POLL_INTERVAL };

/** Throws one sentence for what are no options, for an option that is not there, which would have no effect, and for a wrong value. */
export function checkKnownOptions(name: string, options: unknown, types: Record<string, OptionType>): void {
  if (!OBJECT.accepts(options)) throw mistake(`${name}: the options must be an object, but they are ${describe(options)}.`);
  const unknown = Object.keys(options as object).find((option) => !Object.hasOwn(types, option));
  if (unknown !== undefined) throw mistake(`${name} has no option '${unknown}'. Its options are ${Object.keys(types).join(", ")}.`);
  try {
    checkOptions(name, options as object, types);
  } catch (error) {
    throw asMistake(error as Error);
  }
}
