/** Calls of the main thread. */
import { createRequire } from "node:module";
import createCalls from "../calls.cjs";
import subject from "../subject.cjs";

const { connection, runPhase, seed } = subject;
const load = createRequire(import.meta.url);

const WIDTH = 24;

const { run, state } = createCalls(load, { connection, seed, caller: "main" });
let next = 0;
await runPhase(
  async (isOver) => void (next = await run(next, WIDTH, isOver)),
  () => ({ count: state.settled, faulty: state.faulty, problems: state.problems, pending: [...state.pending.values()] }),
);
