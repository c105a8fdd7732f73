import { TokenMemory } from "../../langchain/connection/token_memory.js";
import type { Request } from "../../langchain/request/request.js";

function requestOf(text: string, attachments: Request["attachments"] = []): Request {
  return { modelId: "a-model", json: text, texts: undefined, earlier: undefined, attachments, warnings: [], exchange: undefined, fetchMedia: undefined, fetched: undefined };
}

test("a thousand counts are kept, those that were used last", async () => {
  const memory = new TokenMemory();
  let asked = 0;
  const count = (text: string): Promise<number | undefined> => memory.count(requestOf(text), undefined, async () => ++asked);
  await count("used");
  for (let index = 0; index < 999; index++) await count(String(index));
  expect(await count("used")).toBe(1);
  expect(await count("one more")).toBe(1001);
  expect(await count("used")).toBe(1);
  expect(await count("998")).toBe(1000);
  expect(await count("0")).toBe(1002);
});

test("no more than eight are asked for at once", async () => {
  const memory = new TokenMemory();
  const answers: (() => void)[] = [];
  const ask = (): Promise<number> => new Promise((resolve) => void answers.push(() => resolve(1)));
  const counting = Array.from({ length: 20 }, (_, index) => memory.count(requestOf(String(index)), undefined, ask));
  await new Promise(setImmediate);
  expect(answers).toHaveLength(8);
  for (let answered = 0; answered < 20; answered++) {
    answers[answered]?.();
    await new Promise(setImmediate);
  }
  expect(await Promise.all(counting)).toEqual(Array.from({ length: 20 }, () => 1));
});

test("of many at once, those that have not been asked for are given up when one shows that there is no answer", async () => {
  const memory = new TokenMemory();
  let asked = 0;
  const ask = async (): Promise<number> => {
    asked++;
    throw Object.assign(new Error("The provided model doesn't support counting tokens."), { name: "ValidationException" });
  };
  const counts = await Promise.all(Array.from({ length: 50 }, (_, index) => memory.count(requestOf(String(index)), undefined, ask)));
  expect(counts.every((count) => count === undefined)).toBe(true);
  expect(asked).toBe(8);
});

test("contents differ by their bytes and by where they are cut", async () => {
  const memory = new TokenMemory();
  let asked = 0;
  const count = (request: Request): Promise<number | undefined> => memory.count(request, undefined, async () => ++asked);
  const requests = [requestOf("ab"), requestOf("a", ["b"]), requestOf("a", [new Uint8Array([98])]), requestOf("a", [new Uint8Array([99])]), { ...requestOf("a"), texts: ["b", "c"] }, { ...requestOf("a"), texts: ["bc"] }];
  const counts: (number | undefined)[] = [];
  for (const request of requests) counts.push(await count(request));
  expect(counts).toEqual([1, 2, 2, 3, 4, 5]);
});
