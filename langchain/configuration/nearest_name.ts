/** Changes of one letter (added, left out or another) that make a misspelling. */
const MAX_CHANGES = 2;

/** Shorter names differ by too little: `topK` is no misspelt `topP`. */
const MIN_LENGTH = 5;

/** The name that `misspelt` was probably meant to be. A first call asks it of many names, before V8 has compiled anything: the length rules most out. */
export function nearestName(misspelt: string, names: string[]): string | undefined {
  if (misspelt.length < MIN_LENGTH) return undefined;
  const wanted = misspelt.toLowerCase();
  let nearest: string | undefined;
  let least = MAX_CHANGES + 1;
  for (const name of names) {
    if (Math.abs(name.length - wanted.length) >= least) continue;
    const distance = editDistance(wanted, name.toLowerCase(), least);
    if (distance < least) [nearest, least] = [name, distance];
  }
  return nearest;
}

/** Levenshtein's distance, a row of the table at a time; `limit` if it is that or more. */
function editDistance(from: string, to: string, limit: number): number {
  const row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let index = 0; index < from.length; index++) {
    let [diagonal, left] = [index, index + 1];
    let least = left;
    row[0] = left;
    for (let position = 0; position < to.length; position++) {
      const above = row[position + 1] ?? 0;
      left = Math.min(above + 1, left + 1, diagonal + (from[index] === to[position] ? 0 : 1));
      row[position + 1] = left;
      diagonal = above;
      least = Math.min(least, left);
    }
    if (least >= limit) return limit;
  }
  return row[to.length] ?? 0;
}
