/** `npm test`: builds what has changed and runs all tests. */
import { prepare, run } from "./build.mjs";

prepare();
console.log("Testing the core. The first time compiles the AWS SDK once more, without optimisation, which takes some minutes.");
run("cargo", ["test", "--quiet", ...(process.env.CI ? ["--locked"] : [])]);
run(process.execPath, ["node_modules/jest/bin/jest.js", ...process.argv.slice(2)]);
