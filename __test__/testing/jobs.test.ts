import { startBedrock, type Bedrock } from "../../testing/index.js";
import { pythonWithBoto3, runPython } from "../support/python.js";

/** Jobs and S3 of the kit, asked by AWS's own client. */
const PROGRAM = `
import json, boto3
from botocore.config import Config
from botocore.exceptions import ClientError

config = Config(retries={"total_max_attempts": 1}, s3={"addressing_style": "path"})
s3 = boto3.client("s3", config=config)
bedrock = boto3.client("bedrock", config=config)
said = {}

def refused(call):
    try:
        call()
    except ClientError as error:
        return error.response["Error"]["Code"]

def lines(body):
    return "".join(json.dumps({"recordId": f"r{i}", "modelInput": body(i)}) + "\\n" for i in range(3))

question = lambda i: {"messages": [{"role": "user", "content": [{"text": f"Question {i}"}]}], **({"toolConfig": {}} if i == 1 else {}), **({"messages": []} if i == 2 else {})}
s3.put_object(Bucket="docs", Key="in/a b/one.jsonl", Body=lines(question))
upload = s3.create_multipart_upload(Bucket="docs", Key="in/big")["UploadId"]
parts = [s3.upload_part(Bucket="docs", Key="in/big", UploadId=upload, PartNumber=n, Body=b"x" * size)["ETag"] for n, size in [(1, 5 * 1024 * 1024), (2, 7)]]
s3.complete_multipart_upload(Bucket="docs", Key="in/big", UploadId=upload, MultipartUpload={"Parts": [{"PartNumber": n + 1, "ETag": tag} for n, tag in enumerate(parts)]})
said["size"] = s3.head_object(Bucket="docs", Key="in/big")["ContentLength"]
said["range"] = s3.get_object(Bucket="docs", Key="in/big", Range="bytes=5242879-")["Body"].read().decode()
said["there"] = refused(lambda: s3.put_object(Bucket="docs", Key="in/big", Body=b"", IfNoneMatch="*"))
said["missing"] = refused(lambda: s3.get_object(Bucket="docs", Key="none"))
small = s3.create_multipart_upload(Bucket="docs", Key="small")["UploadId"]
tags = [s3.upload_part(Bucket="docs", Key="small", UploadId=small, PartNumber=n, Body=b"x")["ETag"] for n in (1, 2)]
said["small"] = refused(lambda: s3.complete_multipart_upload(Bucket="docs", Key="small", UploadId=small, MultipartUpload={"Parts": [{"PartNumber": n + 1, "ETag": tag} for n, tag in enumerate(tags)]}))
s3.abort_multipart_upload(Bucket="docs", Key="small", UploadId=small)
said["gone"] = refused(lambda: s3.abort_multipart_upload(Bucket="docs", Key="small", UploadId=small))
said["listed"] = [o["Key"] for page in s3.get_paginator("list_objects_v2").paginate(Bucket="docs", Prefix="in/", PaginationConfig={"PageSize": 1}) for o in page["Contents"]]

job = dict(jobName="job", roleArn="arn:aws:iam::111122223333:role/r", modelId="amazon.nova-lite-v1:0", modelInvocationType="Converse", clientRequestToken="token")
places = lambda uri: dict(inputDataConfig={"s3InputDataConfig": {"s3Uri": uri}}, outputDataConfig={"s3OutputDataConfig": {"s3Uri": "s3://docs/out/"}})
s3.put_object(Bucket="docs", Key="in/one/one.jsonl", Body=lines(question))
arn = bedrock.create_model_invocation_job(**job, **places("s3://docs/in/one/"))["jobArn"]
said["same"] = bedrock.create_model_invocation_job(**job, **places("s3://docs/in/one/"))["jobArn"] == arn
said["states"] = [bedrock.get_model_invocation_job(jobIdentifier=arn)["status"] for _ in range(5)]
done = bedrock.get_model_invocation_job(jobIdentifier=arn)
said["counts"] = [done[name] for name in ("totalRecordCount", "processedRecordCount", "successRecordCount", "errorRecordCount")]
out = "out/" + arn.split("/")[-1] + "/"
said["outputs"] = [o["Key"][len(out):] for o in s3.list_objects_v2(Bucket="docs", Prefix=out)["Contents"]]
said["manifest"] = json.loads(s3.get_object(Bucket="docs", Key=out + "manifest.json.out")["Body"].read())["successRecordCount"]
records = [json.loads(l) for l in s3.get_object(Bucket="docs", Key=out + "one.jsonl.out")["Body"].read().decode().splitlines()]
said["records"] = [[r["recordId"], r["modelOutput"]["output"]["message"]["content"][0]["text"] if "modelOutput" in r else r["error"]["errorCode"]] for r in records]
said["stopped"] = refused(lambda: bedrock.stop_model_invocation_job(jobIdentifier=arn))
said["jobs"] = [j["jobName"] for j in bedrock.list_model_invocation_jobs(nameContains="jo")["invocationJobSummaries"]]
said["unknown"] = refused(lambda: bedrock.get_model_invocation_job(jobIdentifier="abcdefghijkl"))
said["wrong"] = refused(lambda: bedrock.create_model_invocation_job(**{**job, "clientRequestToken": "other", "jobName": "-"}, **places("s3://docs/in/one/")))
few = bedrock.create_model_invocation_job(**{**job, "clientRequestToken": "few"}, **places("s3://docs/none/"))["jobArn"]
while (found := bedrock.get_model_invocation_job(jobIdentifier=few))["status"] in ("Submitted", "Validating"): pass
said["few"] = found["message"]
said["keys"] = refused(lambda: boto3.client("s3", aws_access_key_id="x", aws_secret_access_key="y", config=config).head_object(Bucket="docs", Key="in/big"))
said["secret"] = refused(lambda: boto3.client("s3", aws_secret_access_key="y", aws_access_key_id=boto3.Session().get_credentials().access_key, config=config).get_object(Bucket="docs", Key="in/big"))
print(json.dumps(said))
`;

