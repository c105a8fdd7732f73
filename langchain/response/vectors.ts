/** `count` vectors, whose numbers follow each other in `numbers`. LangChain's vector stores take arrays, so the numbers are copied into some. */
export function toVectors(numbers: Float64Array, count: number): number[][] {
  const dimensions = numbers.length / count;
  return Array.from({ length: count }, (_, index) => Array.from(numbers.subarray(index * dimensions, (index + 1) * dimensions)));
}
