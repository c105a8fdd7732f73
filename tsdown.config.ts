import { defineConfig } from "tsdown";

/** Built both ways: an application gets the module kind that it uses @langchain/core in, so that classes are the same ones. */
export default defineConfig({
  entry: { index: "langchain/index.ts", testing: "testing/index.ts" },
  format: ["esm", "cjs"],
  outExtensions: ({ format }) => (format === "cjs" ? { js: ".cjs", dts: ".d.cts" } : { js: ".js", dts: ".d.ts" }),
  target: "node20",
  platform: "node",
  dts: true,
  external: ["#native", /^@langchain\/core/],
  clean: true,
});
