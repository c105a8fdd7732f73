/**
 * The local endpoint, in a process of its own. What it answers to a request is written in the request: its text has a tag, `soak-<caller>-<number>-<fate>`,
 * and every answer repeats the tag, so that a caller knows whether an answer is its own.
 */
import { corrupt, error, hang, json, reset, slow, stall, startBedrock, throttling, toolUse, truncated, validation } from "langchain-aws-native/testing";

const TAG = /soak-\w+-\d+-(\w+)/;
const WORDS = "one two three four five six seven eight nine ten eleven twelve";

/** Requests that are under way, and those that the endpoint itself refused: its rules say that they were wrong. */
const open = new Set();
const refused = [];
/** Tags that were throttled once. */
const throttledOnce = new Set();

const bedrock = await startBedrock({ bearerToken: "soak-bearer-token-made-up", onRequest: note });
bedrock.replyAlways((request) => {
  open.add(request);
  void request.closed.then(() => open.delete(request));
  return answer(request);
});
bedrock.replyToCountTokens(({ rawBody }) => (tagOf(rawBody)?.fate === "hang" ? hang() : 7));

process.on("message", ({ number }) => process.send({ number, open: [...open].map(({ operation, rawBody }) => `${operation} ${tagOf(rawBody)?.tag}`), refused }));
process.once("disconnect", () => process.exit());
process.send({ connection: bedrock.connection });

function note(request) {
  // The endpoint keeps every request.
  if (bedrock.requests.length > 2_000) bedrock.requests.splice(0, 1_000);
  if (request.response.refused && refused.length < 10) refused.push(`${request.operation}: ${request.response.errorMessage}`);
}

function tagOf(rawBody) {
  const [tag, fate] = TAG.exec(rawBody) ?? [];
  return tag && { tag, fate };
}

function answer(request) {
  const { tag, fate } = tagOf(request.rawBody) ?? {};
  if (tag === undefined) return validation("The request has no tag.");
  const right = rightAnswer(request, tag);
  switch (fate) {
    case "throttled": return throttling();
    case "flaky": return isFirst(request, tag) ? throttling() : right;
    case "refused": return validation("Refused.");
    case "failed": return error("InternalServerException", "Failed.");
    case "reset": return reset();
    case "cut": return truncated(right);
    case "torn": return truncated(right, { afterBytes: 120 });
    case "dropped": return truncated(right, { afterEvents: 4, abrupt: true });
    case "corrupt": return corrupt(right, { event: 3 });
    case "slow": return slow(right, { head: 15, firstContent: 5, pace: 1 });
    case "hang": return hang();
    case "stall": return stall(right, { afterEvents: 5 });
    default: return right;
  }
}

function isFirst({ rawBody }, tag) {
  const key = `${tag} ${rawBody.length}`;
  if (throttledOnce.delete(key)) return false;
  throttledOnce.add(key);
  return true;
}

function rightAnswer({ operation, body }, tag) {
  switch (operation) {
    case "invoke": return json({ embedding: [Number(tag.split("-")[2]), 0.25, 0.5], inputTextTokenCount: 3 });
    case "retrieve": return json({ retrievalResults: [{ content: { type: "TEXT", text: `Answer to ${tag}.` }, score: 0.5 }] });
    case "kendra-retrieve": return json({ QueryId: "1", ResultItems: [{ Id: "1", DocumentTitle: "T", Content: `Answer to ${tag}.`, DocumentURI: "https://documents.example/1" }] });
  }
  const last = body.messages.at(-1).content;
  const [tool] = body.toolConfig?.tools ?? [];
  if (tool !== undefined && !last.some((block) => "toolResult" in block)) return [toolUse(tool.toolSpec.name, { id: tag }, "tooluse_1")];
  if (body.outputConfig?.textFormat !== undefined) return JSON.stringify({ id: tag });
  const asked = last.map(({ text }) => text ?? "").join(" ");
  return `Answer to ${asked.startsWith(tag) ? asked : tag}. ${WORDS}`;
}
