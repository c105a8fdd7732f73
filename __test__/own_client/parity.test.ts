import { startBedrock, type Bedrock } from "langchain-aws-native/testing";
import { type Outcome, runOurs, runOursByClient } from "../parity/outcome.js";
import { SUBJECTS } from "../parity/table.js";

/** The same cases, sent by AWS's client for JavaScript: its bytes, our conversions. */

let bedrock: Bedrock;
beforeAll(async () => void (bedrock = await startBedrock({ strict: false })));
afterAll(() => bedrock.close());

/** What AWS's client does in its own way. */
const OWN_WORDS = new Set([
  "a stream that ends in the middle of text",
  "a stream that ends in the middle of a tool call",
  "a stream that ends before anything",
  "an error event that the API does not know",
  "a page of HTML",
  "a status without a body",
  "a connection that is reset",
  "a connection that breaks off",
  "a checksum that is wrong",
]);
/** AWS's client drops an event that it does not know. */
const DROPPED = "an event of a kind that is new";

describe.each(SUBJECTS)("$subject", ({ cases }) => {
  test.each(cases)("$name", async (test) => {
    const native = await runOurs(bedrock, test);
    const byClient = await runOursByClient(bedrock, test);
    if (OWN_WORDS.has(test.name)) expect(namesOf(byClient)).toEqual(namesOf(native));
    else if (test.name === DROPPED) expect(JSON.stringify(native)).toContain("sparkle");
    else expect(comparable(byClient)).toEqual(comparable(native));
  });
});

/** Which ways of asking failed, and whether half an answer was noticed. */
function namesOf({ errors }: Outcome): object {
  return Object.fromEntries(Object.entries(errors).map(([way, { name }]) => [way, name === "IncompleteStreamError"]));
}

const REQUEST_ID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;

/** Without what differs from one request to the next, and with the request's members in no order. */
function comparable({ request, ...outcome }: Outcome): object {
  return { ...(JSON.parse(JSON.stringify(outcome).replace(REQUEST_ID, "a request id")) as object), request: request?.startsWith("{") ? (JSON.parse(request) as unknown) : request?.length };
}
