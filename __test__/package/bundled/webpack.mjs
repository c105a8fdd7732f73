import { resolve } from "node:path";
import webpack from "webpack";

webpack(
  {
    mode: "production",
    target: "node20",
    entry: "./app.mjs",
    experiments: { outputModule: true },
    externals: { "@langchain/aws": "module @langchain/aws" },
    output: { path: resolve("out"), filename: "app.mjs", module: true },
  },
  (error, stats) => {
    const problems = error?.message ?? stats.toString({ all: false, errors: true, warnings: true });
    if (problems) throw new Error(problems);
  },
);
