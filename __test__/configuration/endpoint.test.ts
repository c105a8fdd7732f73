import { startBedrock, type Bedrock } from "langchain-aws-native/testing";
import { ChatBedrockConverse, type ChatBedrockConverseInput } from "langchain-aws-native";
import { temporaryFolder } from "../support/aws_files.js";
import { askInChild } from "../support/asking.js";
import { useCleanEnvironment } from "../support/environment.js";
import { rejection } from "../support/rejection.js";
import { type ConnectProxy, startConnectProxy } from "../support/servers/connect_proxy.js";
import { CA_FILE, startTlsFront } from "../support/servers/tls.js";

useCleanEnvironment();

/** Where a request goes: seen at the endpoint, or in the name that a proxy is asked for. */

let bedrock: Bedrock;
let proxy: ConnectProxy;
beforeAll(async () => {
  bedrock = await startBedrock();
  proxy = await startConnectProxy({ tunnels: "refused" });
});
afterEach(() => {
  bedrock.reset();
  proxy.targets.length = 0;
});
afterAll(() => Promise.all([bedrock.close(), proxy.close()]));

const credentials = { accessKeyId: "AKIAMADEUP", secretAccessKey: "made-up" };

/** The host and port that a model wants to reach. */
async function host(fields: ChatBedrockConverseInput): Promise<string> {
  await rejection(new ChatBedrockConverse({ credentials, region: "us-east-1", maxRetries: 0, proxy: proxy.url, ...fields }).invoke("Hello"));
  expect(proxy.targets).toHaveLength(1);
  return proxy.targets[0] ?? "";
}

describe("of AWS, by its rules", () => {
  test.each<[string, ChatBedrockConverseInput, string]>([
    ["a region's own", {}, "bedrock-runtime.us-east-1.amazonaws.com:443"],
    ["FIPS", { useFipsEndpoint: true }, "bedrock-runtime-fips.us-east-1.amazonaws.com:443"],
    ["dual-stack", { useDualstackEndpoint: true }, "bedrock-runtime.us-east-1.api.aws:443"],
    ["FIPS and dual-stack", { useFipsEndpoint: true, useDualstackEndpoint: true }, "bedrock-runtime-fips.us-east-1.api.aws:443"],
    ["China", { region: "cn-north-1" }, "bedrock-runtime.cn-north-1.amazonaws.com.cn:443"],
    ["GovCloud", { region: "us-gov-west-1" }, "bedrock-runtime.us-gov-west-1.amazonaws.com:443"],
    ["GovCloud FIPS", { region: "us-gov-west-1", useFipsEndpoint: true }, "bedrock-runtime-fips.us-gov-west-1.amazonaws.com:443"],
    ["a region nobody knows yet", { region: "eu-south-9" }, "bedrock-runtime.eu-south-9.amazonaws.com:443"],
  ])("%s", async (_name, fields, expected) => {
    expect(await host(fields)).toBe(expected);
  });

  test.each([
    ["AWS_USE_FIPS_ENDPOINT", "bedrock-runtime-fips.us-east-1.amazonaws.com:443"],
    ["AWS_USE_DUALSTACK_ENDPOINT", "bedrock-runtime.us-east-1.api.aws:443"],
  ])("%s", async (variable, expected) => {
    await askInChild({ credentials, region: "us-east-1", proxy: proxy.url }, { [variable]: "true" });
    expect(proxy.targets).toEqual([expected]);
  });
});

