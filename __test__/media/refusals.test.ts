/** What `fetchMedia` does not fetch, and what it says: one sentence with the place of the block and the URL without what may be a secret. */
import { HumanMessage } from "@langchain/core/messages";
import type { ChatBedrockConverseInput, FetchMediaOptions } from "langchain-aws-native";
import { startBedrock, type Bedrock } from "langchain-aws-native/testing";
import { isAllowed, isHostEntry } from "../../langchain/connection/media_hosts.js";
import { useCleanEnvironment } from "../support/environment.js";
import { ourModel, ourModelByClient } from "../support/models.js";
import { rejection } from "../support/rejection.js";
import { startConnectProxy, type ConnectProxy } from "../support/servers/connect_proxy.js";
import { type Answer, file, redirect, startMediaServer, type MediaServer } from "../support/servers/media.js";
import { startServer } from "../support/servers/loopback.js";
import { CA_FILE } from "../support/servers/tls.js";

useCleanEnvironment();

let bedrock: Bedrock;
let web: MediaServer;
let proxy: ConnectProxy;
beforeAll(async () => {
  bedrock = await startBedrock();
  web = await startMediaServer();
  proxy = await startConnectProxy();
});
beforeEach(() => {
  bedrock.reset();
  web.answers.clear();
  web.requests.length = proxy.targets.length = 0;
});
afterAll(() => Promise.all([bedrock.close(), web.close(), proxy.close()]));

const PNG = Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==", "base64");
const JPEG = Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 0x10, 0x4a, 0x46]);
const PDF = Buffer.from("%PDF-1.7\n%made up\n");
const HTML = Buffer.from("<!doctype html><p>Sign in.");

const allow = (options: Partial<FetchMediaOptions> = {}): FetchMediaOptions => ({ hosts: [web.host], allowPrivateAddresses: true, ...options });
const fields = (options: Partial<FetchMediaOptions> = {}): ChatBedrockConverseInput => ({ caBundle: CA_FILE, fetchMedia: allow(options) });
const ask = (...blocks: object[]): HumanMessage[] => [new HumanMessage({ content: [{ type: "text", text: "What is this?" }, ...(blocks as never[])] })];
const image = (url: string): object => ({ type: "image", url });

async function refusal(block: object, options: Partial<FetchMediaOptions> = {}, more: ChatBedrockConverseInput = {}): Promise<Error & { code?: string }> {
  const thrown = await rejection<Error & { code?: string }>(ourModel(bedrock, { ...fields(options), ...more }).invoke(ask(block)));
  expect(bedrock.requests).toEqual([]);
  return thrown;
}

/** Why `/a?secret=1` could not be fetched. */
async function why(answer: Answer, options: Partial<FetchMediaOptions> = {}): Promise<string> {
  web.answers.set("/a?secret=1", answer);
  const { message } = await refusal(image(web.url("/a?secret=1#secret")), options);
  expect(message).not.toContain("secret");
  const start = `messages[0].content[1]: ${web.url("/a")} could not be fetched: `;
  expect(message.slice(0, start.length)).toBe(start);
  return message.slice(start.length);
}

