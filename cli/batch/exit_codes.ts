import { isMistake } from "../../langchain/batch/mistake.js";
import { UsageError } from "../command.js";

/** What `batch` ends with. */
export const ExitCode = {
  allAnswered: 0,
  someFailed: 1,
  usage: 2,
  /** A job that failed, expired or was stopped. */
  jobFailed: 3,
  /** It could not go on: credentials, connection, checkpoint. */
  ended: 4,
  interrupted: 130,
  terminated: 143,
} as const;

export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];

/** What an error ends it with. */
export function codeOfError(error: unknown): ExitCode {
  return error instanceof UsageError || isMistake(error) ? ExitCode.usage : ExitCode.ended;
}
