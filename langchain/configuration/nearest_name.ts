/** Changes of one letter (added, left out or another) that make a misspelling. */
const MAX_CHANGES = 2;

/** Shorter names differ by too little: `topK` is no misspelt `topP`. */
const MIN_LENGTH = 5;

/** The name that `misspelt` was probably meant to be. */
export function nearestName(misspelt: string, names: string[]): string | undefined {
  if (misspelt.length < MIN_LENGTH) return undefined;
  const distances = names.map((name) => ({ name, distance: editDistance(misspelt.toLowerCase(), name.toLowerCase()) }));
  const [nearest] = distances.sort((one, other) => one.distance - other.distance);
  return nearest !== undefined && nearest.distance <= MAX_CHANGES ? nearest.name : undefined;
}

/** Levenshtein's distance, a row of the table at a time. */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (const [index, letter] of [...from].entries()) {
    const next = [index + 1];
    for (const [position, other] of [...to].entries()) {
      const [above = 0, diagonal = 0, left = 0] = [row[position + 1], row[position], next[position]];
      next.push(Math.min(above + 1, left + 1, diagonal + (letter === other ? 0 : 1)));
    }
    row = next;
  }
  return row[to.length] ?? 0;
}