describe("hosts", () => {
  test.each<[string, string[], boolean]>([
    ["a host with its port", ["127.0.0.1:PORT"], true],
    ["a host without the port", ["127.0.0.1"], false],
    ["another port", ["127.0.0.1:1"], false],
    ["another host", ["localhost:PORT", "example.com"], false],
    ["none", [], false],
  ])("%s", async (_what, entries, isFetched) => {
    web.answers.set("/a", file(PNG, "image/png"));
    const hosts = entries.map((entry) => entry.replace("PORT", String(web.front.port)));
    const asked = ourModel(bedrock, fields({ hosts })).invoke(ask(image(web.url("/a"))));
    if (isFetched) expect((await asked).text).not.toBe("");
    else expect((await rejection(asked)).message).toBe(`messages[0].content[1]: ${web.url("/a")} could not be fetched: fetchMedia.hosts does not allow ${web.host}.`);
    expect(web.requests).toHaveLength(isFetched ? 1 : 0);
  });

  test.each<[string, string, boolean]>([
    ["*.example.com", "a.example.com", true],
    ["*.example.com", "a.b.example.com", true],
    ["*.example.com", "example.com", false],
    ["*.example.com", "badexample.com", false],
    ["*.example.com", ".example.com", false],
    ["*.example.com", "a.example.com:8443", false],
    ["*.example.com:8443", "a.example.com:8443", true],
    ["*.example.com", "a.example.com.evil.net", false],
    ["example.com", "example.com", true],
    ["example.com", "EXAMPLE.com", true],
    ["example.com", "example.com.", false],
    ["example.com", "a.example.com", false],
    ["example.com", "example.com@evil.net", false],
    ["example.com", "evil.net/example.com", false],
    ["xn--bcher-kva.example", "bücher.example", true],
  ])("%s and https://%s", async (entry, host, isFetched) => {
    expect(isHostEntry(entry)).toBe(true);
    expect(await isAllowed(new URL(`https://${host}`), [entry])).toBe(isFetched);
  });

  test("a function is asked with the URL, also later, and what it does to that changes nothing", async () => {
    web.answers.set("/a?x=1", file(PNG, "image/png"));
    const asked: string[] = [];
    const hosts = async (url: URL): Promise<boolean> => {
      asked.push(url.href);
      await new Promise((resolve) => setImmediate(resolve));
      url.href = "https://example.com/elsewhere";
      return true;
    };
    await ourModel(bedrock, fields({ hosts })).invoke(ask(image(web.url("/a?x=1"))));
    expect(asked).toEqual([web.url("/a?x=1")]);
  });

  test.each<[string, unknown]>([
    ["false", false],
    ["undefined", undefined],
    ["what is only truthy", "no"],
  ])("a function that returns %s refuses", async (_what, answer) => {
    const { message } = await refusal(image(web.url("/a")), { hosts: () => answer as boolean });
    expect(message).toContain("fetchMedia.hosts does not allow");
    expect(web.requests).toEqual([]);
  });

  test("what a function throws is thrown as it is", async () => {
    const reason = Object.freeze(new Error("No."));
    expect(await refusal(image(web.url("/a")), { hosts: () => Promise.reject(reason) })).toBe(reason);
  });
});

describe("addresses", () => {
  const PLACES: [string, string][] = [
    ["this machine", "https://127.0.0.1/a"],
    ["this machine, in another notation", "https://0x7f.1/a"],
    ["this machine by its name", "https://localhost/a"],
    ["this machine in IPv6", "https://[::1]/a"],
    ["this machine as IPv4 in IPv6", "https://[::ffff:127.0.0.1]/a"],
    ["a private network", "https://10.1.2.3/a"],
    ["all addresses of this machine", "https://0.0.0.0/a"],
    ["the instance's metadata", "https://169.254.169.254/latest/meta-data/"],
  ];

  test.each(PLACES)("%s is not reached, whatever hosts says", async (_what, url) => {
    const { message } = await refusal(image(url), { hosts: () => true, allowPrivateAddresses: false });
    expect(message).toMatch(/^messages\[0\]\.content\[1\]: https:\/\/\S+ could not be fetched: its host has the address \S+, which is none of the public Internet\.$/);
  });

  test.each(PLACES)("nor through a proxy: %s", async (_what, url) => {
    const { message } = await refusal(image(url), { hosts: () => true, allowPrivateAddresses: false }, { proxy: proxy.url });
    expect(message).toContain("which is none of the public Internet");
    expect(proxy.targets).toEqual([]);
  });

  test("the instance's metadata is not reached where private addresses are", async () => {
    const { message } = await refusal(image("https://169.254.169.254/latest/meta-data/"), { hosts: () => true });
    expect(message).toContain("which is none of the public Internet");
  });
});

