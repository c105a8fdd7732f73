/** Asks a hundred questions by a job of batch inference, goes on with it as another process would, and asks again what has no answer. */
import { ChatBedrockConverse } from "langchain-aws-native";
import { BedrockBatch } from "langchain-aws-native/batch";

const model = new ChatBedrockConverse({ model: "amazon.nova-lite-v1:0" });
const batch = new BedrockBatch({
  model,
  input: process.env.BATCH_INPUT ?? "s3://bucket/in/",
  output: process.env.BATCH_OUTPUT ?? "s3://bucket/out/",
  roleArn: process.env.BATCH_ROLE_ARN ?? "arn:aws:iam::111122223333:role/batch",
});
const questions = Array.from({ length: 100 }, (_, index) => ({ id: `question-${index}`, input: `What is ${index} + 1?` }));
const submitted = await batch.submit(questions, { name: "sums" });
const manifest = submitted.toJSON();

// A job takes minutes; the local endpoint's goes on with each question about it.
const pollInterval = Number(process.env.BATCH_POLL_INTERVAL ?? 60_000);
const job = await BedrockBatch.resume(manifest, { model });
const { counts } = await job.wait({ pollInterval, onProgress: ({ state }) => console.log(state) });
console.log(`${counts.succeeded} of ${counts.total} were answered.`);

const answers = new Map<string, string>();
for await (const { id, message } of job.results()) if (message !== undefined) answers.set(id, message.text);
for await (const { id, input, error } of job.failed()) {
  console.log(`${id}: ${error.name}`);
  answers.set(id, (await model.invoke(input)).text);
}
console.log(`${answers.size} answers, the last: ${answers.get("question-99")}`);