describe("of the user's", () => {
  test.each<[string, ChatBedrockConverseInput, string]>([
    ["endpointUrl with a port", { endpointUrl: "https://vpce.example:8443" }, "vpce.example:8443"],
    ["endpointHost, over https", { endpointHost: "vpce.example" }, "vpce.example:443"],
    ["endpointUrl before endpointHost", { endpointUrl: "https://one.example", endpointHost: "two.example" }, "one.example:443"],
    ["clientOptions.endpoint as text", { clientOptions: { endpoint: "https://text.example" } }, "text.example:443"],
    ["clientOptions.endpoint as a URL", { clientOptions: { endpoint: new URL("https://url.example:9443/") as never } }, "url.example:9443"],
    ["clientOptions.endpoint as an object", { clientOptions: { endpoint: { protocol: "https:", hostname: "object.example", port: 444 } as never } }, "object.example:444"],
    ["an http:// URL, at the port of http", { endpointUrl: "http://plain.example" }, "plain.example:80"],
    ["an option before clientOptions", { endpointUrl: "https://option.example", clientOptions: { endpoint: "https://nested.example" } }, "option.example:443"],
  ])("%s", async (_name, fields, expected) => {
    expect(await host(fields)).toBe(expected);
  });

  test("a path before the API's own, as gateways have it", async () => {
    await rejection(new ChatBedrockConverse({ ...bedrock.connection, endpointUrl: `${bedrock.url}/gateway/bedrock`, maxRetries: 0 }).invoke("Hello"));
    expect(bedrock.requests[0]?.url).toMatch(/^\/gateway\/bedrock\/model\/[^/]+\/converse$/);
  });

  test.each(["AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_BEDROCK_RUNTIME"])("an empty %s names none", async (variable) => {
    process.env[variable] = "";
    expect(await host({})).toBe("bedrock-runtime.us-east-1.amazonaws.com:443");
  });

  test("an empty variable of the service leaves that of all services", async () => {
    Object.assign(process.env, { AWS_ENDPOINT_URL_BEDROCK_RUNTIME: "", AWS_ENDPOINT_URL: "https://all.example" });
    expect(await host({})).toBe("all.example:443");
  });

  test.each(["localhost:9000", "not a url", "https://user:hidden@:9"])("a variable that is %s", (value) => {
    process.env["AWS_ENDPOINT_URL"] = value;
    expect(() => new ChatBedrockConverse({ credentials, region: "us-east-1" })).toThrow(
      'The environment variable AWS_ENDPOINT_URL must be a URL such as "http://127.0.0.1:8080".',
    );
  });

  test.each([
    ["for all services", (url: string) => `[profile gateway]\nendpoint_url = ${url}\n`],
    ["for this service", (url: string) => `[profile gateway]\nendpoint_url = https://all.example\nservices = mine\n[services mine]\nbedrock_runtime =\n  endpoint_url = ${url}\n`],
  ])("a profile's, %s", async (_name, profileOf) => {
    const { file } = temporaryFolder("profile-");
    const profile = (url: string): ChatBedrockConverseInput => ({ profile: "gateway", configFilepath: file(`${url.length}`, profileOf(url)) });
    expect(await host(profile("https://profile.example:8443"))).toBe("profile.example:8443");
    proxy.targets.length = 0;
    Object.assign(process.env, { AWS_ENDPOINT_URL_BEDROCK_RUNTIME: "", AWS_ENDPOINT_URL: "" });
    expect(await host(profile("https://profile.example:8443"))).toBe("profile.example:8443");
    const noUrl = new ChatBedrockConverse({ credentials, region: "us-east-1", ...profile("gateway:8080:9") });
    expect((await rejection(noUrl.invoke("Hello"))).message).toMatch(/^The endpoint that the environment or the profile names .* is no URL such as https:\/\/host:8443/);
  });

  test("AWS_ENDPOINT_URL_BEDROCK_RUNTIME before AWS_ENDPOINT_URL; an option before both", async () => {
    const { endpointUrl: _url, ...connection } = bedrock.connection;
    const nowhere = "http://127.0.0.1:9";
    await askInChild(connection, { AWS_ENDPOINT_URL_BEDROCK_RUNTIME: bedrock.url, AWS_ENDPOINT_URL: nowhere });
    await askInChild(connection, { AWS_ENDPOINT_URL: bedrock.url });
    await askInChild(bedrock.connection, { AWS_ENDPOINT_URL: nowhere, AWS_ENDPOINT_URL_BEDROCK_RUNTIME: nowhere });
    expect(bedrock.requests.map((request) => request.response.status)).toEqual([200, 200, 200]);
  });

  test("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", async () => {
    const variables = { AWS_ENDPOINT_URL: bedrock.url, AWS_ENDPOINT_URL_BEDROCK_RUNTIME: bedrock.url, AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: "true" };
    await askInChild({ credentials, region: "us-east-1", proxy: proxy.url }, variables);
    expect(proxy.targets).toEqual(["bedrock-runtime.us-east-1.amazonaws.com:443"]);
  });

  test("a host of this machine over TLS", async () => {
    const front = await startTlsFront(bedrock);
    const { endpointUrl: _url, ...connection } = bedrock.connection;
    const model = new ChatBedrockConverse({ ...connection, endpointHost: `localhost:${front.port}`, caBundle: CA_FILE, maxRetries: 0 });
    expect((await model.invoke("Hello")).text).not.toBe("");
    model.close();
    await front.close();
  });
});
