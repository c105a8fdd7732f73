import { IdTable } from "../../langchain/batch/id_table.js";

test("numbers ids in their order, and finds them again, however many there are", () => {
  const table = new IdTable();
  const ids = Array.from({ length: 50_000 }, (_, index) => `record ${index}`);
  expect(ids.map((id) => table.add(id))).toEqual(ids.map((_, index) => index));
  expect(ids.map((id) => table.find(id))).toEqual(ids.map((_, index) => index));
  expect(table.size).toBe(50_000);
});

test("knows what it has and what it has not", () => {
  const table = new IdTable();
  expect([table.add("a"), table.add("a"), table.add("b"), table.find("b"), table.find("c"), table.size]).toEqual([0, undefined, 1, 1, undefined, 2]);
});