describe("redirects", () => {
  const chain = (count: number): void => {
    for (let index = 0; index < count; index++) web.answers.set(`/r${index}`, redirect(index + 1 === count ? "/cat.png" : `/r${index + 1}`, [301, 302, 303, 307, 308][index % 5]));
    web.answers.set("/cat.png", file(PNG, "image/png"));
  };

  test("three are followed, each asked about", async () => {
    chain(3);
    const asked: string[] = [];
    await ourModel(bedrock, fields({ hosts: (url) => asked.push(url.pathname) > 0 })).invoke(ask(image(web.url("/r0"))));
    expect(asked).toEqual(["/r0", "/r1", "/r2", "/cat.png"]);
  });

  test("not four", async () => {
    chain(4);
    expect((await refusal(image(web.url("/r0")))).message).toMatch(/\/r0 could not be fetched: it redirects to \S+\/r3, and the server redirects once more; 3 redirects are followed\.$/);
    expect(web.requests).toHaveLength(4);
  });

  test("a loop ends", async () => {
    expect(await why(redirect("/a?secret=1"))).toContain("3 redirects are followed");
    expect(web.requests).toHaveLength(4);
  });

  test.each<[string, string, string]>([
    ["http", "http://127.0.0.1/b?secret=2", "it redirects to http://127.0.0.1/b, and only https: URLs are fetched."],
    ["a file", "file:///etc/passwd", "it redirects to file:///etc/passwd, and only https: URLs are fetched."],
    ["data", "data:image/png;base64,iVBORw0KGgo=", "it redirects to data://image/png;base64,iVBORw0KGgo=, and only https: URLs are fetched."],
    ["another host", "https://example.com/b?secret=2", "it redirects to https://example.com/b, and fetchMedia.hosts does not allow example.com."],
    ["a login", "https://me:secret@example.com/b", "it redirects to https://example.com/b, and a URL with a user's name or password is not fetched."],
    ["no URL", "https://", "the server redirects to what is no URL."],
  ])("to %s are not followed", async (_what, location, sentence) => {
    expect(await why(redirect(location))).toBe(sentence);
    expect(web.requests).toHaveLength(1);
  });

  test("to a private address are not followed", async () => {
    const hosts = (url: URL): boolean => url.host === web.host || url.hostname === "169.254.169.254";
    const sentence = "it redirects to https://169.254.169.254/latest, and its host has the address 169.254.169.254, which is none of the public Internet.";
    expect(await why(redirect("https://169.254.169.254/latest"), { hosts })).toBe(sentence);
  });

  test("without a place", async () => {
    expect(await why((response) => void response.writeHead(302).end())).toBe("it redirects without saying where to.");
  });
});

describe("answers", () => {
  test.each<[string, Answer, string]>([
    ["an error", (response) => void response.writeHead(403).end("secret"), "the server answers with HTTP status 403."],
    ["a part", (response) => void response.writeHead(206, { "content-type": "image/png" }).end(PNG), "the server answers with HTTP status 206."],
    ["nothing", (response) => void response.writeHead(200, { "content-type": "image/png" }).end(), "the server answers without a body."],
    ["compressed", file(PNG, "image/png", { "content-encoding": "gzip" }), "the server sends it compressed (gzip), which was not asked for."],
  ])("%s", async (_what, answer, sentence) => {
    expect(await why(answer)).toBe(sentence);
  });

  test("too large, as the server says", async () => {
    expect(await why(file(Buffer.alloc(1_001), "image/png"), { maxBytes: 1_000 })).toBe("it has 1001 bytes, and fetchMedia.maxBytes is 1000.");
  });

  test("too large, although the server says nothing: reading ends", async () => {
    let closed: Promise<void> | undefined;
    const endless: Answer = (response) => {
      closed = new Promise((resolve) => response.once("close", () => resolve()));
      const write = (): void => {
        while (!response.destroyed) if (!response.write(Buffer.alloc(16 * 1024))) return void response.once("drain", write);
      };
      write();
    };
    expect(await why(endless, { maxBytes: 100_000 })).toBe("it has more than 100000 bytes, which is fetchMedia.maxBytes.");
    await closed;
  });

  test("exactly as large as may be", async () => {
    web.answers.set("/a", file(PNG, "image/png"));
    await ourModel(bedrock, fields({ maxBytes: PNG.length })).invoke(ask(image(web.url("/a"))));
    expect(bedrock.requests).toHaveLength(1);
  });

  test("an answer that breaks off", async () => {
    const broken: Answer = (response) => {
      response.writeHead(200, { "content-type": "image/png", "content-length": 1_000 });
      response.write(PNG, () => response.destroy());
    };
    expect(await why(broken)).toMatch(/\w/);
  });

  test("nobody at the address: an error with its code", async () => {
    const gone = await startMediaServer();
    await gone.close();
    const thrown = await refusal(image(gone.url("/a")), { hosts: [gone.host] });
    expect(thrown.message).toMatch(/could not be fetched: ECONNREFUSED: /);
    expect(thrown.code).toBe("ECONNREFUSED");
  });

  test("a certificate that nobody vouches for", async () => {
    web.answers.set("/a", file(PNG, "image/png"));
    const { message } = await rejection(ourModel(bedrock, { fetchMedia: allow() }).invoke(ask(image(web.url("/a")))));
    expect(message).toMatch(/could not be fetched: .*(UnknownIssuer|certificate)/);
    expect(web.requests).toEqual([]);
  });

  test("a server that does not speak TLS", async () => {
    const plain = await startServer((_request, response) => void response.end("Hello"));
    const { message } = await refusal(image(`https://127.0.0.1:${plain.port}/a`), { hosts: [`127.0.0.1:${plain.port}`] });
    expect(message).toContain("could not be fetched: ");
    expect(plain.requests).toEqual([]);
    await plain.close();
  });
});

