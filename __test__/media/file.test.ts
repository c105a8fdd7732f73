/** `mediaFromFile`: a file of this machine becomes a block that a message can have. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { HumanMessage } from "@langchain/core/messages";
import { mediaFromFile, type MediaBlock } from "langchain-aws-native";
import { startBedrock, type Bedrock } from "langchain-aws-native/testing";
import { ourModel } from "../support/models.js";
import { rejection } from "../support/rejection.js";

let bedrock: Bedrock;
let folder: string;
beforeAll(async () => {
  bedrock = await startBedrock();
  folder = mkdtempSync(join(tmpdir(), "media-"));
});
afterEach(() => bedrock.reset());
afterAll(async () => {
  await bedrock.close();
  rmSync(folder, { recursive: true });
});

const PNG = Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==", "base64");
const MP4 = Buffer.concat([Buffer.from([0, 0, 0, 0x18]), Buffer.from("ftypmp42"), Buffer.alloc(16)]);

function write(name: string, bytes: Uint8Array | string): string {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
}

const data = (bytes: Uint8Array | string): Uint8Array => new Uint8Array(Buffer.from(bytes as string));

test.each<[string, Uint8Array | string, object, Omit<MediaBlock, "data">]>([
  ["cat.png", PNG, {}, { type: "image", mimeType: "image/png" }],
  ["cat.jpg", PNG, {}, { type: "image", mimeType: "image/png" }],
  ["Q3 report.final.pdf", "%PDF-1.7\n", {}, { type: "file", mimeType: "application/pdf", metadata: { name: "Q3 report.final" } }],
  ["notes.md", "# Notes", { name: "mine" }, { type: "file", mimeType: "text/markdown", metadata: { name: "mine" } }],
  ["data", "a,b\n1,2", { mimeType: "text/csv" }, { type: "file", mimeType: "text/csv", metadata: { name: "data" } }],
  ["a.mp4", MP4, {}, { type: "video", mimeType: "video/mp4" }],
  ["a.wav", Buffer.from("RIFF\x01\x02\x03\x04WAVEfmt "), {}, { type: "audio", mimeType: "audio/wav" }],
])("%s", async (name, bytes, options, expected) => {
  expect(await mediaFromFile(write(name, bytes), options)).toEqual({ ...expected, data: data(bytes) });
});

test("the block is sent", async () => {
  const content = [{ type: "text", text: "What is this?" }, await mediaFromFile(write("cat.png", PNG)), await mediaFromFile(write("notes.md", "# Notes"))];
  await ourModel(bedrock).invoke([new HumanMessage({ content: content as never })]);
  expect((bedrock.requests[0]?.body.messages as unknown as [{ content: unknown[] }])[0].content.slice(1)).toEqual([
    { image: { format: "png", source: { bytes: PNG.toString("base64") } } },
    { document: { name: "notes", format: "md", source: { bytes: Buffer.from("# Notes").toString("base64") } } },
  ]);
});

test.each<[string, () => unknown, object, RegExp]>([
  ["a file that is not there", () => join(folder, "gone.png"), {}, /^mediaFromFile: .*gone\.png cannot be read \(ENOENT\)\.$/],
  ["a folder", () => folder, {}, /^mediaFromFile: .* is no file\.$/],
  ["a device", () => "/dev/null", {}, /^mediaFromFile: \/dev\/null is no file\.$/],
  ["an empty file", () => write("empty.png", ""), {}, /^mediaFromFile: .*empty\.png is empty\.$/],
  ["a file that is too large", () => write("large.png", PNG), { maxBytes: 10 }, /^mediaFromFile: .*large\.png has \d+ bytes, and maxBytes is 10\.$/],
  ["a page with the ending of an image", () => write("page.png", "<!doctype html>"), {}, /^mediaFromFile: neither the first bytes of .*page\.png nor its name say/],
  ["a program", () => write("a.exe", "MZ"), {}, /give its mimeType\.$/],
  ["an https URL", () => "https://example.com/a.png", {}, /^mediaFromFile: it reads files of this machine and no URLs: put it into the block's `url`, and name its host in `fetchMedia`\.$/],
  ["a file URL", () => "file:///etc/passwd", {}, /^mediaFromFile: it reads files of this machine and no URLs: give the path of a file\.$/],
  ["nothing", () => "", {}, /^mediaFromFile: the path must be a string that is not empty, but it is an empty string\.$/],
  ["a number", () => 3, {}, /^mediaFromFile: the path must be a string that is not empty, but it is 3\.$/],
  ["no limit", () => write("cat.png", PNG), { maxBytes: -1 }, /^mediaFromFile: maxBytes must be a whole number of at least 1/],
])("%s is refused", async (_what, path, options, sentence) => {
  expect((await rejection(mediaFromFile(path() as string, options))).message).toMatch(sentence);
});

(process.platform === "win32" ? test.skip : test)("a pipe is not waited for", async () => {
  const path = join(folder, "pipe.png");
  expect(spawnSync("mkfifo", [path]).status).toBe(0);
  await expect(mediaFromFile(path)).rejects.toThrow(/ is no file\.$/);
});
