import { clearTimeout, setTimeout } from "node:timers";
import { addon, type NativeCancellationToken } from "../native.js";
import { convertToError } from "../response/errors.js";

/** Connects a call with the caller's `AbortSignal`. */
export interface SignalLink {
  /** Given to the core, which stops the call when it is cancelled; `undefined` when there is no signal. */
  token: NativeCancellationToken | undefined;
  /** Removes the listener: the signal may live much longer than the call. */
  release: () => void;
}

const NO_LINK: SignalLink = { token: undefined, release: () => undefined };

/** Why a request ends of which another target's answer has begun before. */
export class Superseded extends Error {
  override name = "AbortError";

  constructor() {
    super("Another target has begun to answer before.");
  }
}

/** Cancels a token when the signal fires, at once if it has fired already. */
export function followSignal(signal: AbortSignal | undefined): SignalLink {
  if (signal === undefined) return NO_LINK;
  const token = new (addon().CancellationToken)();
  return { token, release: onAbort(signal, () => token.cancel()) };
}

/** Resolves as `work` does, but rejects with the signal's reason as soon as that fires. */
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

/** The longest delay of a timer, in milliseconds: Node.js makes one of a longer time. A limit beyond it counts as none. */
export const MAX_DELAY: number = 2 ** 31 - 1;

/**
 * Resolves as `work` does, but rejects after `limit` milliseconds, of which `remaining` are left. The error names the API and what the call waited for.
 */
export async function withTimeLimit<T>(work: Promise<T>, limit: number | undefined, api: string, phase: string, remaining: number | undefined = limit): Promise<T> {
  if (limit === undefined || remaining === undefined || remaining > MAX_DELAY) return work;
  let timer: NodeJS.Timeout | undefined;
  const timedOut = new Promise<never>((_resolve, reject) => {
    const message = `${api} timed out after ${limit} ms while waiting for the ${phase}.`;
    timer = setTimeout(() => reject(convertToError({ kind: "timeout", message, members: "{}" })), remaining);
  });
  try {
    return await Promise.race([work, timedOut]);
  } finally {
    clearTimeout(timer);
  }
}

/** One listener for all calls of a signal: Node.js warns of a leak when a signal has more than ten. */
const followers = new WeakMap<AbortSignal, { listeners: Set<() => void>; fire: () => void }>();

/** Calls `listener` when the signal fires, at once if it has; returns how to stop listening. */
export function onAbort(signal: AbortSignal, listener: () => void): () => void {
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
