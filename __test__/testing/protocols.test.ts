import { X509Certificate } from "node:crypto";
import { existsSync, writeFileSync } from "node:fs";
import { type AddressInfo, connect, createServer } from "node:net";
import { BedrockRuntimeClient, ConverseCommand, ConverseStreamCommand, CountTokensCommand } from "@aws-sdk/client-bedrock-runtime";
import { ChatBedrockConverse as PeerChatBedrockConverse } from "@langchain/aws";
import { hang, reset, stall, startBedrock, truncated, type Bedrock } from "../../testing/index.js";
import { madeUpCertificate } from "../../testing/certificate.js";
import { run } from "../support/child.js";
import { ourModel } from "../support/models.js";
import { ask, collect } from "./support.js";

/** AWS's client as applications make it: it begins with HTTP/2. */
function http2Client({ url, region, credentials }: Bedrock): BedrockRuntimeClient {
  return new BedrockRuntimeClient({ endpoint: url, region, credentials, maxAttempts: 1 });
}

/** As a process that ends may leave a connection: closed, without a word of the protocol. */
test.each(["1.1", "2"] as const)("a client over HTTP/%s that is gone is noticed by the end of its connection alone", async (httpVersion) => {
  const bedrock = await startBedrock();
  const leave = new AbortController();
  const relay = createServer({ allowHalfOpen: true }, (client) => {
    const upstream = connect(bedrock.port, "127.0.0.1");
    client.pipe(upstream);
    upstream.pipe(client, { end: false });
    leave.signal.addEventListener("abort", () => (client.unpipe(upstream), upstream.end()));
    for (const socket of [client, upstream]) socket.on("error", () => undefined);
    upstream.once("close", () => client.destroy());
  });
  await new Promise<void>((resolve) => relay.listen(0, "127.0.0.1", resolve));
  const arrival = new Promise<{ closed: Promise<void> }>((resolve) => bedrock.reply((request) => (resolve(request), hang())));
  const { port } = relay.address() as AddressInfo;
  const model = ourModel(bedrock, { endpointUrl: `http://127.0.0.1:${port}`, httpVersion, maxRetries: 0 });
  const failure = expect(model.invoke("Hello")).rejects.toThrow();
  const { closed } = await arrival;
  leave.abort();
  await closed;
  await failure;
  relay.close();
  await bedrock.close();
});

describe("HTTP/2 without TLS", () => {
  let bedrock: Bedrock;
  let client: BedrockRuntimeClient;
  beforeEach(async () => {
    bedrock = await startBedrock();
    client = http2Client(bedrock);
  });
  afterEach(async () => {
    client.destroy();
    await bedrock.close();
  });

  test("AWS's client needs no handler of its own", async () => {
    const { messages, modelId } = ask("Hello");
    const answered = await client.send(new ConverseCommand(ask("Hello")));
    const { stream } = await client.send(new ConverseStreamCommand(ask("Hello")));
    const counted = await client.send(new CountTokensCommand({ modelId, input: { converse: { messages } } }));
    expect(answered.output?.message?.content).toEqual([{ text: "You said: Hello" }]);
    expect((await collect(stream)).at(-1)).toHaveProperty("metadata.usage.inputTokens", counted.inputTokens);
    expect(bedrock.requests.map(({ response, aborted }) => [response.status, aborted])).toEqual([[200, false], [200, false], [200, false]]);
    expect(bedrock.requests[0]!.headers["host"]).toBe(`127.0.0.1:${bedrock.port}`);
  });

  test("nor does the peer", async () => {
    const model = new PeerChatBedrockConverse({ model: "anthropic.claude-3-haiku-20240307-v1:0", region: bedrock.region, client });
    expect((await model.invoke("Hello")).content).toBe("You said: Hello");
    expect((await collect(await model.stream("Hello"))).map(({ content }) => content).join("")).toBe("You said: Hello");
  });

  test("faults are faults of the connection there too", async () => {
    bedrock.reply(reset(), truncated("one two", { afterEvents: 2, abrupt: true }), truncated("one two"));
    await expect(client.send(new ConverseCommand(ask("Hello")))).rejects.toThrow();
    const { stream } = await client.send(new ConverseStreamCommand(ask("Hello")));
    // This client takes what arrived for the whole: only the missing messageStop tells.
    expect(await collect(stream)).toHaveLength(2);
    await expect(client.send(new ConverseCommand(ask("Hello")))).rejects.toThrow();
    expect(bedrock.requests.map(({ aborted }) => aborted)).toEqual([false, false, false]);
  });

  test("the endpoint closes with an answer under way", async () => {
    let called: () => void;
    const arrival = new Promise<void>((resolve) => (called = resolve));
    bedrock.reply(() => (called(), hang()));
    const failure = expect(client.send(new ConverseCommand(ask("Hello")))).rejects.toThrow();
    await arrival;
    await bedrock.close();
    await failure;
  });
});

