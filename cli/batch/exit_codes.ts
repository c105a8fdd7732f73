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
