import { spawn } from "node:child_process";
import { join } from "node:path";

const root = join(__dirname, "..", "..");

/** Where a program runs. */
export interface ChildOptions {
  type?: "module" | "commonjs";
  /** The whole environment, beside what a program cannot do without: nothing of the developer's own AWS set-up is seen. */
  environment?: Record<string, string>;
  /** Node.js's own options, such as `--expose-gc`. */
  nodeOptions?: string[];
  /** Ends the program. */
  signal?: AbortSignal;
  /** Whether a crash may write a core dump, into the folder of the package where the system does not say otherwise. */
  dumpsCore?: boolean;
}

/** How a program ended. */
export interface Ending {
  stdout: string;
  stderr: string;
  /** The exit code; `null` when a signal ended it. */
  code: number | null;
  /** The signal that ended it. */
  signal: NodeJS.Signals | null;
}

/**
 * Runs a program in a Node.js of its own, whose whole environment the test chooses: Jest's own has the developer's variables, which a test of the
 * environment must not see.
 */
export function runToEnd(source: string, { type = "module", environment = {}, nodeOptions = [], signal, dumpsCore = false }: ChildOptions = {}): Promise<Ending> {
  const node = [process.execPath, ...nodeOptions, `--input-type=${type}`, "--eval", source];
  const [command = "", ...args] = dumpsCore ? ["sh", "-c", `ulimit -c "$(ulimit -H -c)"; exec "$0" "$@"`, ...node] : node;
  const child = spawn(command, args, {
    cwd: root,
    env: { PATH: process.env["PATH"], HOME: "/nonexistent", AWS_EC2_METADATA_DISABLED: "true", ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const ending: Ending = { stdout: "", stderr: "", code: null, signal: null };
  child.stdout.setEncoding("utf8").on("data", (text: string) => (ending.stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (ending.stderr += text));
  signal?.addEventListener("abort", () => child.kill(), { once: true });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => resolve({ ...ending, code, signal }));
  });
}

/** What a program prints; rejects when it does not end well. */
export async function run(source: string, options: ChildOptions = {}): Promise<string> {
  const { stdout, stderr, code } = await runToEnd(source, options);
  if (code !== 0) throw new Error(`The program ended with code ${code}:\n${stderr}${stdout}`);
  return stdout.trim();
}
