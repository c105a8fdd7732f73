/** `npm run example NAME`: builds what has changed and runs examples/NAME.ts. */
import { prepare, run } from "./build.mjs";

prepare();
run(process.execPath, ["examples/run.mjs", ...process.argv.slice(2)]);
