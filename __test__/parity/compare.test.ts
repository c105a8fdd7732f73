import { startBedrock, type Bedrock } from "langchain-aws-native/testing";
import { expectParity } from "./compare.js";
import { asked, chunks, error, events, message, request } from "./marks.js";
import { runOurs, runPeer } from "./outcome.js";
import type { Difference } from "./types.js";

let bedrock: Bedrock;
beforeAll(async () => void (bedrock = await startBedrock()));
afterAll(() => bedrock.close());

/** Marks on a call that both packages make alike. */
const UNTRUE: [string, Difference][] = [
  ["a request that is the peer's", request("", asked({ text: "Why is the sky blue?" }))],
  ["a request that is not ours", request("", asked({ text: "Why?" }))],
  ["a message that is the peer's", message("", { content: "Because." })],
  ["a message that is not ours", message("", { content: "Why not?" })],
  ["chunks that are the peer's", chunks("", { content: "Because." })],
  ["chunks that are said to differ one by one", chunks("", {})],
  ["events that are the peer's", events("", { content: [{ type: "text", text: "Because." }] })],
  ["an error that nobody throws", error("", "No.")],
];

test.each(UNTRUE)("a mark does not hold: %s", async (_, differs) => {
  const marked = { name: "a text", differs };
  const [peer, ours] = [await runPeer(bedrock, marked), await runOurs(bedrock, marked)];
  expect(() => expectParity({ name: "a text" }, peer, ours, () => undefined)).not.toThrow();
  expect(() => expectParity(marked, peer, ours, () => undefined)).toThrow();
});
