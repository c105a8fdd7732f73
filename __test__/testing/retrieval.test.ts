import { RetrieveCommand, BedrockAgentRuntimeClient } from "@aws-sdk/client-bedrock-agent-runtime";
import { KendraClient, QueryCommand, RetrieveCommand as KendraRetrieveCommand } from "@aws-sdk/client-kendra";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import { startBedrock, validation, type Bedrock } from "langchain-aws-native/testing";
import { checkRequest } from "../../testing/checks/index.js";
import type { BedrockRequest } from "../../testing/types.js";
import { rejection } from "../support/rejection.js";

const ID = "ABCDEFGHIJ";
const INDEX = "01234567-89ab-cdef-0123-456789abcdef";
const search = (configuration: object): object => ({ retrievalQuery: { text: "a" }, retrievalConfiguration: { vectorSearchConfiguration: configuration } });

test.each<[BedrockRequest["operation"], string, object, RegExp | undefined]>([
  ["retrieve", ID, search({ numberOfResults: 100, overrideSearchType: "HYBRID", filter: { equals: { key: "a", value: 1 } } }), undefined],
  ["retrieve", ID, search({ filter: { orAll: [{ equals: { key: "a", value: 1 } }, { in: { key: "b", value: ["c"] } }] } }), undefined],
  ["retrieve", "not an id", search({}), /'knowledgeBaseId' failed to satisfy constraint/],
  ["retrieve", ID, {}, /retrievalQuery/],
  ["retrieve", ID, search({ numberOfResults: 101 }), /numberOfResults.*less than or equal to 100/],
  ["retrieve", ID, search({ overrideSearchType: "WORDS" }), /overrideSearchType.*HYBRID, SEMANTIC/],
  ["retrieve", ID, search({ filter: { andAll: [{ equals: { key: "a", value: 1 } }] } }), /andAll.*greater than or equal to 2/],
  ["retrieve", ID, search({ filter: {} }), /RetrievalFilter object .* must set one/],
  ["kendra-retrieve", INDEX, { IndexId: INDEX, QueryText: "a", PageSize: 100 }, undefined],
  ["kendra-query", INDEX, { QueryText: "a" }, /IndexId/],
  ["kendra-query", INDEX, { IndexId: "short", QueryText: "a" }, /IndexId/],
  ["kendra-retrieve", INDEX, { IndexId: INDEX, PageSize: 0 }, /PageSize/],
])("%s of %s: %j", (operation, modelId, body, sentence) => {
  const message = checkRequest({ operation, modelId, body } as never)?.message;
  if (sentence === undefined) expect(message).toBeUndefined();
  else expect(message).toMatch(sentence);
});

describe("over HTTP, asked by AWS's clients", () => {
  let bedrock: Bedrock;
  beforeAll(async () => void (bedrock = await startBedrock()));
  afterEach(() => bedrock.reset());
  afterAll(() => bedrock.close());

  const options = (): object => ({ endpoint: bedrock.url, region: bedrock.region, credentials: bedrock.credentials, maxAttempts: 1, requestHandler: new NodeHttpHandler() });
  const ask = (): Promise<unknown> => new KendraClient(options()).send(new KendraRetrieveCommand({ IndexId: INDEX, QueryText: "Hello" }));

  test("pages of a knowledge base", async () => {
    const client = new BedrockAgentRuntimeClient(options());
    const input = { knowledgeBaseId: ID, retrievalQuery: { text: "Hello" }, retrievalConfiguration: { vectorSearchConfiguration: { numberOfResults: 100 } } };
    const first = await client.send(new RetrieveCommand(input));
    const second = await client.send(new RetrieveCommand({ ...input, nextToken: first.nextToken }));
    expect([first.retrievalResults?.length, first.retrievalResults?.[0]?.location?.s3Location?.uri, second.retrievalResults?.[0]?.metadata?.["page"]]).toEqual([100, "s3://documents/0.txt", 100]);
    expect(bedrock.requests.map(({ operation, modelId }) => [operation, modelId])).toEqual([["retrieve", ID], ["retrieve", ID]]);
  });

  test("Kendra, whose scope has its own name", async () => {
    const found = await new KendraClient(options()).send(new QueryCommand({ IndexId: INDEX, QueryText: "Hello", PageSize: 2 }));
    expect([found.ResultItems?.length, found.ResultItems?.[0]?.DocumentAttributes?.[0]?.Value?.DateValue]).toEqual([2, new Date(1_700_000_000_000)]);
    expect(bedrock.requests[0]).toMatchObject({ operation: "kendra-query", modelId: INDEX });
    expect(bedrock.requests[0]?.headers["authorization"]).toMatch(/\/us-east-1\/kendra\/aws4_request/);
  });

  test("scripted errors, and answers that do not fit", async () => {
    bedrock.reply(validation("No such index."), "a message");
    expect(await rejection(ask())).toMatchObject({ name: "ValidationException", message: "No such index." });
    expect((await rejection(ask())).message).toMatch(/kendra-retrieve is answered with json\(\), an error or a fault/);
  });
});
