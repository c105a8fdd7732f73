/** The requests about jobs of batch inference, as the service model of Bedrock's control plane (bedrock-2023-04-20) states them, read on 2026-11-26. */
import { list, number, oneOf, type Shape, structure, text, union } from "./shapes.js";

const s3Uri = text({ min: 1, max: 1024, pattern: "s3://[a-z0-9][-.a-z0-9]{1,61}[a-z0-9](?:/[-!_*'().a-z0-9A-Z]+(?:/[-!_*'().a-z0-9A-Z]+)*)?/?" });
const accountId = text({ pattern: "[0-9]{12}" });

export const CREATE_JOB_REQUEST: Shape = structure(
  "CreateModelInvocationJobRequest",
  {
    jobName: text({ min: 1, max: 63, pattern: "[a-zA-Z0-9]{1,63}(-*[a-zA-Z0-9\\+\\-\\.]){0,63}" }),
    roleArn: text({ max: 2048, pattern: "arn:aws(-[^:]+)?:iam::([0-9]{12})?:role/.+" }),
    clientRequestToken: text({ min: 1, max: 256, pattern: "[a-zA-Z0-9]{1,256}(-*[a-zA-Z0-9]){0,256}" }),
    modelId: text({ min: 1, max: 2048 }),
    inputDataConfig: union("ModelInvocationJobInputDataConfig", {
      s3InputDataConfig: structure("ModelInvocationJobS3InputDataConfig", { s3InputFormat: oneOf("JSONL"), s3Uri, s3BucketOwner: accountId }, "s3Uri"),
    }),
    outputDataConfig: union("ModelInvocationJobOutputDataConfig", {
      s3OutputDataConfig: structure("ModelInvocationJobS3OutputDataConfig", { s3Uri, s3EncryptionKeyId: text({ min: 1, max: 2048 }), s3BucketOwner: accountId }, "s3Uri"),
    }),
    vpcConfig: structure(
      "VpcConfig",
      { subnetIds: list(text({ max: 32, pattern: "[-0-9a-zA-Z]+" }), { min: 1, max: 16 }), securityGroupIds: list(text({ max: 32, pattern: "[-0-9a-zA-Z]+" }), { min: 1, max: 5 }) },
      "subnetIds",
      "securityGroupIds",
    ),
    timeoutDurationInHours: number({ min: 24, max: 168 }, true),
    tags: list(
      structure("Tag", { key: text({ min: 1, max: 128, pattern: "[a-zA-Z0-9\\s._:/=+@-]*" }), value: text({ max: 256, pattern: "[a-zA-Z0-9\\s._:/=+@-]*" }) }, "key", "value"),
      { max: 200 },
    ),
    modelInvocationType: oneOf("InvokeModel", "Converse"),
  },
  "jobName",
  "roleArn",
  "modelId",
  "inputDataConfig",
  "outputDataConfig",
);
