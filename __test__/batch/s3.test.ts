/** S3 as moto's server serves it (https://docs.getmoto.org/en/latest/docs/server_mode.html): nothing of it was written here. */
import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { ChatBedrockConverse } from "langchain-aws-native";
import { BedrockBatch } from "langchain-aws-native/batch";
import { startBedrock, type Bedrock } from "langchain-aws-native/testing";
import { pythonWithMoto, runPython } from "../support/python.js";
import { collect, rejection } from "../support/rejection.js";
import { questions, ROLE } from "./support.js";

/** The first run makes the environment, and downloads moto. */
jest.setTimeout(300_000);

let found: ReturnType<typeof pythonWithMoto>;
let moto: { process: ChildProcess; url: string } | undefined;
let bedrock: Bedrock;

beforeAll(async () => {
  found = pythonWithMoto();
  if ("reason" in found) process.stderr.write(`S3 is not tested against moto, since there is none: ${found.reason}\n`);
  else moto = await startMoto(found.python);
  bedrock = await startBedrock({ batchQuotas: { minRecordsPerJob: 2 } });
});
afterAll(async () => {
  moto?.process.kill();
  await bedrock.close();
});

/** moto's server, which chooses its port and prints it. */
function startMoto(python: string): Promise<{ process: ChildProcess; url: string }> {
  const program = "from moto.server import ThreadedMotoServer\nimport sys\nserver = ThreadedMotoServer('127.0.0.1', 0)\nserver.start()\nprint(server.get_host_and_port()[1], flush=True)\nsys.stdin.read()\n";
  const child = spawn(python, ["-c", program], { env: { PATH: process.env["PATH"] }, stdio: ["pipe", "pipe", "ignore"] });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", () => reject(new Error("moto's server ended.")));
    // It prints lines of its own, too.
    createInterface({ input: child.stdout }).on("line", (line) => /^\d+$/.test(line) && resolve({ process: child, url: `http://127.0.0.1:${line}` }));
  });
}

/** What a program of boto3 prints, whose `s3` is a client of moto. */
async function withBoto3(url: string, lines: string): Promise<string> {
  const python = (found as { python: string }).python;
  const program = `import boto3, json\ns3 = boto3.client("s3", endpoint_url=${JSON.stringify(url)}, region_name="us-east-1", aws_access_key_id="a", aws_secret_access_key="b")\n${lines}`;
  return (await runPython(python, program, {})).trim();
}

function batch(url: string, name: string, partSize?: number): BedrockBatch {
  const model = new ChatBedrockConverse({ model: "amazon.nova-lite-v1:0", maxRetries: 0, ...bedrock.connection });
  return new BedrockBatch({ model, input: "s3://moto-bucket/in put/", output: "s3://moto-bucket/out/", roleArn: ROLE, s3EndpointUrl: url, minRecordsPerJob: 2, partSize, manifest: `s3://moto-bucket/${name}.json` });
}

