import { startBedrock, throttling, toolUse, type Bedrock } from "../../testing/index.js";
import { pythonWithBoto3, runPython } from "../support/python.js";

const PROGRAM = `
import json, boto3
from botocore.config import Config
from botocore.exceptions import ClientError

client = boto3.client("bedrock-runtime", config=Config(retries={"total_max_attempts": 1}))
model = "anthropic.claude-sonnet-4-20250514-v1:0"
messages = [{"role": "user", "content": [{"text": "Hello"}]}]
said = {}

said["converse"] = client.converse(modelId=model, messages=messages)["output"]["message"]["content"]
said["stream"] = "".join(
    event["contentBlockDelta"]["delta"]["text"]
    for event in client.converse_stream(modelId=model, messages=messages)["stream"]
    if "contentBlockDelta" in event
)
said["tokens"] = client.count_tokens(modelId=model, input={"converse": {"messages": messages}})["inputTokens"]
said["tool"] = client.converse(modelId=model, messages=messages)["output"]["message"]["content"][0]["toolUse"]
for name, call in {
    "throttled": lambda: client.converse(modelId=model, messages=messages),
    "refused": lambda: client.converse(modelId=model, messages=messages + messages),
}.items():
    try:
        call()
    except ClientError as error:
        said[name] = error.response["Error"]
print(json.dumps(said))
`;

/** The first run makes the environment, and downloads boto3. */
jest.setTimeout(300_000);

let found: ReturnType<typeof pythonWithBoto3>;
beforeAll(() => {
  found = pythonWithBoto3();
  if ("reason" in found) process.stderr.write(`boto3 is not tested, since there is none: ${found.reason}\n`);
});

async function session(bedrock: Bedrock): Promise<unknown> {
  if (!("python" in found)) return undefined;
  bedrock.reply("one", "two words", toolUse("add", { a: 1 }, "id1"), throttling("Slow down."));
  const { accessKeyId, secretAccessKey } = bedrock.credentials;
  const printed = await runPython(found.python, PROGRAM, {
    AWS_ENDPOINT_URL_BEDROCK_RUNTIME: bedrock.url,
    AWS_DEFAULT_REGION: bedrock.region,
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    ...(bedrock.certificateFile === undefined ? {} : { AWS_CA_BUNDLE: bedrock.certificateFile }),
  });
  return JSON.parse(printed) as unknown;
}

test.each([
  ["without TLS", false],
  ["over TLS", true],
])("boto3 calls converse, converse_stream and count_tokens %s", async (_how, tls) => {
  await using bedrock = await startBedrock({ tls });
  const said = await session(bedrock);
  if (said === undefined) return;
  expect(said).toEqual({
    converse: [{ text: "one" }],
    stream: "two words",
    tokens: expect.any(Number),
    tool: { toolUseId: "id1", name: "add", input: { a: 1 } },
    throttled: { Code: "ThrottlingException", Message: "Slow down." },
    refused: { Code: "ValidationException", Message: expect.stringContaining("must alternate") },
  });
  expect(bedrock.requests.map(({ response }) => response.status)).toEqual([200, 200, 200, 200, 429, 400]);
});
