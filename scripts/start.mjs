/** `npm start`: builds what has changed and runs the quick start. */
import { prepare, run } from "./build.mjs";

prepare();
run(process.execPath, ["examples/quick_start.mjs", ...process.argv.slice(2)]);