describe("TLS", () => {
  test("a connection says what to trust, and the file goes with the endpoint", async () => {
    const bedrock = await startBedrock({ tls: true });
    expect(bedrock.url).toBe(`https://127.0.0.1:${bedrock.port}`);
    expect(bedrock.connection.caBundle).toBe(bedrock.certificateFile);
    const model = ourModel(bedrock);
    expect((await model.invoke("Hello")).text).toBe("You said: Hello");
    expect((await collect(await model.stream("Hello"))).map(({ text }) => text).join("")).toBe("You said: Hello");
    await bedrock.close();
    expect(existsSync(bedrock.certificateFile!)).toBe(false);
  });

  test.each([
    ["1.1", "host"],
    ["2", ":authority"],
  ] as const)("the endpoint sees the client leave over HTTP/%s", async (httpVersion, authority) => {
    await using bedrock = await startBedrock({ tls: true });
    bedrock.reply(stall("one two", { afterEvents: 2 }));
    const leave = new AbortController();
    const reading = (async () => {
      for await (const chunk of await ourModel(bedrock, { httpVersion }).stream("Hello", { signal: leave.signal })) if (chunk.text) leave.abort();
    })();
    await expect(reading).rejects.toThrow();
    await bedrock.requests[0]!.closed;
    expect(bedrock.requests[0]).toMatchObject({ aborted: true, headers: { [authority]: `127.0.0.1:${bedrock.port}` } });
  });

  test("AWS's client and the peer speak HTTP/2 to it, set up as for AWS", async () => {
    await using bedrock = await startBedrock({ tls: true });
    const printed = await run(
      `
      import { BedrockRuntimeClient, ConverseCommand, ConverseStreamCommand, CountTokensCommand } from "@aws-sdk/client-bedrock-runtime";
      import { ChatBedrockConverse } from "@langchain/aws";
      const { PORT, AWS_REGION: region } = process.env;
      const client = new BedrockRuntimeClient({ endpoint: "https://127.0.0.1:" + PORT, maxAttempts: 1 });
      const messages = [{ role: "user", content: [{ text: "Hello" }] }];
      const modelId = "anthropic.claude-3-haiku-20240307-v1:0";
      const { output } = await client.send(new ConverseCommand({ modelId, messages }));
      const { stream } = await client.send(new ConverseStreamCommand({ modelId, messages }));
      let text = "";
      for await (const { contentBlockDelta } of stream) text += contentBlockDelta?.delta.text ?? "";
      const { inputTokens } = await client.send(new CountTokensCommand({ modelId, input: { converse: { messages } } }));
      client.destroy();
      const model = new ChatBedrockConverse({ model: modelId, region, endpointHost: "127.0.0.1:" + PORT });
      let streamed = "";
      for await (const chunk of await model.stream("Hello")) streamed += chunk.content;
      console.log(JSON.stringify([output.message.content[0].text, text, inputTokens > 0, (await model.invoke("Hello")).content, streamed]));
      process.exit();`,
      {
        environment: {
          PORT: String(bedrock.port),
          NODE_EXTRA_CA_CERTS: bedrock.certificateFile!,
          AWS_REGION: bedrock.region,
          AWS_ACCESS_KEY_ID: bedrock.credentials.accessKeyId,
          AWS_SECRET_ACCESS_KEY: bedrock.credentials.secretAccessKey,
        },
      },
    );
    const said = "You said: Hello";
    expect(JSON.parse(printed)).toEqual([said, said, true, said, said]);
    expect(bedrock.requests).toHaveLength(5);
  });

  test("the certificate that is made up is a good one", () => {
    const { key, cert, authority } = madeUpCertificate(new Date("2026-01-31T12:00:00Z"));
    const certificate = new X509Certificate(cert);
    const issuer = new X509Certificate(authority);
    expect(key).toMatch(/^-----BEGIN PRIVATE KEY-----\n/);
    expect([issuer.ca, issuer.verify(issuer.publicKey), certificate.verify(issuer.publicKey), certificate.checkIssued(issuer)]).toEqual([true, true, true, true]);
    expect([certificate.checkIP("127.0.0.1"), certificate.checkHost("localhost"), certificate.ca]).toEqual(["127.0.0.1", "localhost", false]);
    expect([certificate.validFrom, certificate.validTo]).toEqual(["Jan 30 12:00:00 2026 GMT", "Jan 31 12:00:00 2027 GMT"]);
  });

  test("a key and a certificate of one's own are used; useless ones are an error that names them", async () => {
    const { authority, ...tls } = madeUpCertificate();
    await using bedrock = await startBedrock({ tls });
    const caBundle = bedrock.certificateFile!;
    writeFileSync(caBundle, authority);
    expect((await ourModel(bedrock, { caBundle }).invoke("Hello")).text).toBe("You said: Hello");
    await expect(startBedrock({ tls: { key: "k", cert: "c" } })).rejects.toThrow(/^The key and the certificate in `tls` cannot be used: /);
  });
});
