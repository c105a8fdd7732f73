import { defineConfig, type UserConfig } from "tsdown";

/** Built both ways: an application gets the module kind that it uses @langchain/core in, so that classes are the same ones. */
const common: UserConfig = {
  format: ["esm", "cjs"],
  outExtensions: ({ format }) => (format === "cjs" ? { js: ".cjs", dts: ".d.cts" } : { js: ".js", dts: ".d.ts" }),
  target: "node20",
  platform: "node",
  dts: true,
  // Doc comments are in the declarations; in the code they would only take space. Lines stay: Node.js prints the line of an error that nobody catches.
  minify: { compress: false, mangle: false, codegen: { removeWhitespace: false } },
  external: ["#native", "#aws-client", /^@aws-sdk\//, /^@langchain\/core/, "@opentelemetry/api"],
  clean: false,
  // No module of ours acts when it is loaded: otherwise the declarations would import the addon for nothing.
  treeshake: { moduleSideEffects: false },
};

/** The command loads the entry for tests from beside itself, instead of a second copy. */
const testingEntry = {
  name: "testing-entry",
  resolveId: (id: string): { id: string; external: true } | undefined => (id === "../testing/index.js" ? { id: "./testing.js", external: true } : undefined),
};

/** One by one, so that they share no code: the main entry loads nothing of the others. */
export default defineConfig([
  { ...common, entry: { index: "langchain/index.ts" } },
  // Its model is the application's, a class of the main entry.
  { ...common, entry: { batch: "langchain/batch/index.ts" }, external: ["langchain-aws-native", ...common.external as string[]] },
  { ...common, entry: { testing: "testing/index.ts" } },
  { ...common, entry: { opentelemetry: "opentelemetry/index.ts" } },
  // The package itself stays outside: only the commands that need the addon load it.
  { ...common, entry: { cli: "cli/index.ts" }, format: ["esm"], dts: false, plugins: [testingEntry], external: ["langchain-aws-native", "langchain-aws-native/batch", "#native", /^@langchain\/core/] },
]);
