import { inspect } from "node:util";
import { startBedrock, type Bedrock } from "langchain-aws-native/testing";
import type { ChatBedrockConverseInput } from "langchain-aws-native";
import { networkOptions } from "../../langchain/configuration/network.js";
import { useCleanEnvironment } from "../support/environment.js";
import { ourModel } from "../support/models.js";
import { collect, rejection } from "../support/rejection.js";
import { type ConnectProxy, startConnectProxy } from "../support/servers/connect_proxy.js";
import { CA_FILE, startTlsFront, type TlsFront } from "../support/servers/tls.js";

useCleanEnvironment();

const PASSWORD = "s3cret@of:the/proxy";
let bedrock: Bedrock;
let front: TlsFront;
let proxy: ConnectProxy;
let guarded: ConnectProxy;
beforeAll(async () => {
  bedrock = await startBedrock();
  front = await startTlsFront(bedrock);
  proxy = await startConnectProxy();
  guarded = await startConnectProxy({ login: `alice:${PASSWORD}` });
});
afterEach(() => {
  bedrock.reset();
  for (const it of [proxy, guarded]) it.targets.length = it.authorizations.length = 0;
});
afterAll(() => Promise.all([bedrock.close(), front.close(), proxy.close(), guarded.close()]));

const login = (password: string): string => guarded.url.replace("//", `//alice:${encodeURIComponent(password)}@`);

/** Asks over TLS, and over TLS only. */
async function ask(fields: ChatBedrockConverseInput = {}): Promise<void> {
  const model = ourModel(bedrock, { endpointUrl: front.url, caBundle: CA_FILE, ...fields });
  try {
    expect((await model.invoke("Hello")).text).not.toBe("");
  } finally {
    model.close();
  }
}

test("an option: calls and streams go through a tunnel, HTTP/2 and all", async () => {
  const model = ourModel(bedrock, { endpointUrl: front.url, caBundle: CA_FILE, httpVersion: "2", proxy: proxy.url });
  await model.invoke("Hello");
  expect(await collect(model.stream("Hello"))).not.toHaveLength(0);
  expect(proxy.targets).toEqual([`127.0.0.1:${front.port}`]);
  expect(front.requests.slice(-2).map((request) => request.httpVersion)).toEqual(["2.0", "2.0"]);
  model.close();
});

test("also for http:// endpoints: what goes through is not the proxy's to read", async () => {
  await ask({ endpointUrl: bedrock.url, proxy: proxy.url });
  expect(proxy.targets).toEqual([`127.0.0.1:${bedrock.port}`]);
  expect(proxy.others).toEqual([]);
});

test("a proxy that is itself reached over TLS", async () => {
  const secure = await startConnectProxy({ secure: true });
  await ask({ proxy: secure.url });
  expect(secure.targets).toEqual([`127.0.0.1:${front.port}`]);
  await secure.close();
});

test("a variable without a scheme means http://", async () => {
  process.env.HTTPS_PROXY = `127.0.0.1:${proxy.port}`;
  await ask();
  expect(proxy.targets).toHaveLength(1);
});

test("a SOCKS proxy is refused, not gone around", async () => {
  process.env.ALL_PROXY = `socks5://127.0.0.1:${proxy.port}`;
  expect((await rejection(ask())).message).toContain("a proxy must be reached by http:// or https://, not by socks5://");
  expect([proxy.targets, bedrock.requests]).toEqual([[], []]);
});

test("the services that an instance's and a container's credentials come from are never asked through a proxy", () => {
  const addresses = ["169.254.169.254", "169.254.170.2", "169.254.170.23", "fd00:ec2::254", "fd00:ec2::23"];
  expect(networkOptions({ proxy: proxy.url }).noProxy?.split(",")).toEqual(addresses);
  expect(networkOptions({ proxy: proxy.url, noProxy: "example.com" }).noProxy?.split(",")).toEqual(["example.com", ...addresses]);
});