test("objects as a whole and in parts arrive, are listed, and are read in ranges", async () => {
  if (moto === undefined) return;
  const { url } = moto;
  await withBoto3(url, 's3.create_bucket(Bucket="moto-bucket")');
  const long = "x".repeat(100_000);
  // A space stands in its keys, which Bedrock's pattern of S3 URIs does not have: the job is refused, and its file is there.
  const refused = await rejection(batch(url, "small").submit(questions(3), { name: "small" }));
  expect(refused.name).toBe("ValidationException");
  await rejection(batch(url, "large", 5 * 1024 * 1024).submit(questions(130).map((question) => `${question} ${long}`), { name: "large" }));
  const listed = JSON.parse(await withBoto3(url, 'print(json.dumps({o["Key"]: o["ETag"] for o in s3.list_objects_v2(Bucket="moto-bucket")["Contents"]}))')) as Record<string, string>;
  const keys = Object.keys(listed);
  expect(keys).toEqual([expect.stringMatching(/^in put\/large-[0-9a-f]{16}\/0001\/0001\.jsonl$/), expect.stringMatching(/^in put\/small-[0-9a-f]{16}\/0001\/0001\.jsonl$/), "large.json", "small.json"]);
  // An entity tag of three parts.
  expect(listed[keys[0]!]).toMatch(/-3"$/);
  const lines = await withBoto3(url, `body = s3.get_object(Bucket="moto-bucket", Key=${JSON.stringify(keys[0])})["Body"].read().decode()\nprint(json.dumps([len(json.loads(l)["modelInput"]["messages"][0]["content"][0]["text"]) for l in body.splitlines()]))`);
  expect(JSON.parse(lines)).toEqual(questions(130).map((question) => question.length + 1 + long.length));
});

test("a file that is there already is used if it is equal, and never replaced", async () => {
  if (moto === undefined) return;
  const { url } = moto;
  const submit = (name: string, inputs: string[]): Promise<Error> => rejection(batch(url, name, 5 * 1024 * 1024).submit(inputs, { name }));
  const long = questions(130).map((question) => `${question} ${"x".repeat(100_000)}`);
  for (const [name, inputs] of [["whole", questions(9)], ["parts", long]] as const) {
    for (let time = 0; time < 2; time++) expect((await submit(name, inputs)).name).toBe("ValidationException");
    expect((await submit(name, [...inputs.slice(0, -1), "Another"])).message).toMatch(/is there already, with other inputs/);
  }
  expect(await withBoto3(url, 'print(len(s3.list_multipart_uploads(Bucket="moto-bucket").get("Uploads", [])))')).toBe("0");
});

test("results are read from an output that Bedrock would have written", async () => {
  if (moto === undefined) return;
  const { url } = moto;
  const answer = { output: { message: { role: "assistant", content: [{ text: "LONG" }] } }, stopReason: "end_turn", usage: { inputTokens: 1, outputTokens: 2, totalTokens: 3 }, metrics: { latencyMs: 1 } };
  const files = [{ key: "in/b/0001/0001.jsonl", first: 0, records: 202, bytes: 1 }];
  await withBoto3(
    url,
    `answer = json.loads('''${JSON.stringify(answer)}'''.replace("LONG", "y" * 60000))
lines = [json.dumps({"recordId": "R%010d" % i, "modelInput": {"messages": []}, "modelOutput": answer}) for i in range(200)]
s3.put_object(Bucket="moto-bucket", Key="out/abcdefghijkl/deeper/0001.jsonl.out", Body="\\n".join(lines))
for i in range(1100): s3.put_object(Bucket="moto-bucket", Key="out/abcdefghijkl/deeper/%04d.other" % i, Body="")
s3.put_object(Bucket="moto-bucket", Key="in/b/0001/0001.jsonl", Body="\\n".join(json.dumps({"recordId": "R%010d-id-%d" % (i, i), "modelInput": {"messages": []}}) for i in range(202)))`,
  );
  const model = new ChatBedrockConverse({ model: "amazon.nova-lite-v1:0", ...bedrock.connection });
  const job = { folder: "in/b/0001/", token: "t", records: 202, files, name: "b-0001", arn: "arn:aws:bedrock:us-east-1:111122223333:model-invocation-job/abcdefghijkl", state: "Completed" };
  const manifest = { version: 1, writer: "", name: "b", settings: "s", modelId: model.model, input: "s3://moto-bucket/in/", output: "s3://moto-bucket/out/", request: {}, isComplete: true, records: 202, changes: [], jobs: [job] };
  const resumed = await BedrockBatch.resume(manifest, { model, s3EndpointUrl: url });
  const results = await collect(resumed.results({ inOrder: true }));
  expect(results.map(({ id, message }) => [id, message?.text.length])).toEqual([
    ...questions(200).map((_, index) => [`R${String(index).padStart(10, "0")}`, 60_000]),
    ["id-200", undefined],
    ["id-201", undefined],
  ]);
});

test("what S3 refuses is told with its own name, and where", async () => {
  if (moto === undefined) return;
  const model = new ChatBedrockConverse({ model: "amazon.nova-lite-v1:0", maxRetries: 0, ...bedrock.connection });
  const fields = { model, input: "s3://no-such-bucket/in/", output: "s3://moto-bucket/out/", roleArn: ROLE, s3EndpointUrl: moto.url, minRecordsPerJob: 2 };
  const refused = await rejection(new BedrockBatch(fields).submit(questions(3), { name: "none" }));
  expect(refused).toMatchObject({ name: "NoSuchBucket", message: expect.stringMatching(/^The specified bucket does not exist \(s3:\/\/no-such-bucket\/in\/none-.*\)\.$/) });
});
