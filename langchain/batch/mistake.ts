/** Node.js's code for a wrong argument. Others than this entry know the error by it: they have copies of its modules. */
const CODE = "ERR_INVALID_ARG_VALUE";

/** An error about what the caller gave: an option, an input, a manifest. The same call would fail again. */
export function mistake(sentence: string, options?: ErrorOptions): Error {
  return asMistake(new Error(sentence, options));
}

export function asMistake(error: Error): Error {
  return Object.assign(error, { code: CODE });
}

export function isMistake(error: unknown): boolean {
  return error instanceof Error && (error as NodeJS.ErrnoException).code === CODE;
}
