/** Runs the tests of Jest here, for which `bedrock-package` is the package `LIBRARY`. */
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { run } from "jest";

const moduleNameMapper = JSON.stringify({ "^bedrock-package$": process.env.LIBRARY });
await run(["--rootDir", dirname(fileURLToPath(import.meta.url)), "--config", `{ "testMatch": ["**/mocked_by_jest.cjs"], "transform": {}, "moduleNameMapper": ${moduleNameMapper} }`]);