describe("content type and first bytes", () => {
  const sent = (): unknown => (bedrock.requests.at(-1)?.body.messages as unknown as [{ content: unknown[] }])[0].content[1];
  const document = (url: string, members: object = {}): object => ({ type: "file", url, ...members });

  test.each<[string, Buffer, string | undefined, object]>([
    ["a type with parameters", PNG, "image/png; charset=binary", { image: { format: "png" } }],
    ["image/jpg", JPEG, "image/jpg", { image: { format: "jpeg" } }],
    ["no type: the bytes decide", JPEG, undefined, { image: { format: "jpeg" } }],
    ["application/octet-stream: the bytes decide", PNG, "application/octet-stream", { image: { format: "png" } }],
    ["binary/octet-stream, as S3 says", PNG, "binary/octet-stream", { image: { format: "png" } }],
  ])("%s", async (_what, body, type, expected) => {
    web.answers.set("/a.webp", file(body, type));
    await ourModel(bedrock, fields()).invoke(ask(image(web.url("/a.webp"))));
    expect(sent()).toMatchObject(expected);
  });

  test.each<[string, string, Buffer, string | undefined, object, string]>([
    ["a text that the server calls plain, by the ending", "/a.csv", Buffer.from("a,b\n1,2"), "text/plain", {}, "csv"],
    ["a text that the server calls plain, by what the block says", "/a", Buffer.from("# A"), "text/plain; charset=utf-8", { mimeType: "text/markdown" }, "md"],
    ["a text that the server calls plain", "/a", Buffer.from("A"), "text/plain", {}, "txt"],
    ["a text without a type, by the ending", "/a.md", Buffer.from("# A"), undefined, {}, "md"],
    ["a page", "/a", HTML, "text/html", {}, "html"],
    ["a PDF without a type", "/a", PDF, "application/octet-stream", {}, "pdf"],
  ])("%s", async (_what, path, body, type, members, format) => {
    web.answers.set(path, file(body, type));
    await ourModel(bedrock, fields()).invoke(ask(document(web.url(path), members)));
    expect(sent()).toMatchObject({ document: { format, source: { bytes: body.toString("base64") } } });
  });

  test("what the block says is corrected, with a warning", async () => {
    web.answers.set("/a", file(PNG, "image/png"));
    const { response_metadata } = await ourModel(bedrock, fields()).invoke(ask({ type: "image", url: web.url("/a"), mimeType: "image/jpeg" }));
    expect(sent()).toMatchObject({ image: { format: "png" } });
    expect(response_metadata["warnings"]).toMatchObject([{ code: "media_format_corrected", path: "messages[0].content[1]" }]);
  });

  test.each<[string, object, string, Buffer, string | undefined, string]>([
    ["an image of another format", { type: "image" }, "/a", JPEG, "image/png", "it is said to be image/png, but its first bytes are those of jpeg"],
    ["no image", { type: "image" }, "/a", HTML, "image/png", "it is said to be image/png, but its first bytes are not those of png"],
    ["a page in place of an image", { type: "image" }, "/a", HTML, "text/html", "its server says that it is text/html, and the formats are"],
    ["an image that is a PDF", { type: "image" }, "/a", PDF, "application/octet-stream", "neither its server nor its first bytes nor its name tell its format"],
    ["an image by its ending only", { type: "image" }, "/a.png", HTML, undefined, "it is said to be png, but its first bytes are not those of png"],
    ["svg", { type: "image" }, "/a", Buffer.from("<svg/>"), "image/svg+xml", "its server says that it is image/svg+xml"],
    ["a PDF as text", { type: "file" }, "/a", PDF, "text/plain", "it is said to be text/plain, but its first bytes are those of pdf"],
    ["an image as text", { type: "file" }, "/a", PNG, "text/csv", "it is said to be text/csv, but its first bytes are not those of csv"],
    ["a page as a PDF", { type: "file" }, "/a", HTML, "application/pdf", "it is said to be application/pdf, but its first bytes are not those of pdf"],
    ["an archive", { type: "file" }, "/a", Buffer.from("PK\x03\x04"), "application/zip", "its server says that it is application/zip"],
  ])("%s is refused", async (_what, block, path, body, type, sentence) => {
    web.answers.set(`${path}?secret=1`, file(body, type));
    const { message } = await refusal({ ...block, url: web.url(`${path}?secret=1`) });
    expect(message.startsWith(`messages[0].content[1]: The file at ${web.url(path)} is not used as ${(block as { type: string }).type === "image" ? "an image" : "a document"}: ${sentence}`)).toBe(true);
    expect(message).not.toContain("secret");
  });

  test("a file that is too large for the model is refused with its place", async () => {
    const large = Buffer.concat([PNG, Buffer.alloc(4_000_000)]);
    web.answers.set("/a", file(large, "image/png"));
    const { message } = await refusal(image(web.url("/a")));
    expect(message).toBe(`messages[0].content[1]: The image has ${large.length} bytes, and the model takes 3932160 at most: make it smaller, or split it.`);
  });
});

