import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";

const CLI = join(__dirname, "..", "..", "dist", "cli.js");

/** A run of the package's command, from its built file. */
export class CommandRun {
  readonly lines: string[] = [];
  stderr = "";
  readonly #child: ChildProcess;
  readonly #ending: Promise<number | null>;
  readonly #waiting: (() => void)[] = [];

  constructor(args: string[], environment: Record<string, string> = {}) {
    this.#child = spawn(process.execPath, [CLI, ...args], { env: { PATH: process.env["PATH"], ...environment }, stdio: ["ignore", "pipe", "pipe"] });
    const wake = (): void => this.#waiting.splice(0).forEach((resolve) => resolve());
    const reading = createInterface({ input: this.#child.stdout! }).on("line", (line) => {
      this.lines.push(line);
      wake();
    });
    this.#child.stderr!.setEncoding("utf8").on("data", (text: string) => (this.stderr += text));
    this.#ending = Promise.all([once(this.#child, "close"), once(reading, "close")]).then(([[code]]) => {
      wake();
      return code as number | null;
    });
  }

  /** The part of the first line that matches, once there is one. Rejects when the command ends before. */
  async waitFor(pattern: RegExp): Promise<string> {
    let hasEnded = false;
    void this.#ending.then(() => (hasEnded = true));
    for (;;) {
      const match = this.lines.map((line) => pattern.exec(line)).find((found) => found !== null);
      if (match) return match[1] ?? match[0];
      if (hasEnded) throw new Error(`The command ended without ${String(pattern)}:\n${this.stderr}${this.lines.join("\n")}`);
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  /** How it ended. */
  async ending(): Promise<{ code: number | null; stdout: string; stderr: string }> {
    const code = await this.#ending;
    return { code, stdout: this.lines.join("\n"), stderr: this.stderr };
  }

  /** Ctrl-C, and how it ended. */
  interrupt(): Promise<{ code: number | null; stdout: string; stderr: string }> {
    this.#child.kill("SIGINT");
    return this.ending();
  }
}