test("user and password of the URL, decoded", async () => {
  await ask({ proxy: login(PASSWORD) });
  expect(guarded.authorizations).toEqual([`Basic ${Buffer.from(`alice:${PASSWORD}`).toString("base64")}`]);
});

describe.each(["HTTPS_PROXY", "https_proxy", "ALL_PROXY"])("%s", (variable) => {
  test("with user and password", async () => {
    process.env[variable] = login(PASSWORD);
    await ask();
    expect(guarded.targets).toEqual([`127.0.0.1:${front.port}`]);
  });

  test.each([["127.0.0.1"], ["example.com, 127.0.0.0/8"], ["*"]])("not for NO_PROXY=%s", async (exceptions) => {
    process.env[variable] = proxy.url;
    process.env.NO_PROXY = exceptions;
    await ask();
    expect(proxy.targets).toEqual([]);
  });

  test("not with proxy: false", async () => {
    process.env[variable] = proxy.url;
    await ask({ proxy: false });
    expect(proxy.targets).toEqual([]);
  });
});

test("HTTP_PROXY is for http:// endpoints, HTTPS_PROXY for https://", async () => {
  process.env.HTTP_PROXY = proxy.url;
  await ask();
  expect(proxy.targets).toEqual([]);
  await ask({ endpointUrl: bedrock.url });
  expect(proxy.targets).toEqual([`127.0.0.1:${bedrock.port}`]);
});

test("the option noProxy beats NO_PROXY", async () => {
  process.env.NO_PROXY = "*";
  await ask({ proxy: proxy.url, noProxy: "example.com" });
  expect(proxy.targets).toHaveLength(1);
  await ask({ proxy: proxy.url, noProxy: "127.0.0.1" });
  expect(proxy.targets).toHaveLength(1);
});

describe("a proxy that wants a password", () => {
  test.each([
    ["none", () => guarded.url],
    ["a wrong one", () => login("wr0ng-password")],
  ])("and gets %s: an error that says so, without the password in it", async (_what, url) => {
    const model = ourModel(bedrock, { endpointUrl: front.url, caBundle: CA_FILE, proxy: url() });
    const thrown = await rejection(model.invoke("Hello"));
    expect(thrown.message).toMatch(/^Could not reach Bedrock: proxy http:\/\/127\.0\.0\.1:\d+\/?: .*(407|auth)/i);
    for (const shown of [thrown.message, thrown.stack, inspect(thrown, { depth: 9, showHidden: true }), JSON.stringify(thrown)]) {
      expect(shown).not.toMatch(/wr0ng|password@|alice/);
    }
    expect(guarded.targets).toHaveLength(1);
    expect(bedrock.requests).toHaveLength(0);
  });

  test("nor is it in what a model shows of itself", () => {
    const model = ourModel(bedrock, { endpointUrl: front.url, proxy: login(PASSWORD) });
    const shown = [inspect(model, { depth: 9, showHidden: true }), JSON.stringify(model), String(model)].join("\n");
    expect(shown).not.toContain(PASSWORD);
    expect(shown).not.toContain(encodeURIComponent(PASSWORD));
  });
});

test("nobody at the proxy's address: an error that names it", async () => {
  const gone = await startConnectProxy();
  await gone.close();
  const thrown = await rejection(ourModel(bedrock, { endpointUrl: front.url, proxy: gone.url }).invoke("Hello"));
  expect(thrown.message).toMatch(new RegExp(`^Could not reach Bedrock: .*127\\.0\\.0\\.1:${gone.port}`));
});

test("a variable that is no URL is an error, not a direct connection", async () => {
  process.env.HTTPS_PROXY = "http://user:pass word@proxy.example:8080";
  const thrown = await rejection(ask());
  expect(thrown.message).toMatch(/HTTPS_PROXY|proxy/i);
  expect(thrown.message).not.toContain("pass word");
  expect(bedrock.requests).toHaveLength(0);
});
