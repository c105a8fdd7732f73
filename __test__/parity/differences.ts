import { ADDITIONS } from "./additions.js";
import { differencesOf } from "./compare.js";
import { type Aspect, type Group, GROUPS, type Subject } from "./types.js";

const GROUP_OF_ASPECT: Record<Aspect, Group> = {
  request: "Requests",
  message: "Answers",
  callbacks: "Answers",
  chunks: "Streams",
  events: "Streams",
  error: "Errors",
};

const HEAD = `# Differences from \`@langchain/aws\`

Where \`@langchain/aws\` 1.4.5 is right, this package does the same: the tests make the same calls of both packages, and compare request bodies byte
for byte, messages, chunks, content-block events and errors. This is what is different on purpose, and why.

<!-- Written from the table in __test__/parity; to write it again: UPDATE_DIFFERENCES=1 npm test -- __test__/parity -->
`;

/** The text of docs/differences.md: each reason once, under the first heading that it belongs to. */
export function differencesDocument(subjects: Subject[]): string {
  const groups = new Map<string, Group[]>();
  const add = (why: string, group: Group): void => void groups.set(why, [...(groups.get(why) ?? []), group]);
  for (const { why, group } of ADDITIONS) add(why, group);
  for (const { group, cases } of subjects) {
    for (const { what, why } of cases.flatMap(differencesOf)) add(why, group ?? GROUP_OF_ASPECT[what]);
  }
  const groupOf = (why: string): Group | undefined => GROUPS.find((group) => groups.get(why)?.includes(group));
  const sections = GROUPS.map((group) => {
    const lines = [...groups.keys()].filter((why) => groupOf(why) === group).map((why) => `- ${why}\n`);
    return `\n## ${group}\n\n${lines.join("")}`;
  });
  return HEAD + sections.join("");
}
