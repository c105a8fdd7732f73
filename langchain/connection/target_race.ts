import { clearTimeout, setTimeout } from "node:timers";
import type { NativeChoice } from "../native.js";
import { addressed, type Request } from "../request/request.js";
import { attemptsOf, convertToError, errorCodeOf, verdictOf, withTargets } from "../response/errors.js";
import type { FailedTarget, TargetDescription } from "../types/availability.js";
import type { RequestWarning } from "../types/warnings.js";
import type { CallOptions } from "./call.js";
import { MAX_DELAY, onAbort, Superseded } from "./cancellation.js";
import type { Switch } from "./diagnostics.js";
import { type Target, targetMemory } from "./target.js";

/** A call that may be made at several targets. `Begun` is what the beginning of an answer is. */
export interface RacedCall<Begun> {
  targets: Target[];
  /** With addresses for all targets. */
  request: Request;
  options: CallOptions;
  /** Milliseconds. */
  failoverAfter: number | undefined;
  hedgeAfter: number | undefined;
  /** As errors name what is waited for. */
  api: string;
  phase: string;
  /** Sends the request, and resolves with the beginning of its answer. */
  begin: (target: Target, request: Request, options: CallOptions) => Promise<Begun>;
  /** Ends an answer that has begun too late. */
  discard: (begun: Begun) => void;
  /** Whether the model was closed, so that no further target can be asked. */
  isClosed: () => boolean;
}

/** A request to a target under way, or the one that answered. */
export interface Attempt {
  readonly index: number;
  readonly name: string;
  readonly target: TargetDescription;
  readonly sent: Request;
  readonly isHedge: boolean;
  /** Ends the request. */
  readonly abort: (reason: unknown) => void;
  /** Lets go of the caller's signal. */
  readonly release: () => void;
}

/** The target that has begun to answer. */
export interface Winner<Begun> {
  attempt: Attempt;
  begun: Begun;
  /** How often other targets were asked. */
  attemptsElsewhere: number;
}

/** An attempt with what is reported of it, and when it is given up. */
interface Live extends Attempt {
  readonly choice: Pick<NativeChoice, "ticket" | "isProbe">;
  timer: NodeJS.Timeout | undefined;
}

/** More attempts than a call can have: one is left. */
const ALL_ATTEMPTS = 2 ** 31;

/**
 * Asks targets, one after the other or two at once, until one begins to answer. Everything that it starts ends with it: timers, and all requests but the
 * one that answered.
 */
export class TargetRace<Begun> {
  readonly #call: RacedCall<Begun>;
  readonly #names: string[];
  readonly #conversation: string | undefined;
  readonly #live = new Set<Live>();
  readonly #asked: number[] = [];
  readonly #warnings: RequestWarning[] = [];
  readonly #failures: { target: FailedTarget; error: unknown }[] = [];
  #attempts = 0;
  #hasHedge = false;
  #hedgeTimer: NodeJS.Timeout | undefined;
  #limitTimer: NodeJS.Timeout | undefined;
  #resolve: (winner: Winner<Begun>) => void = () => undefined;
  #reject: (error: unknown) => void = () => undefined;

  constructor(call: RacedCall<Begun>) {
    this.#call = call;
    this.#names = call.targets.map((target, index) => target.nameFor(addressOf(call.request, index).modelId));
    this.#conversation = targetMemory.hasConversations() ? call.request.conversation?.() : undefined;
  }