/** The first run makes the environment, and downloads boto3. */
jest.setTimeout(300_000);

let bedrock: Bedrock;
beforeEach(async () => {
  bedrock = await startBedrock({ batchQuotas: { minRecordsPerJob: 3 } });
});
afterEach(() => bedrock.close());

test("boto3 writes and reads objects, and runs a job", async () => {
  const found = pythonWithBoto3();
  if ("reason" in found) {
    process.stderr.write(`boto3 is not tested, since there is none: ${found.reason}\n`);
    return;
  }
  const { accessKeyId, secretAccessKey } = bedrock.credentials;
  const environment = { AWS_ENDPOINT_URL: bedrock.url, AWS_DEFAULT_REGION: bedrock.region, AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey };
  expect(JSON.parse(await runPython(found.python, PROGRAM, environment))).toEqual({
    size: 5 * 1024 * 1024 + 7,
    range: "xxxxxxxx",
    there: "PreconditionFailed",
    missing: "NoSuchKey",
    small: "EntityTooSmall",
    gone: "NoSuchUpload",
    listed: ["in/a b/one.jsonl", "in/big"],
    same: true,
    states: ["Validating", "Scheduled", "InProgress", "Completed", "Completed"],
    counts: [3, 3, 1, 2],
    outputs: ["manifest.json.out", "one.jsonl.out"],
    manifest: 1,
    records: [["r0", "You said: Question 0"], ["r1", 400], ["r2", 400]],
    stopped: "ConflictException",
    jobs: ["job"],
    unknown: "ResourceNotFoundException",
    wrong: "ValidationException",
    few: "No JSONL file was found at the input location.",
    keys: "403",
    secret: "SignatureDoesNotMatch",
  });
});

test("an object is named by its URI", () => {
  bedrock.s3.put("s3://b/k", "text");
  expect(bedrock.s3.get("s3://b/k")?.toString()).toBe("text");
  expect([bedrock.s3.list(), bedrock.s3.list("s3://b/"), bedrock.s3.list("s3://c/")]).toEqual([["s3://b/k"], ["s3://b/k"], []]);
  expect([bedrock.s3.delete("s3://b/k"), bedrock.s3.delete("s3://b/k")]).toEqual([true, false]);
  expect(() => bedrock.s3.get("/b/k")).toThrow('An object is named by a URI such as s3://bucket/key, not "/b/k".');
});
