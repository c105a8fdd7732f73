/** Asks many questions, is interrupted in their midst, and goes on without asking twice. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ChatBedrockConverse } from "langchain-aws-native";
import { BedrockBatch } from "langchain-aws-native/batch";

const batch = new BedrockBatch({ model: new ChatBedrockConverse({ maxTokens: 50 }) });
const folder = mkdtempSync(join(tmpdir(), "batch-"));
const checkpoint = join(folder, "answers.jsonl");

function* questions() {
  for (const colour of ["red", "green", "blue", "black", "white", "grey"]) yield { id: colour, input: `Name a thing that is ${colour}.` };
}

// The first run is left after three answers. It could as well have been killed.
let answers = 0;
for await (const { id, message, error } of batch.runLocally(questions(), { checkpoint, maxConcurrency: 1 })) {
  console.log(`${id}: ${message?.text ?? error?.message}`);
  if (++answers === 3) break;
}

let last;
const onProgress = (progress: object) => (last = progress);
for await (const { id, message, error } of batch.runLocally(questions(), { checkpoint, inOrder: true, onProgress })) {
  console.log(`${id}: ${message?.text ?? error?.message}`);
}
console.log(last);
rmSync(folder, { recursive: true });
