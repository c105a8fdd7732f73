import { idOfIndex, UsedIds } from "../../langchain/batch/used_ids.js";

/** Whether each id is new, given one after the other; without one, the id is that of its place. */
function news(ids: (string | undefined)[]): boolean[] {
  const used = new UsedIds();
  return ids.map((id, index) => used.add(id ?? idOfIndex(index), index));
}

test("no two inputs have one id, of their own or by place", () => {
  expect(news(["a", "b", "a", undefined, "b"])).toEqual([true, true, false, true, false]);
  expect(news([undefined, idOfIndex(0)])).toEqual([true, false]);
  expect(news([idOfIndex(1), undefined])).toEqual([true, false]);
  expect(news([idOfIndex(0), idOfIndex(1), idOfIndex(0)])).toEqual([true, true, false]);
  expect(news([idOfIndex(1), idOfIndex(0), idOfIndex(1)])).toEqual([true, true, false]);
});

test("an id by place is free where its input has another", () => {
  expect(news(["a", idOfIndex(0), idOfIndex(3), "R1", "R00000000000"])).toEqual([true, true, true, true, true]);
  expect(news([...Array.from({ length: 100_000 }, (_, index) => `own-${index}`), idOfIndex(99_999)]).every(Boolean)).toBe(true);
});
