import { tool } from "@langchain/core/tools";
import { BedrockBatch, type BedrockBatchFields } from "langchain-aws-native/batch";
import { ChatBedrockConverse } from "langchain-aws-native";
import { z } from "zod";

const model = new ChatBedrockConverse({ region: "us-east-1" });
const nothing = tool(() => "", { name: "nothing", schema: z.object({}) });

test("takes a model, and a subclass of it", () => {
  class Mine extends ChatBedrockConverse {}
  for (const mine of [model, new Mine({ region: "us-east-1" })]) expect(new BedrockBatch({ model: mine }).model).toBe(mine);
});

test.each<[string, object | undefined, string]>([
  ["nothing", undefined, "BedrockBatch: model must be a ChatBedrockConverse, but it is undefined."],
  ["no model", {}, "BedrockBatch: model must be a ChatBedrockConverse, but it is undefined."],
  ["an id", { model: "amazon.nova-lite-v1:0" }, "BedrockBatch: model must be a ChatBedrockConverse, but it is a string."],
  [
    "bound tools",
    { model: model.bindTools([nothing]) },
    "BedrockBatch: model must be a ChatBedrockConverse, but it is a model with options of a call; give them to its constructor (a batch calls no tools; a schema for the answers is outputConfig).",
  ],
  ["a place that is not in S3", { model, input: "/tmp" }, "BedrockBatch: input must be an S3 URI such as s3://bucket/prefix/, in a bucket whose name has 3 to 63 lower-case letters, digits, dots and hyphens, but it is a string."],
  ["a bucket with capitals", { model, output: "s3://Bucket/out/" }, "BedrockBatch: output must be an S3 URI such as s3://bucket/prefix/, in a bucket whose name has 3 to 63 lower-case letters, digits, dots and hyphens, but it is a string."],
  ["a name of a role", { model, roleArn: "batch" }, "BedrockBatch: roleArn must be the ARN of a role, such as arn:aws:iam::123456789012:role/batch, but it is a string."],
])("refuses %s with one sentence", (_what, fields, sentence) => {
  expect(() => new BedrockBatch(fields as BedrockBatchFields)).toThrow(new Error(sentence));
});
