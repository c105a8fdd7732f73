import resolve from "@rollup/plugin-node-resolve";
import { rollup } from "rollup";

const bundle = await rollup({ input: "app.mjs", external: [/^@langchain\//], plugins: [resolve()] });
await bundle.write({ file: "out/app.mjs", format: "es" });
