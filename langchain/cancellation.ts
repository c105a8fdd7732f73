import { NativeCancellationToken } from "./native.js";

/** Ties a call to the caller's `AbortSignal`. */
export interface SignalLink {
  /** Stops the call; `undefined` where there is no signal to stop it. */
  token: NativeCancellationToken | undefined;
  /** Lets go of the signal, which may live much longer than the call. */
  release: () => void;
}

const NO_LINK: SignalLink = { token: undefined, release: () => undefined };

/** Follows a signal, also one that has fired already. */
export function followSignal(signal: AbortSignal | undefined): SignalLink {
  if (signal === undefined) return NO_LINK;
  const token = new NativeCancellationToken();
  const cancel = (): void => token.cancel();
  if (signal.aborted) cancel();
  else signal.addEventListener("abort", cancel, { once: true });
  return { token, release: () => signal.removeEventListener("abort", cancel) };
}
