import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ADDITIONS } from "./additions.js";
import { differencesOf } from "./compare.js";
import { differencesDocument } from "./differences.js";
import { SUBJECTS } from "./table.js";

const FILE = join(__dirname, "../../docs/differences.md");
const REASONS = [...ADDITIONS, ...SUBJECTS.flatMap(({ cases }) => cases.flatMap(differencesOf))].map(({ why }) => why);

test("docs/differences.md is what the table says", () => {
  const document = differencesDocument(SUBJECTS);
  if (process.env.UPDATE_DIFFERENCES) writeFileSync(FILE, document);
  expect(readFileSync(FILE, "utf8")).toBe(document);
});

test("each reason is a sentence on one line", () => {
  for (const why of REASONS) {
    expect(why).toMatch(/^[A-Z`].*\.$/u);
  }
});

test("no case stands in the table twice", () => {
  const names = SUBJECTS.flatMap(({ subject, cases }) => cases.map(({ name }) => `${subject}: ${name}`));
  expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
});
