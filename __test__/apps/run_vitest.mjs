/** Runs the tests of Vitest here, for which `bedrock-package` is the package `LIBRARY`. */
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { startVitest } from "vitest/node";

const options = { root: dirname(fileURLToPath(import.meta.url)), watch: false, config: false, include: ["*.test.mjs"] };
const vitest = await startVitest("test", [], options, { resolve: { alias: { "bedrock-package": process.env.LIBRARY } } });
if (vitest.state.getCountOfFailedTests() > 0) process.exitCode = 1;
await vitest.close();
