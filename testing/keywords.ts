/** Words without meaning for the choice of a tool. */
const COMMON = new Set(
  ("about all also and any are ask called calling can could current currently did does for from function get gets give given has have how " +
    "information into its let like list make name need not now one our out please return returns set shall should show some tell that the " +
    "their them then there these they this those today tool use used user uses using value want was what when where which who why will with " +
    "would you your")
    .split(" "),
);

/** Words with a capital at the beginning of a sentence that are no names. */
const OPENERS = new Set(
  ("a add an and are ask at book calculate call can compare compute convert could create did do does draw explain extract fetch find for from " +
    "generate get give has have hello help hi how i if in is it its let list look make may multiply my of on open please read remember remind " +
    "run save search send set show so some solve sum summarise summarize tell thanks that the there they this to today tomorrow translate use " +
    "was we what when where which who whose why will with would write yes yesterday you your")
    .split(" "),
);

/** Also finds words in languages that do not separate them by spaces. */
const WORDS = new Intl.Segmenter("en", { granularity: "word" });

/** Only the beginning of a text is read: each segment holds a copy of the whole text, so that a long text would need too much memory. */
const BEGINNING = 4_000;

/** The words by which a text is compared: lower case, singular, not too short. `getWeather` and `get_weather` give `weather`. */
export function wordsOf(text: string): Set<string> {
  const separated = text.slice(0, BEGINNING).replace(/(\p{Ll})(\p{Lu})/gu, "$1 $2").replaceAll("_", " ").toLowerCase();
  const words = [...WORDS.segment(separated)].map(({ segment }) => segment);
  const telling = words.filter((word) => /^\p{L}{3,}$|^\p{Script=Han}{2,}$/u.test(word) && !COMMON.has(word));
  return new Set(telling.map((word) => (word.length > 4 ? word.replace(/s$/, "") : word)));
}

/** Likely values: quoted text, then names such as `San Francisco`; one at the beginning of a sentence is last, since it may be no name. */
export function namesIn(question: string): string[] {
  const quoted = [...question.matchAll(/"([^"]+)"|“([^”]+)”|`([^`]+)`/g)].map((match) => match[0].slice(1, -1));
  const inside: string[] = [];
  const opening: string[] = [];
  for (const match of question.matchAll(/(?<![\p{L}\p{N}])\p{Lu}[\p{L}\p{N}'’-]*(?: +\p{Lu}[\p{L}\p{N}'’-]*)*/gu)) {
    const words = match[0].split(/ +/);
    const start = words.findIndex((word) => !OPENERS.has(word.toLowerCase().replace(/['’].*$/, "")));
    if (start === -1) continue;
    const begins = start === 0 && /(^|[.!?:\n])\s*$/.test(question.slice(0, match.index));
    (begins ? opening : inside).push(words.slice(start).join(" ").replace(/['’]s$/, ""));
  }
  return [...new Set([...quoted, ...inside, ...opening])];
}

/** The numbers of a question, in order. */
export function numbersIn(question: string): number[] {
  return (question.match(/(?<![\p{L}\p{N}.-])-?\d+(\.\d+)?/gu) ?? []).map(Number);
}
