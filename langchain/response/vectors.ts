/** `count` vectors, whose numbers follow each other in `numbers`. LangChain's vector stores take arrays, so the numbers are copied into some. */
export function toVectors(numbers: Float64Array, count: number): number[][] {
  const dimensions = numbers.length / count;
  return Array.from({ length: count }, (_, index) => toArray(numbers, index * dimensions, dimensions));
}

/** `Array.from` takes ten times as long: it asks the typed array's iterator for each number. */
function toArray(numbers: Float64Array, start: number, length: number): number[] {
  const array = new Array<number>(length);
  for (let index = 0; index < length; index++) array[index] = numbers[start + index] as number;
  return array;
}
