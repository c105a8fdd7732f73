/**
 * One package in a process of its own: `fork("subject.mjs", [name])`. It runs workloads on request and replies with their cost. There is one process for
 * each package and workload, so that the heap and the compiled code of one do not affect another.
 */
import { costOf, worstPauseOf } from "./clocks.mjs";
import { profileOf } from "./profile.mjs";
import { workloads } from "./workloads.mjs";

const { connect } = await import(`./subjects/${process.argv[2]}.mjs`);
const models = new Map();
let endpoint;

const ways = {
  cost: costOf,
  pause: async (work) => ({ pause: await worstPauseOf(work) }),
  profile: profileOf,
};

process.on("message", async ({ start, workload, params, way }) => {
  if (start) {
    endpoint = start;
    return process.send({});
  }
  try {
    process.send(await ways[way](prepare(workloads[workload], params)));
  } catch (error) {
    process.send({ failure: error.stack });
  }
});
process.once("disconnect", () => process.exit());
process.send({});

function prepare(workload, params) {
  const scenario = workload.scenario(params);
  if (!models.has(scenario)) models.set(scenario, connect(scenario, endpoint));
  const input = workload.prepare(params);
  return () => workload.run(models.get(scenario), input, params);
}
