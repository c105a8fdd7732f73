/** How far a batch is. */
export interface Progress {
  done: number;
  /** Absent while it is not known. */
  total?: number;
  failed: number;
  /** Those of `done` that took no time. */
  fromCheckpoint?: number;
  inputTokens?: number;
  outputTokens?: number;
  /** Milliseconds since 1970. */
  pausedUntil?: number;
  /** What a job says of itself. */
  status?: string;
}

/** Milliseconds between two pictures of the bar, and between two lines of JSON. */
const BAR_INTERVAL = 250;
const LINE_INTERVAL = 5_000;

/** Milliseconds whose results make the rate. */
const WINDOW = 30_000;

const BAR_WIDTH = 20;
const CLEAR_LINE = "\r\u001B[K";

/** Where progress is shown: standard error. */
export interface Terminal {
  write: (text: string) => unknown;
  isTTY?: boolean;
  columns?: number;
}

/** Shows progress: on a terminal as a bar that is drawn anew, elsewhere as lines of JSON. */
export class ProgressDisplay {
  readonly #terminal: Terminal;
  readonly #isBar: boolean;
  readonly #timer: NodeJS.Timeout;
  /** When how many inputs had been answered, in this run. */
  readonly #samples: { time: number; count: number }[] = [{ time: Date.now(), count: 0 }];
  #progress: Progress | undefined;
  #shown = "";

  constructor(terminal: Terminal, isJson: boolean) {
    this.#terminal = terminal;
    this.#isBar = terminal.isTTY === true && !isJson;
    this.#timer = setInterval(() => this.#show(), this.#isBar ? BAR_INTERVAL : LINE_INTERVAL).unref();
  }

  update(progress: Progress): void {
    this.#progress = progress;
  }

  /** Takes the bar away, so that another line can be written. */
  clear(): void {
    if (this.#shown !== "") this.#terminal.write(CLEAR_LINE);
    this.#shown = "";
  }

  /** Sentences for the user. */
  say(text: string): void {
    this.clear();
    this.#terminal.write(this.#isBar ? `${text}\n` : `${JSON.stringify({ message: text })}\n`);
  }

  /** Shows the last state, if there was any. */
  end(): void {
    clearInterval(this.#timer);
    this.#show();
    if (this.#shown !== "") this.#terminal.write("\n");
    this.#shown = "";
    this.#progress = undefined;
  }

  #show(): void {
    const progress = this.#progress;
    if (progress === undefined) return;
    this.#sample(progress);
    if (!this.#isBar) return void this.#terminal.write(`${JSON.stringify(this.#line(progress))}\n`);
    const bar = barOf(progress, this.#rate(), Date.now()).slice(0, (this.#terminal.columns || 80) - 1);
    if (bar !== this.#shown) this.#terminal.write(CLEAR_LINE + bar);
    this.#shown = bar;
  }

  #sample(progress: Progress): void {
    const now = Date.now();
    this.#samples.push({ time: now, count: countOf(progress) });
    // The first one that is older is kept: it is the window's beginning.
    while ((this.#samples[1]?.time ?? now) < now - WINDOW) this.#samples.shift();
  }

  /** Inputs a second. */
  #rate(): number {
    const [first, last] = [this.#samples[0], this.#samples.at(-1)];
    if (first === undefined || last === undefined || last.time === first.time) return 0;
    return ((last.count - first.count) * 1_000) / (last.time - first.time);
  }

  #line(progress: Progress): object {
    const rate = this.#rate();
    return { ...progress, perSecond: Math.round(rate * 100) / 100, secondsLeft: secondsLeft(progress, rate) };
  }
}

function countOf({ done, fromCheckpoint = 0 }: Progress): number {
  return done - fromCheckpoint;
}

function secondsLeft({ done, total }: Progress, rate: number): number | undefined {
  return total === undefined || rate <= 0 ? undefined : Math.round((total - done) / rate);
}

/** One line: done, failed, tokens, rate, time left. */
export function barOf(progress: Progress, rate: number, now: number): string {
  const { done, total, failed, inputTokens = 0, outputTokens = 0, pausedUntil, status } = progress;
  const filled = total ? Math.floor((done / total) * BAR_WIDTH) : 0;
  const bar = total ? [`[${"=".repeat(filled)}${" ".repeat(BAR_WIDTH - filled)}] ${Math.floor((done / total) * 100)}%`] : [];
  const left = secondsLeft(progress, rate);
  const parts = [
    ...(status === undefined ? [] : [status]),
    total === undefined ? `${grouped(done)} done` : `${grouped(done)} of ${grouped(total)}`,
    ...(failed > 0 ? [`${grouped(failed)} failed`] : []),
    ...(inputTokens + outputTokens > 0 ? [`${short(inputTokens)} tokens in, ${short(outputTokens)} out`] : []),
    ...(rate > 0 ? [`${rate < 10 ? rate.toFixed(1) : Math.round(rate)}/s`] : []),
    ...(pausedUntil !== undefined && pausedUntil > now ? [`throttled: pause of ${Math.ceil((pausedUntil - now) / 1_000)} s`] : left === undefined || left === 0 ? [] : [`${duration(left)} left`]),
  ];
  return [...bar, parts.join(", ")].join(" ");
}

function grouped(count: number): string {
  return count.toLocaleString("en-US");
}

function short(count: number): string {
  if (count < 10_000) return grouped(count);
  return count < 10_000_000 ? `${Math.round(count / 1_000).toLocaleString("en-US")}k` : `${(count / 1_000_000).toFixed(1)}M`;
}

function duration(seconds: number): string {
  if (seconds < 90) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 90 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