describe("URLs", () => {
  test.each<[string, string, RegExp]>([
    ["http", "http://example.com/a.png", /^messages\[0\]\.content\[1\]: The URL in this image block does not begin with `https:\/\/`, and `fetchMedia` fetches no others\.$/],
    ["ftp", "ftp://example.com/a.png", /fetches no others/],
    ["a file", "file:///etc/passwd", /^messages\[0\]\.content\[1\]: A `file:` URL in a image block is not read, .*`mediaFromFile\(path\)`/],
    ["a file in other letters", "FILE:/etc/passwd", /`mediaFromFile\(path\)`/],
    ["a login", "https://me:secret@example.com/a", /https:\/\/example\.com\/a could not be fetched: a URL with a user's name or password is not fetched\.$/],
    ["no host", "https://", /^messages\[0\]\.content\[1\]: what the block has as its URL is none\.$/],
  ])("%s", async (_what, url, sentence) => {
    const { message } = await refusal(image(url), { hosts: () => true });
    expect(message).toMatch(sentence);
    expect(message).not.toContain("secret");
  });

  test("a file is refused without fetchMedia too", async () => {
    await expect(ourModel(bedrock).invoke(ask(image("file:///etc/passwd")))).rejects.toThrow("mediaFromFile(path)");
  });

  test("an s3:// URI is left to Bedrock", async () => {
    await ourModel(bedrock, fields({ hosts: [] })).invoke(ask(image("s3://bucket/a.png")));
    expect(bedrock.requests[0]?.rawBody.toString()).toContain('"s3Location":{"uri":"s3://bucket/a.png"}');
  });

  test("more than 100 for one call", async () => {
    const { message } = await refusal(image(web.url("/0")), {}, { adaptation: "off" }).catch(() => ({ message: "" }));
    expect(message).not.toBe("");
    const many = Array.from({ length: 101 }, (_, index) => image(web.url(`/${index}`)));
    await expect(ourModel(bedrock, { ...fields(), adaptation: "off" }).invoke(ask(...many))).rejects.toThrow("messages[0].content[101]: the messages name 101 files to fetch; 100 are fetched for one call.");
  });
});

describe("limits", () => {
  const silent: Answer = () => undefined;
  /** Half an answer, and the moment when the client leaves it. */
  const stalling = (): { answer: Answer; left: Promise<void> } => {
    let leave = (): void => undefined;
    const left = new Promise<void>((resolve) => (leave = resolve));
    const answer: Answer = (response) => {
      response.once("close", leave);
      response.writeHead(200, { "content-type": "image/png" }).write(PNG);
    };
    return { answer, left };
  };

  test.each([
    ["the native client", ourModel],
    ["AWS's client for JavaScript", ourModelByClient],
  ])("timeout, by %s", async (_way, modelOf) => {
    const { answer, left } = stalling();
    web.answers.set("/a?secret=1", answer);
    const thrown = await rejection(modelOf(bedrock, fields({ timeout: 150 })).invoke(ask(image(web.url("/a?secret=1")))));
    expect(thrown).toMatchObject({ message: `messages[0].content[1]: fetchMedia timed out after 150 ms while waiting for the file at ${web.url("/a")}.`, code: "ETIMEDOUT" });
    await left;
  });

  test("responseTimeout, if it is shorter", async () => {
    web.answers.set("/a", silent);
    const { message } = await refusal(image(web.url("/a")), {}, { responseTimeout: 100 });
    expect(message).toBe(`messages[0].content[1]: Bedrock Converse timed out after 100 ms while waiting for the file at ${web.url("/a")}.`);
  });

  test("timeout, of a function that does not answer", async () => {
    const { message } = await refusal(image(web.url("/a")), { timeout: 50, hosts: () => new Promise(() => undefined) });
    expect(message).toContain("fetchMedia timed out after 50 ms");
  });

  test.each(["invoke", "stream"] as const)("the signal of a call, %s", async (method) => {
    const { answer, left } = stalling();
    const controller = new AbortController();
    web.answers.set("/a", (response, request) => {
      answer(response, request);
      setImmediate(() => controller.abort(reason));
    });
    const reason = Object.freeze(new Error("The user left."));
    const model = ourModel(bedrock, fields());
    const call = async (): Promise<unknown> => {
      if (method === "invoke") return model.invoke(ask(image(web.url("/a"))), { signal: controller.signal });
      for await (const chunk of await model.stream(ask(image(web.url("/a"))), { signal: controller.signal })) void chunk;
      return undefined;
    };
    expect(await rejection(call())).toBe(reason);
    await left;
    expect(bedrock.requests).toEqual([]);
  });

  test("one failure gives the others up", async () => {
    const { answer, left } = stalling();
    let isAsked = (): void => undefined;
    const asked = new Promise<void>((resolve) => (isAsked = resolve));
    web.answers.set("/slow", (response, request) => {
      answer(response, request);
      isAsked();
    });
    web.answers.set("/wrong", (response) => void asked.then(() => response.writeHead(500).end()));
    await expect(ourModel(bedrock, fields()).invoke(ask(image(web.url("/slow")), image(web.url("/wrong"))))).rejects.toThrow("messages[0].content[2]: ");
    await left;
  });
});

describe("a proxy", () => {
  test("is asked for a tunnel, as for Bedrock", async () => {
    web.answers.set("/a", file(PNG, "image/png"));
    await ourModel(bedrock, { ...fields(), proxy: proxy.url, noProxy: `127.0.0.1:${bedrock.port}` }).invoke(ask(image(web.url("/a"))));
    expect(proxy.targets).toContain(web.host);
    expect(web.requests).toHaveLength(1);
  });

  test("resolves a name that this machine cannot, and the name goes there", async () => {
    const { message } = await refusal(image("https://nowhere.invalid/a"), { hosts: ["nowhere.invalid"], allowPrivateAddresses: false }, { proxy: proxy.url });
    expect(message).toMatch(/could not be fetched: .*proxy/);
    expect(proxy.targets).toEqual(["nowhere.invalid:443"]);
  });

  test("its password is in no error", async () => {
    const guarded = await startConnectProxy({ login: "alice:right" });
    const { message } = await refusal(image(web.url("/a")), {}, { proxy: guarded.url.replace("//", "//alice:wr0ng@") });
    expect(message).not.toMatch(/alice|wr0ng/);
    await guarded.close();
  });
});
