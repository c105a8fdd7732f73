/**
 * Writes `__test__/fixtures/providers`: AI messages as the classes of other providers make them, for tests of conversations that go on at Bedrock.
 *
 * `node scripts/provider_messages.mjs` installs the packages below in a folder for the time of the run (they take 130 MB, so they are no dependencies)
 * and has each class ask a server on this machine, which answers as the provider does: whole and streamed, with content of v0 and of v1
 * (`outputVersion`). Needs npm, and nothing of the providers.
 */
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { npm, root } from "./packed.mjs";
import { cutMessages, messages } from "./provider_messages/anthropic.mjs";
import { generateContent } from "./provider_messages/google.mjs";
import { groq, mistral } from "./provider_messages/mistral_and_groq.mjs";
import { chatCompletions, responses } from "./provider_messages/openai.mjs";

const VERSIONS = {
  "@langchain/core": "1.4.0",
  "@langchain/openai": "1.6.0",
  "@langchain/anthropic": "1.5.11",
  "@langchain/google-genai": "2.3.2",
  "@langchain/mistralai": "1.2.0",
  "@langchain/groq": "1.3.1",
};

/** A file for each. */
const APIS = {
  openai_chat_completions: [chatCompletions],
  openai_responses: [responses],
  anthropic: [messages, cutMessages],
  google: [generateContent],
  mistral: [mistral],
  groq: [groq],
};

/** How a message is asked for. A sum of chunks is what an application keeps of a stream. */
const WAYS = {
  invoke: (model) => model.invoke("Hello"),
  async stream(model) {
    let sum;
    for await (const chunk of await model.stream("Hello")) sum = sum === undefined ? chunk : sum.concat(chunk);
    return sum;
  },
};

const FIELDS = ["content", "additional_kwargs", "response_metadata", "id", "name", "tool_calls", "invalid_tool_calls", "tool_call_chunks", "usage_metadata"];

const folder = install();
const require = createRequire(join(folder, "index.js"));
let answer = { type: "application/json", body: "{}" };
const server = createServer((incoming, response) => incoming.resume().on("end", () => response.writeHead(200, { "content-type": answer.type }).end(answer.body)));
await once(server.listen(0, "127.0.0.1"), "listening");
const url = `http://127.0.0.1:${server.address().port}`;
const target = join(root, "__test__", "fixtures", "providers");
mkdirSync(target, { recursive: true });
for (const [name, apis] of Object.entries(APIS)) {
  const made = [];
  for (const api of apis) made.push(...(await messagesOf(api)));
  writeFileSync(join(target, `${name}.json`), withCountedIds(`[\n${made.map((message) => JSON.stringify(message)).join(",\n")}\n]\n`));
  console.log(`${name}: ${made.length} messages`);
}
server.close();
rmSync(folder, { recursive: true });

function install() {
  const folder = mkdtempSync(join(tmpdir(), "provider-messages-"));
  writeFileSync(join(folder, "package.json"), JSON.stringify({ private: true, dependencies: VERSIONS }));
  npm(folder, "install");
  return folder;
}

/** What a class makes of each answer. */
async function messagesOf({ answers, events, said, model, package: name, ways = Object.keys(WAYS) }) {
  const module = require(name);
  const made = [];
  for (const [kind, wire] of Object.entries(answers)) {
    for (const way of ways) {
      answer = way === "stream" ? { type: "text/event-stream", body: events(wire) } : { type: "application/json", body: JSON.stringify(wire) };
      for (const outputVersion of ["v0", "v1"]) {
        const message = await WAYS[way](model(module, url, { outputVersion, streaming: way === "stream" }));
        // Of an answer that says nothing some classes stream nothing.
        if (message === undefined) continue;
        const fields = Object.fromEntries(FIELDS.filter((field) => message[field] !== undefined).map((field) => [field, message[field]]));
        made.push({ kind, way, outputVersion, class: message.constructor.name, said: keptIn(fields, said(wire)), fields });
      }
    }
  }
  return made;
}

/** Of the texts of an answer those that the class kept, as a whole or in pieces. */
function keptIn(fields, texts) {
  const pieces = Array.isArray(fields.content) ? fields.content.map(({ text }) => text ?? "").join("") : "";
  const kept = JSON.stringify([fields, pieces]);
  return texts.filter((text) => typeof text === "string" && text.trim() !== "" && kept.includes(JSON.stringify(text).slice(1, -1)));
}

/** The ids that classes draw are counted instead, so that each run writes the same. */
function withCountedIds(json) {
  const ids = [];
  return json.replace(/[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}/g, (id) => {
    if (!ids.includes(id)) ids.push(id);
    const counted = `00000000-0000-4000-8000-${String(ids.indexOf(id) + 1).padStart(12, "0")}`;
    return id.includes("-") ? counted : counted.replaceAll("-", "");
  });
}
