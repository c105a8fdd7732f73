import { execFile, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";

const root = join(__dirname, "..", "..");
const BOTO3 = "1.44.5";

/** A Python with boto3, in an environment that is made once for the checkout; or why there is none. */
export function pythonWithBoto3(): { python: string } | { reason: string } {
  const folder = join(root, ".build", `boto3-${BOTO3}`);
  const python = join(folder, process.platform === "win32" ? "Scripts/python.exe" : "bin/python");
  if (hasBoto3(python)) return { python };
  const steps: [string, string[]][] = [
    [process.platform === "win32" ? "python" : "python3", ["-m", "venv", folder]],
    [python, ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", `boto3==${BOTO3}`]],
  ];
  for (const [command, args] of steps) {
    const { status, error, stderr } = spawnSync(command, args, { encoding: "utf8", timeout: 240_000 });
    if (status !== 0) return { reason: `${command} ${args.join(" ")}: ${error?.message ?? stderr.trim().split("\n").at(-1)}` };
  }
  return { python };
}

function hasBoto3(python: string): boolean {
  return existsSync(python) && spawnSync(python, ["-c", `import boto3; assert boto3.__version__ == "${BOTO3}"`]).status === 0;
}

/** Runs a program of Python, with nothing of the developer's own AWS set-up, and gives what it prints. */
export async function runPython(python: string, program: string, environment: Record<string, string>): Promise<string> {
  const env = { PATH: process.env["PATH"] ?? "", HOME: "/nonexistent", AWS_EC2_METADATA_DISABLED: "true", ...environment };
  return (await promisify(execFile)(python, ["-c", program], { env })).stdout;
}
