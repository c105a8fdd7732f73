import { execFile, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";

const root = join(__dirname, "..", "..");
const BOTO3 = "1.44.5";
const MOTO = "5.2.5";

/** A Python with boto3, in an environment that is made once for the checkout; or why there is none. */
export function pythonWithBoto3(): { python: string } | { reason: string } {
  return pythonWith("boto3", BOTO3, "boto3");
}

/** A Python with moto's server, which has boto3 too. */
export function pythonWithMoto(): { python: string } | { reason: string } {
  return pythonWith("moto", MOTO, "moto[server]");
}

function pythonWith(module: string, version: string, requirement: string): { python: string } | { reason: string } {
  const folder = join(root, ".build", `${module}-${version}`);
  const python = join(folder, process.platform === "win32" ? "Scripts/python.exe" : "bin/python");
  if (hasModule(python, module, version)) return { python };
  const steps: [string, string[]][] = [
    [process.platform === "win32" ? "python" : "python3", ["-m", "venv", folder]],
    [python, ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", `${requirement}==${version}`]],
  ];
  for (const [command, args] of steps) {
    const { status, error, stderr } = spawnSync(command, args, { encoding: "utf8", timeout: 240_000 });
    if (status !== 0) return { reason: `${command} ${args.join(" ")}: ${error?.message ?? stderr.trim().split("\n").at(-1)}` };
  }
  return { python };
}

function hasModule(python: string, module: string, version: string): boolean {
  return existsSync(python) && spawnSync(python, ["-c", `import ${module}; assert ${module}.__version__ == "${version}"`]).status === 0;
}

/** Runs a program of Python, with nothing of the developer's own AWS set-up, and gives what it prints. */
export async function runPython(python: string, program: string, environment: Record<string, string>): Promise<string> {
  const env = { PATH: process.env["PATH"] ?? "", HOME: "/nonexistent", AWS_EC2_METADATA_DISABLED: "true", ...environment };
  return (await promisify(execFile)(python, ["-c", program], { env })).stdout;
}
