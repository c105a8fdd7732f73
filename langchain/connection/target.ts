import { performance } from "node:perf_hooks";
import { addon, type NativeChoice, type NativeTargets } from "../native.js";
import type { TargetDescription } from "../types/availability.js";
import { NativeConnection } from "./native_connection.js";
import type { RateLimits } from "./rate_limits.js";
import type { ClientConfiguration } from "./shared_client.js";

/** A place where a model can be asked: its connection, and what is known of it in this process. */
export class Target {
  readonly connection: NativeConnection;
  readonly #endpointUrl: string | undefined;
  /** The endpoint's part of its name. */
  readonly #place: string;

  constructor(configuration: ClientConfiguration, rateLimits: RateLimits | undefined) {
    const { region = "", endpointUrl, useFipsEndpoint, useDualstackEndpoint } = configuration;
    // The call holds the permit of `maxConcurrency`, not its requests.
    this.connection = new NativeConnection(configuration, { semaphore: undefined, rateLimits });
    this.#endpointUrl = publicUrl(endpointUrl);
    this.#place = JSON.stringify([region, this.#endpointUrl, useFipsEndpoint, useDualstackEndpoint]);
  }

  /** By this the process knows the target: endpoint, region and model, whoever asks. */
  nameFor(model: string): string {
    return `${this.#place} ${model}`;
  }

  describe(model: string): TargetDescription {
    const region = this.connection.region ?? "";
    return this.#endpointUrl === undefined ? { region, model } : { region, model, endpointUrl: this.#endpointUrl };
  }
}

/** Without user, password and query, which may be secrets. */
export function publicUrl(url: string | undefined): string | undefined {
  if (url === undefined || !URL.canParse(url)) return undefined;
  const { protocol, host, pathname } = new URL(url);
  return `${protocol}//${host}${pathname.replace(/\/+$/, "")}`;
}

/** Milliseconds since 1970 by a clock that is not set back; all threads of the process have the same. */
function now(): number {
  return performance.timeOrigin + performance.now();
}

let known: NativeTargets | undefined;

/** What the process knows of targets. */
function all(): NativeTargets {
  return (known ??= new (addon().Targets)());
}

/** What the process knows of targets, by their names. */
export const targetMemory = {
  /** Chooses the next target of a call, one that none of the indices `asked` is. */
  choose: (names: string[], asked: number[], conversation: string | undefined, onlyHealthy: boolean): NativeChoice | undefined =>
    all().choose(names, asked, conversation, onlyHealthy, now()) ?? undefined,
  answered: (name: string, ticket: number): void => all().answered(name, ticket),
  failed: (name: string, ticket: number, retryAfter: number | undefined): void => all().failed(name, ticket, retryAfter, now()),
  release: (name: string, ticket: number): void => all().release(name, ticket),
  keepConversation: (conversation: string, name: string | undefined): void => all().keepConversation(conversation, name, now()),
  hasConversations: (): boolean => all().hasConversations(now()),
};
