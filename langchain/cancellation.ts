import { addon, type NativeCancellationToken } from "./native.js";

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
  const token = new (addon().CancellationToken)();
  return { token, release: onAbort(signal, () => token.cancel()) };
}

/** Waits for `work`, but rejects with the signal's reason as soon as it fires. */
export async function untilAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work;
  let release = (): void => undefined;
  const aborted = new Promise<never>((_resolve, reject) => {
    release = onAbort(signal, () => reject(signal.reason as Error));
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    release();
  }
}

/** Who follows a signal, and the one listener that stands for them all: Node.js takes more than ten on a signal for a leak, and warns. */
const followers = new WeakMap<AbortSignal, { listeners: Set<() => void>; fire: () => void }>();

/** Calls `listener` when the signal fires, at once if it has; returns how to stop listening. */
function onAbort(signal: AbortSignal, listener: () => void): () => void {
  if (signal.aborted) {
    listener();
    return () => undefined;
  }
  const { listeners, fire } = followers.get(signal) ?? follow(signal);
  listeners.add(listener);
  return () => {
    if (!listeners.delete(listener) || listeners.size > 0) return;
    followers.delete(signal);
    signal.removeEventListener("abort", fire);
  };
}

function follow(signal: AbortSignal): { listeners: Set<() => void>; fire: () => void } {
  const listeners = new Set<() => void>();
  const fire = (): void => {
    followers.delete(signal);
    for (const listener of listeners) listener();
  };
  const following = { listeners, fire };
  followers.set(signal, following);
  signal.addEventListener("abort", fire, { once: true });
  return following;
}
