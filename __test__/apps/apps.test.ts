import { startBedrock, type Bedrock } from "langchain-aws-native/testing";
import { run, runToEnd } from "../support/child.js";
import { startConnectProxy } from "../support/servers/connect_proxy.js";

/** Small applications, one for each way in which public code uses the package, run with `@langchain/aws` and with this package. */

const PACKAGES = ["@langchain/aws", "langchain-aws-native"] as const;

jest.setTimeout(60_000);

let bedrock: Bedrock;
beforeEach(async () => void (bedrock = await startBedrock()));
afterEach(() => bedrock.close());

/** What an application gives, and the requests that the endpoint got. */
async function outcome(application: string, library: string, settings: object = {}): Promise<{ result: unknown; requests: string[] }> {
  bedrock.reset();
  const trusted: Record<string, string> = bedrock.certificateFile === undefined ? {} : { NODE_EXTRA_CA_CERTS: bedrock.certificateFile };
  const asked = { APPLICATION: application, LIBRARY: library, CONNECTION: JSON.stringify(bedrock.connection), SETTINGS: JSON.stringify(settings) };
  const result = JSON.parse(await run('await import("./__test__/apps/run.mjs");', { environment: { ...asked, ...trusted } })) as unknown;
  return { result, requests: bedrock.requests.map(({ url, body }) => `${url} ${JSON.stringify(body)}`).sort() };
}

test.each(["stubbed_client", "assigned_client", "cache_points", "streams_by_client", "nock", "msw", "client_mock", "langgraph_store", "vector_store"])(
  "%s: the same result, and the same requests",
  async (application) => {
    const [theirs, ours] = [await outcome(application, PACKAGES[0]), await outcome(application, PACKAGES[1])];
    expect(ours).toEqual(theirs);
  },
);

test("proxy_agent: both go through the proxy", async () => {
  await bedrock.close();
  bedrock = await startBedrock({ tls: true });
  const proxy = await startConnectProxy();
  const settings = { proxy: proxy.url };
  const [theirs, ours] = [await outcome("proxy_agent", PACKAGES[0], settings), await outcome("proxy_agent", PACKAGES[1], settings)];
  expect(ours).toEqual(theirs);
  expect(proxy.targets).toEqual([`127.0.0.1:${bedrock.port}`, `127.0.0.1:${bedrock.port}`]);
  await proxy.close();
});

test.each(PACKAGES)("mocked_by_jest: jest.mock of AWS's package, under %s", async (library) => {
  const { stderr, code } = await runToEnd('await import("./__test__/apps/run_jest.mjs");', { environment: { LIBRARY: library, NO_COLOR: "1" } });
  expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringMatching(/1 passed/) });
});

test.each(PACKAGES)("mocked_module: vi.mock of %s", async (library) => {
  expect(await run('await import("./__test__/apps/run_vitest.mjs");', { environment: { LIBRARY: library, NO_COLOR: "1" } })).toMatch(/1 passed/);
});
