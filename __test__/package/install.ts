import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";

export const root = join(__dirname, "..", "..");

const isWindows = process.platform === "win32";

/** Nothing of npm's own set-up of the test run, of Jest's or of the developer's AWS account is seen. Windows wants all of it. */
const environment = isWindows ? process.env : { PATH: process.env["PATH"], HOME: process.env["HOME"], AWS_EC2_METADATA_DISABLED: "true", NO_COLOR: "1", CI: "true" };

/** Runs a program to its end and gives what it prints; rejects, with all of it, when it does not end well. */
export async function run(command: string, args: string[], cwd: string): Promise<string> {
  try {
    const { stdout, stderr } = await promisify(execFile)(command, args, { cwd, env: environment as NodeJS.ProcessEnv, maxBuffer: 1e8, shell: isWindows && command === "npm" });
    return (stdout + stderr).trim();
  } catch (error) {
    const { stdout = "", stderr = "" } = error as { stdout?: string; stderr?: string };
    throw new Error(`This failed in ${cwd}: ${command} ${args.join(" ")}\n${stdout}${stderr}`);
  }
}

/** Packs the checkout as it would be published from this platform; gives the path of the tarball. */
export async function pack(folder: string): Promise<string> {
  const [packed] = JSON.parse(await run("npm", ["pack", "--json", "--ignore-scripts", "--loglevel", "error", "--pack-destination", folder], root)) as [{ filename: string }];
  return join(folder, packed.filename);
}

/**
 * An application in a folder of its own, where the tarball is installed under `name`. Of the packages in the checkout it gets links to those
 * that it names: nothing is downloaded.
 */
export async function installApp(tarball: string, name: string, packages: string[]): Promise<string> {
  const app = await mkdtemp(join(tmpdir(), "app-"));
  await writeFile(join(app, "package.json"), JSON.stringify({ private: true, dependencies: { [name]: `file:${tarball}` } }));
  await run("npm", ["install", "--offline", "--legacy-peer-deps", "--no-audit", "--no-fund", "--loglevel", "error"], app);
  await cp(join(__dirname, "app"), app, { recursive: true });
  for (const it of packages) {
    const link = join(app, "node_modules", it);
    await mkdir(dirname(link), { recursive: true });
    await symlink(join(root, "node_modules", it), link, "dir");
  }
  return app;
}

/** A package as a copy, of `source` in the checkout: what it imports is looked for in the application. What it needs is linked. */
export async function copyPackage(app: string, name: string, source: string = name): Promise<void> {
  const linked = join(app, "node_modules", name);
  await rm(linked, { recursive: true, force: true });
  await cp(join(root, "node_modules", source), linked, { recursive: true });
}

/** The names of all packages that are installed in the checkout. */
export async function installedPackages(): Promise<string[]> {
  const folder = join(root, "node_modules");
  const names = (await readdir(folder)).filter((name) => !name.startsWith("."));
  const scoped = names.filter((name) => name.startsWith("@")).map(async (scope) => (await readdir(join(folder, scope))).map((name) => `${scope}/${name}`));
  return [...names.filter((name) => !name.startsWith("@")), ...(await Promise.all(scoped)).flat()];
}
