import { NativeCancellationToken } from "./native.js";

/** A call that an `AbortSignal` can stop. */
export interface CancellableCall {
  token: NativeCancellationToken;
  /** Lets go of the signal, which may live much longer than the call. */
  release: () => void;
}

/** Ties a call to the caller's signal, also one that has fired already. */
export function followSignal(signal: AbortSignal | undefined): CancellableCall {
  const token = new NativeCancellationToken();
  if (signal === undefined) return { token, release: () => undefined };
  const cancel = (): void => token.cancel();
  if (signal.aborted) cancel();
  else signal.addEventListener("abort", cancel, { once: true });
  return { token, release: () => signal.removeEventListener("abort", cancel) };
}
