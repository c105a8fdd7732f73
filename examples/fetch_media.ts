/** Shows the model a picture that the message names by its URL: `fetchMedia` fetches it, here from a server in this process. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { HumanMessage } from "@langchain/core/messages";
import { ChatBedrockConverse } from "langchain-aws-native";
import { madeUpCertificate } from "langchain-aws-native/testing";

/** One transparent pixel. */
const png = Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==", "base64");
const { key, cert, authority } = madeUpCertificate();
const server = createServer({ key, cert }, (_request, response) => void response.writeHead(200, { "content-type": "image/png" }).end(png));
await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
const folder = mkdtempSync(join(tmpdir(), "fetch-media-"));
writeFileSync(join(folder, "authority.pem"), authority);

const model = new ChatBedrockConverse({
  model: "anthropic.claude-haiku-4-5-20251001-v1:0",
  // Of a real host neither its certificate nor its address needs a word: `fetchMedia: { hosts: ["cdn.example.com"] }`.
  caBundle: join(folder, "authority.pem"),
  fetchMedia: { hosts: [host], allowPrivateAddresses: true },
});
const ask = (url: string): HumanMessage[] => [new HumanMessage({ content: [{ type: "text", text: "Describe the picture." }, { type: "image", url }] })];

const message = await model.invoke(ask(`https://${host}/pixel.png`));
console.log(message.text);
const { mediaToFetch } = await model.explainRequest(ask(`https://${host}/pixel.png`));
console.log(mediaToFetch.map(({ path }) => path));
const refused = await model.invoke(ask("https://example.com/pixel.png")).catch((error: Error) => error.message);
console.log(refused);
server.close();
rmSync(folder, { recursive: true });