  /** Resolves with the target that begins to answer; rejects with the failure that says most, or the reason of the caller's signal. */
  run(): Promise<Winner<Begun>> {
    return new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
      const { responseTimeout: limit } = this.#call.options;
      if (limit !== undefined && limit <= MAX_DELAY) this.#limitTimer = setTimeout(() => this.#timeOut(limit), limit);
      this.#askFirst();
    });
  }

  #askFirst(): void {
    const choice = targetMemory.choose(this.#names, [], this.#conversation, false);
    // There is always one: all that rest are better than none.
    if (choice === undefined) return this.#fail(new Error("failover: there is no target to ask."));
    const isAway = choice.index !== 0 && !choice.isOfConversation;
    this.#start(choice, isAway ? { kind: "failover", reason: "resting", from: this.#describe(0) } : undefined, false);
  }

  #start(choice: NativeChoice, switched: Switch | undefined, isHedge: boolean): void {
    const { targets, request, options, begin } = this.#call;
    const target = targets[choice.index] as Target;
    const { address } = request.addresses?.[choice.index] as NonNullable<Request["addresses"]>[number];
    const sent = addressed(request, address);
    if (switched !== undefined) this.#warn(warningOf(switched, this.#describe(choice.index)));
    sent.warnings.push(...this.#warnings);
    const controller = new AbortController();
    const { signal } = options;
    const release = signal === undefined ? () => undefined : onAbort(signal, () => controller.abort(signal.reason));
    const described = this.#describe(choice.index);
    const attempt: Live = {
      index: choice.index,
      name: this.#names[choice.index] as string,
      target: described,
      sent,
      isHedge,
      abort: (reason) => controller.abort(reason),
      release,
      choice,
      timer: undefined,
    };
    const attemptsElsewhere = isHedge ? ALL_ATTEMPTS : this.#attempts + this.#live.size + choice.others;
    this.#live.add(attempt);
    this.#asked.push(choice.index);
    this.#setTimers(attempt);
    const retries = { attemptsElsewhere, handsOver: choice.others > 0 };
    begin(target, sent, { ...options, signal: controller.signal, responseTimeout: undefined, retries, switched }).then(
      (begun) => this.#win(attempt, begun),
      (error: unknown) => this.#lose(attempt, error),
    );
  }

  #setTimers(attempt: Live): void {
    const { failoverAfter, hedgeAfter } = this.#call;
    if (failoverAfter !== undefined && failoverAfter <= MAX_DELAY) attempt.timer = setTimeout(() => this.#giveUp(attempt, failoverAfter), failoverAfter);
    clearTimeout(this.#hedgeTimer);
    if (hedgeAfter !== undefined && hedgeAfter <= MAX_DELAY && !this.#hasHedge) this.#hedgeTimer = setTimeout(() => this.#hedge(attempt), hedgeAfter);
  }

  #win(attempt: Live, begun: Begun): void {
    // The race is over, or this one was given up.
    if (!this.#live.delete(attempt)) return this.#call.discard(begun);
    this.#report(attempt, () => targetMemory.answered(attempt.name, attempt.choice.ticket));
    this.#keepConversation(attempt);
    const attemptsElsewhere = this.#attempts + this.#live.size;
    this.#end(new Superseded());
    this.#resolve({ attempt, begun, attemptsElsewhere });
  }

  #lose(attempt: Live, error: unknown): void {
    // The race is over, or this one was given up and has been counted.
    if (!this.#live.delete(attempt)) return;
    attempt.release();
    clearTimeout(attempt.timer);
    const { signal } = this.#call.options;
    if (signal?.aborted) {
      this.#report(attempt, () => undefined);
      return this.#fail(signal.reason);
    }
    const verdict = verdictOf(error);
    this.#record(attempt, error);
    this.#report(attempt, () => {
      if (verdict === "refused") targetMemory.answered(attempt.name, attempt.choice.ticket);
      else if (verdict === "unavailable" || (verdict === "throttled" && !this.#hasOwnIdentity)) this.#reportFailure(attempt, error);
    });
    const isFinal = verdict === "refused" || verdict === "nothing";
    if (this.#live.size > 0) {
      // The first request may still be answered, whatever is said of the second.
      if (isFinal && !attempt.isHedge) this.#fail(this.#withTargets(error));
      return;
    }
    if (isFinal) return this.#fail(this.#withTargets(error));
    this.#askNext(attempt, errorCodeOf(error));
  }

  /** Asks the next target after `attempt`. One that rests is asked only while retries are left: it would be one. */
  #askNext(attempt: Live, reason: string): void {
    const { targets, isClosed } = this.#call;
    const most = targets[attempt.index]?.connection.maxAttempts ?? 1;
    const choice = isClosed() ? undefined : targetMemory.choose(this.#names, this.#asked, this.#conversation, this.#attempts >= most);
    if (choice === undefined) return this.#fail(this.#withTargets(this.#mostTelling));
    this.#start(choice, { kind: "failover", reason, from: attempt.target }, false);
  }

  /** A target has not begun to answer in time: it counts as failed if another can answer. */
  #giveUp(attempt: Live, after: number): void {
    const { api, phase, isClosed } = this.#call;
    const isAlone = this.#live.size === 1;
    const choice = isAlone && !isClosed() ? targetMemory.choose(this.#names, this.#asked, this.#conversation, true) : undefined;
    if (isAlone && choice === undefined) return;
    this.#live.delete(attempt);
    const message = `${api} timed out after ${after} ms (failoverAfter) while waiting for the ${phase}.`;
    const error = convertToError({ kind: "timeout", message, members: "{}" });
    this.#record(attempt, error);
    this.#report(attempt, () => this.#reportFailure(attempt, error));
    attempt.release();
    attempt.abort(error);
    if (choice !== undefined) this.#start(choice, { kind: "failover", reason: "timeout", from: attempt.target }, false);
  }

  /** Asks another target beside the one that is slow. */
  #hedge(slow: Live): void {
    if (this.#live.size !== 1 || this.#hasHedge || this.#call.isClosed()) return;
    const same: NativeChoice = { ...slow.choice, index: slow.index, isProbe: false, isResting: false, isOfConversation: false, others: 0 };
    const choice = this.#names.length === 1 ? same : targetMemory.choose(this.#names, this.#asked, this.#conversation, true);
    if (choice === undefined) return;
    this.#hasHedge = true;
    this.#start(choice, { kind: "hedge", reason: "slow", from: slow.target }, true);
  }

  #timeOut(limit: number): void {
    const { api, phase } = this.#call;
    this.#fail(this.#withTargets(convertToError({ kind: "timeout", message: `${api} timed out after ${limit} ms while waiting for the ${phase}.`, members: "{}" })));
  }

  #fail(error: unknown): void {
    this.#end(error);
    this.#reject(error);
  }

  /** Ends what is under way. What it reports then is not heard. */
  #end(reason: unknown): void {
    clearTimeout(this.#hedgeTimer);
    clearTimeout(this.#limitTimer);
    for (const attempt of this.#live) {
      clearTimeout(attempt.timer);
      attempt.release();
      if (attempt.choice.isProbe) targetMemory.release(attempt.name, attempt.choice.ticket);
      attempt.abort(reason);
    }
    this.#live.clear();
  }

  #report(attempt: Live, report: () => void): void {
    clearTimeout(attempt.timer);
    report();
    // After an answer or a failure the ticket is another one.
    if (attempt.choice.isProbe) targetMemory.release(attempt.name, attempt.choice.ticket);
  }

  #reportFailure({ name, choice }: Live, error: unknown): void {
    targetMemory.failed(name, choice.ticket, (error as { retryAfterMs?: number }).retryAfterMs);
  }

  #record({ target }: Live, error: unknown): void {
    const attempts = attemptsOf(error);
    this.#attempts += attempts;
    this.#failures.push({ target: { ...target, error: errorCodeOf(error), message: error instanceof Error ? error.message : String(error), attempts }, error });
  }

  /** The last exception of Bedrock's, else the last failure. */
  get #mostTelling(): unknown {
    const said = this.#failures.findLast(({ error }) => error instanceof Error && "$fault" in error);
    return (said ?? this.#failures[this.#failures.length - 1])?.error;
  }

  /** Of one target that refused a request nothing is to be added. */
  #withTargets(error: unknown): unknown {
    const isPlain = this.#failures.length === 0 || (this.#failures.length === 1 && verdictOf(error) === "refused");
    return isPlain ? error : withTargets(error, this.#failures.map(({ target }) => target), this.#attempts);
  }

  #keepConversation({ index, name }: Live): void {
    const conversation = this.#conversation ?? (index === 0 ? undefined : this.#call.request.conversation?.());
    if (conversation !== undefined) targetMemory.keepConversation(conversation, index === 0 ? undefined : name);
  }

  /** What one tenant is refused by its quota says nothing of another. */
  get #hasOwnIdentity(): boolean {
    const { credentials, bearerToken } = this.#call.options;
    return credentials !== undefined || bearerToken !== undefined;
  }

  #describe(index: number): TargetDescription {
    return (this.#call.targets[index] as Target).describe(addressOf(this.#call.request, index).modelId);
  }

  /** Adds a warning to the answers of all that are asked. */
  #warn(warning: RequestWarning): void {
    this.#warnings.push(warning);
    for (const { sent } of this.#live) sent.warnings.push(warning);
  }
}

function addressOf({ addresses }: Request, index: number): NonNullable<Request["addresses"]>[number]["address"] {
  const named = addresses?.[index];
  if (named === undefined) throw new Error(`The request has no address for target ${index}.`);
  return named.address;
}

function warningOf({ kind, reason, from }: Switch, to: TargetDescription): RequestWarning {
  if (kind === "hedge") {
    return { code: "request_hedged", message: `${placeOf(from)} had not begun to answer in time, so ${placeOf(to)} was asked too.`, path: "hedge" };
  }
  const why = reason === "resting" ? "rests after a failure" : reason === "timeout" ? "did not begin to answer in time" : `failed (${reason})`;
  return { code: "target_switched", message: `${placeOf(from)} ${why}, so ${placeOf(to)} was asked.`, path: "failover" };
}

function placeOf({ model, region, endpointUrl }: TargetDescription): string {
  return [model, region && `in ${region}`, endpointUrl && `at ${endpointUrl}`].filter(Boolean).join(" ");
}
