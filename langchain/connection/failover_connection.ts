import type { NativeStreamOptions } from "../native.js";
import { type Request, withOwnBytes } from "../request/request.js";
import { apiNameOf, type CallOptions } from "./call.js";
import type { Connection } from "./connection.js";
import type { Operation } from "./diagnostics.js";
import type { Measured } from "./measured.js";
import type { RateLimits } from "./rate_limits.js";
import type { Semaphore } from "./semaphore.js";
import type { ClientConfiguration } from "./shared_client.js";
import { Target } from "./target.js";
import { type RacedCall, TargetRace, type Winner } from "./target_race.js";

/** How a model that has several targets, or hedges, reaches them. */
export interface Availability {
  /** The model's own target first. */
  targets: ClientConfiguration[];
  /** Milliseconds. */
  failoverAfter: number | undefined;
  hedgeAfter: number | undefined;
}

/** The beginning of a stream, and the rest of it. */
interface OpenStream<Element> {
  first: IteratorResult<Element[], unknown>;
  rest: AsyncGenerator<Element[]>;
}

/** Calls that another target may answer. Their requests have an address for each of the targets. */
export class FailoverConnection implements Pick<Connection, "converse" | "stream"> {
  readonly #targets: Target[];
  readonly #limits: Pick<RacedCall<unknown>, "failoverAfter" | "hedgeAfter">;
  readonly #semaphore: Semaphore | undefined;
  #isClosed = false;

  /** `semaphore` limits the calls at once, whatever they ask; `rateLimitsOf` what is sent to each target, which has a quota of its own. */
  constructor({ targets, ...limits }: Availability, semaphore: Semaphore | undefined, rateLimitsOf: (configuration: ClientConfiguration) => RateLimits | undefined) {
    this.#targets = targets.map((configuration) => new Target(configuration, rateLimitsOf(configuration)));
    this.#limits = limits;
    this.#semaphore = semaphore;
  }

  async converse<Message extends Measured>(request: Request, options: CallOptions): Promise<Message> {
    this.#check();
    const begin: RacedCall<Message>["begin"] = (target, sent, own) => target.connection.converse(sent, own);
    const call = this.#call("converse", "answer", request, options, begin, () => undefined);
    await this.#semaphore?.acquire(options.signal);
    try {
      const winner = await new TargetRace(call).run();
      winner.attempt.release();
      takeAnswer(request, winner);
      return winner.begun;
    } finally {
      this.#semaphore?.release();
    }
  }

  async *stream<Element extends object>(request: Request, streamOptions: NativeStreamOptions, options: CallOptions): AsyncGenerator<Element[]> {
    this.#check();
    const begin: RacedCall<OpenStream<Element>>["begin"] = async (target, sent, own) => {
      const rest = target.connection.stream<Element>(sent, streamOptions, own);
      return { first: await rest.next(), rest };
    };
    const call = this.#call("converse-stream", "initial response", request, options, begin, ({ rest }) => void rest.return(undefined).catch(() => undefined));
    await this.#semaphore?.acquire(options.signal);
    let holdsPermit = true;
    try {
      const winner = await new TargetRace(call).run();
      const { attempt, begun } = winner;
      try {
        for (let next = begun.first; next.done !== true; next = await begun.rest.next()) {
          takeAnswer(request, winner);
          this.#semaphore?.release();
          holdsPermit = false;
          yield next.value;
          await this.#semaphore?.acquire(options.signal);
          holdsPermit = true;
        }
      } finally {
        await begun.rest.return(undefined);
        attempt.release();
      }
    } finally {
      if (holdsPermit) this.#semaphore?.release();
    }
  }

  /** Closes the connections that no other model uses. Calls that are under way go on, but ask no further target; later ones are refused. */
  close(): void {
    this.#isClosed = true;
    for (const { connection } of this.#targets) connection.close();
  }

  #call<Begun>(
    operation: Operation,
    phase: string,
    request: Request,
    options: CallOptions,
    begin: RacedCall<Begun>["begin"],
    discard: (begun: Begun) => void,
  ): RacedCall<Begun> {
    const isClosed = (): boolean => this.#isClosed;
    return { targets: this.#targets, request: withOwnBytes(request), options, ...this.#limits, api: apiNameOf(operation), phase, begin, discard, isClosed };
  }

  #check(): void {
    if (this.#isClosed) throw new Error("The model was closed: close() ends its connection for good.");
  }
}

/** Moves what is known of the answer from the request that was answered to the one that the caller has. */
function takeAnswer(request: Request, { attempt, attemptsElsewhere }: Winner<unknown>): void {
  const { sent, index, target } = attempt;
  request.warnings.push(...sent.warnings.slice(request.warnings.length));
  if (request.exchange === undefined) return;
  const { headers } = sent.exchange ?? {};
  const name = request.addresses?.[index]?.name;
  Object.assign(request.exchange, { target, model: name, attemptsElsewhere, ...(headers && { headers }) });
}
