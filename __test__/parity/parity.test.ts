import { startBedrock, type Bedrock } from "langchain-aws-native/testing";
import { type Addition, ADDITIONS } from "./additions.js";
import { expectParity } from "./compare.js";
import { runOurs, runPeer } from "./outcome.js";
import { SUBJECTS } from "./table.js";

let bedrock: Bedrock;
beforeAll(async () => void (bedrock = await startBedrock({ strict: false })));
afterAll(() => bedrock.close());

const seen = new Set<Addition>();

describe.each(SUBJECTS)("$subject", ({ cases }) => {
  test.each(cases)("$name", async (test) => {
    expectParity(test, await runPeer(bedrock, test), await runOurs(bedrock, test), (addition) => seen.add(addition));
  });
});

test("every addition is still there", () => {
  expect(ADDITIONS.filter((addition) => !seen.has(addition)).map(({ why }) => why)).toEqual([]);
});
