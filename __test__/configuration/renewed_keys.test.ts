import { error, startBedrock, type Bedrock } from "langchain-aws-native/testing";
import { ISSUED_KEYS, temporaryFolder } from "../support/aws_files.js";
import { useCleanEnvironment } from "../support/environment.js";
import { ourModel } from "../support/models.js";
import { rejection } from "../support/rejection.js";
import { ISSUED } from "../support/servers/credential_services.js";
import { WAYS_TO_ASK } from "../support/ways_to_ask.js";

/** Keys that are refused, because they were replaced or have expired: their source is asked again, and the request is sent once more. */

useCleanEnvironment();

let bedrock: Bedrock;
beforeAll(async () => void (bedrock = await startBedrock({ credentials: ISSUED })));
afterEach(() => bedrock.reset());
afterAll(() => bedrock.close());

const { file } = temporaryFolder("renewed-");
const OLD = { accessKeyId: "AKIAOLD", secretAccessKey: "old" };
const statuses = (): (number | undefined)[] => bedrock.requests.map(({ response }) => response.status);

/** A source that has other keys when it is asked again. */
const replaced = () => jest.fn<Promise<typeof OLD>, []>().mockResolvedValueOnce(OLD).mockResolvedValue(ISSUED);

test.each(WAYS_TO_ASK)("%s: a function is called again, and later calls keep what it gave", async (_way, connect) => {
  const credentials = replaced();
  const ask = connect({ ...bedrock.connection, maxRetries: 0, credentials: credentials as never });
  await ask();
  await ask();
  expect(statuses()).toEqual([403, 200, 200]);
  expect(credentials).toHaveBeenCalledTimes(2);
});

/** Those of Bedrock, and what services of other protocols and gateways call them. */
const REFUSALS = ["ExpiredTokenException", "UnrecognizedClientException", "InvalidSignatureException", "ExpiredToken", "InvalidClientTokenId", "SignatureDoesNotMatch"];

test.each(REFUSALS)("%s of keys without an expiration", async (name) => {
  const credentials = jest.fn(async () => ISSUED as never);
  bedrock.reply(error(name, "The security token included in the request is refused.", 403), "Well.");
  expect((await ourModel(bedrock, { credentials }).invoke("Hello")).text).toBe("Well.");
  expect(credentials).toHaveBeenCalledTimes(2);
});

test("a credentials file that was written anew is read again", async () => {
  const filepath = file("keys", "[default]\naws_access_key_id = AKIAOLD\naws_secret_access_key = old\n");
  const model = ourModel(bedrock, { credentials: undefined, profile: "default", filepath });
  await model.prewarm();
  file("keys", `[default]\n${ISSUED_KEYS}`);
  expect((await model.invoke("Hello")).text).not.toBe("");
  // The first request is that of `prewarm`, which asks for nothing.
  expect(statuses()).toEqual([404, 403, 200]);
});

test.each(REFUSALS)("a credentials file that is written anew after %s", async (name) => {
  const other = { accessKeyId: "ASIAOTHER", secretAccessKey: "other", sessionToken: "other" };
  await using endpoint = await startBedrock({ credentials: [other, ISSUED] });
  const path = file(name, "[default]\naws_access_key_id = ASIAOTHER\naws_secret_access_key = other\naws_session_token = other\n");
  endpoint.reply(() => {
    file(name, `[default]\n${ISSUED_KEYS}`);
    return error(name, "The security token included in the request is refused.", 403);
  }, "Well.");
  const model = ourModel(endpoint, { credentials: undefined, profile: "default", filepath: path });
  expect((await model.invoke("Hello")).text).toBe("Well.");
  await model.invoke("Hello");
  const tokens = endpoint.requests.map(({ headers }) => headers["x-amz-security-token"]);
  expect(tokens).toEqual(["other", ISSUED.sessionToken, ISSUED.sessionToken]);
  // They are asked for anew on the same connection.
  expect(endpoint.connections).toBe(1);
});

test("many calls that are refused together ask once", async () => {
  const credentials = replaced();
  const model = ourModel(bedrock, { credentials: credentials as never });
  await Promise.all(Array.from({ length: 10 }, () => model.invoke("Hello")));
  expect(credentials).toHaveBeenCalledTimes(2);
  expect(statuses().filter((status) => status === 200)).toHaveLength(10);
});

test("keys that are refused again are an error, after two requests", async () => {
  const credentials = jest.fn(async () => OLD as never);
  expect((await rejection(ourModel(bedrock, { credentials }).invoke("Hello"))).name).toBe("UnrecognizedClientException");
  expect(statuses()).toEqual([403, 403]);
});

test.each<[string, object, object]>([
  ["an object", { credentials: OLD }, {}],
  ["those of a call", {}, { credentials: async () => OLD }],
])("keys of %s are not asked for again", async (_source, fields, options) => {
  expect((await rejection(ourModel(bedrock, fields).invoke("Hello", options))).name).toBe("UnrecognizedClientException");
  expect(statuses()).toEqual([403]);
});
