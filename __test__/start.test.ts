import { spawnSync } from "node:child_process";
import { join } from "node:path";

const root = join(__dirname, "..");

function quickStart(args: string[], environment: Record<string, string> = {}): string {
  const { stdout, stderr, status } = spawnSync(process.execPath, ["examples/quick_start.mjs", ...args], {
    cwd: root,
    encoding: "utf8",
    env: { PATH: process.env.PATH, ...environment },
  });
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  return stdout;
}

test("npm start shows the main job without an AWS account", () => {
  const printed = quickStart([]);
  expect(printed).toMatch(/^No AWS credentials and region in the environment: talking to the embedded endpoint at http:\/\/127\.0\.0\.1:\d+, /);
  expect(printed).toContain('"content": "J\'adore la programmation."');
  expect(printed).toContain("--- stream ---\nJ'adore la programmation.\n");
  expect(printed).toMatch(/name: 'get_weather',\n\s+args: \{ city: 'Paris' \}/);
  expect(printed).toMatch(/with the result says: .*18 degrees and sunny in Paris/);
  expect(printed).toMatch(/setup: .*\n\s+punchline: .*\n\s+rating: \d+/);
});

test('npm start -- "a question" asks that question', () => {
  expect(quickStart(["How", "tall is Mont Blanc?"])).toMatch(/"content": ".*Mont Blanc/);
});

test.each([
  ["Node.js", { version: "v18.20.0" }, "Node.js 20 or later is needed; this is v18.20.0."],
])("a missing %s is said in plain words", (_what, { version }, sentence) => {
  const source = `
    Object.defineProperty(process, "versions", { value: { ...process.versions, node: "${version.slice(1)}" } });
    Object.defineProperty(process, "version", { value: "${version}" });
    const { prepare } = await import(${JSON.stringify(join(root, "scripts/build.mjs"))});
    prepare();`;
  const { stderr, status } = spawnSync(process.execPath, ["--input-type=module", "--eval", source], { encoding: "utf8" });
  expect(status).toBe(1);
  expect(stderr).toContain(sentence);
  expect(stderr).not.toContain("    at ");
});
