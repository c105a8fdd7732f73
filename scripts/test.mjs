/** `npm test`: builds what is not built and runs all tests. */
import { prepare, run } from "./build.mjs";

prepare();
run("cargo", ["test", "--quiet"]);
run(process.execPath, ["node_modules/jest/bin/jest.js", ...process.argv.slice(2)]);
