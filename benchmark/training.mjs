/**
 * The training workload of profile-guided optimisation (`scripts/build_for_release.mjs`): the rows of the benchmark, other connections, and a batch. What
 * does not run here is made small instead of fast.
 */
import { measureFresh, Server, startSubject } from "./processes.mjs";
import { run } from "../scripts/build.mjs";
import { rows } from "./rows.mjs";

const SUBJECT = "ours";

/** How often a workload runs. Most calls of applications are short ones, and a loop over megabytes counts as much as many of them. */
const ROUNDS = { invoke: 20, invokeAtOnce: 20, dataUrl: 1, imageBytes: 1 };
const OTHERS = 5;

/** What the rows do over plain HTTP, applications do over TLS. */
const SECURE = ["tls", "tls1", "http2"];

const server = await Server.start();
try {
  for (const { id, workload, params } of rows.filter(({ workload }) => workload)) {
    console.log(`Training: ${id}`);
    const subject = await startSubject(SUBJECT, server);
    for (let round = 0; round < (ROUNDS[workload] ?? OTHERS); round++) await subject.ask({ workload, params, way: "cost" });
    await subject.stop();
  }
  for (const over of SECURE) {
    console.log(`Training: ${over}`);
    await measureFresh("sequence", SUBJECT, server, { calls: 500, over });
    await measureFresh("memoryOfBursts", SUBJECT, server, { width: 100, words: 200, bursts: 2, over });
  }
} finally {
  await server.stop();
}
run(process.execPath, ["benchmark/batch.mjs", "1000"], { RECORDS_PER_JOB: "1000" });
