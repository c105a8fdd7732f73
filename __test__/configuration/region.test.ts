import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startBedrock, type Bedrock } from "langchain-aws-native/testing";
import { askInChild } from "../support/asking.js";
import { asked, startInstanceMetadata } from "../support/servers/credential_services.js";
import type { SimpleServer } from "../support/servers/loopback.js";

/** Which region a request is signed for: each source of the list beats those after it. */

let bedrock: Bedrock;
let metadata: SimpleServer;
const config = join(mkdtempSync(join(tmpdir(), "region-")), "config");
beforeAll(async () => {
  bedrock = await startBedrock();
  metadata = await startInstanceMetadata("af-south-1");
  writeFileSync(config, "[default]\nregion = eu-north-1\n");
});
afterEach(() => bedrock.reset());
afterAll(() => Promise.all([bedrock.close(), metadata.close()]));

/** The region of the signature; the endpoint refuses what is not its own, which is all the same here. */
async function signedRegion(fields: object, environment: Record<string, string>): Promise<string | undefined> {
  await askInChild({ endpointUrl: bedrock.url, credentials: bedrock.connection.credentials, ...fields }, environment);
  return /Credential=[^/]+\/\d+\/([^/]+)\//.exec(bedrock.requests[0]?.headers["authorization"] ?? "")?.[1];
}

test("the option, AWS_REGION, AWS_DEFAULT_REGION, the profile and the instance, in this order", async () => {
  const sources: [string, Record<string, string>][] = [
    ["eu-west-2", { AWS_REGION: "eu-west-2" }],
    ["eu-west-3", { AWS_DEFAULT_REGION: "eu-west-3" }],
    ["eu-north-1", { AWS_CONFIG_FILE: config }],
    ["af-south-1", { AWS_EC2_METADATA_DISABLED: "false", AWS_EC2_METADATA_SERVICE_ENDPOINT: metadata.url }],
  ];
  const all = Object.assign({}, ...sources.map(([, variables]) => variables)) as Record<string, string>;
  expect(await signedRegion({ region: "eu-west-1" }, all)).toBe("eu-west-1");
  for (const [place, [region]] of sources.entries()) {
    bedrock.reset();
    const variables = Object.assign({}, ...sources.slice(place).map(([, its]) => its)) as Record<string, string>;
    expect(await signedRegion({}, variables)).toBe(region);
  }
  expect(asked(metadata)).toContain("GET /latest/meta-data/placement/region");
});

test("none anywhere is one sentence at the first call", async () => {
  const { error } = await askInChild({ credentials: bedrock.connection.credentials });
  expect(error?.message).toBe(
    "No AWS region was found. Pass the option `region`, or set AWS_REGION or AWS_DEFAULT_REGION, or add `region` to your profile in ~/.aws/config.",
  );
});
