import { grown, IdTable } from "./id_table.js";

/**
 * The id of an input that has none: 11 letters and digits, as Bedrock wants a `recordId`.
 * https://docs.aws.amazon.com/bedrock/latest/userguide/batch-inference-data.html
 */
export function idOfIndex(index: number): string {
  return `R${String(index).padStart(10, "0")}`;
}

const TABLES = 64;

/** FNV-1a, 32 bits: http://www.isthe.com/chongo/tech/comp/fnv/ */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return hash >>> 0;
}

/** The ids of a batch so far. Those by place are not stored: a million of them would take time and memory for nothing. */
export class UsedIds {
  /** Ids that are not those of their own place, in tables by their hash: to widen one of all ids would hold JavaScript up for a tenth of a second. */
  readonly #tables: IdTable[] = [];
  /** One bit for each input with such an id. */
  #hasOwn = new Uint32Array(1024);
  /** Whether one of them is that of another place. */
  #hasPlaces = false;

  /** Takes the id of the next input. Returns whether no other input has it. */
  add(id: string, index: number): boolean {
    if (id === idOfIndex(index)) return !this.#hasPlaces || this.#tableOf(id).find(id) === undefined;
    this.#mark(index);
    const place = placeOf(id);
    if (place !== undefined) {
      if (place < index && !this.#isMarked(place)) return false;
      this.#hasPlaces = true;
    }
    return this.#tableOf(id).add(id) !== undefined;
  }

  #tableOf(id: string): IdTable {
    return (this.#tables[hashOf(id) % TABLES] ??= new IdTable());
  }

  #mark(index: number): void {
    const word = index >>> 5;
    while (word >= this.#hasOwn.length) this.#hasOwn = grown(this.#hasOwn);
    this.#hasOwn[word] = (this.#hasOwn[word] ?? 0) | (1 << (index & 31));
  }

  #isMarked(index: number): boolean {
    return ((this.#hasOwn[index >>> 5] ?? 0) & (1 << (index & 31))) !== 0;
  }
}

/** The place of which this is the id. */
function placeOf(id: string): number | undefined {
  const place = /^R(\d{10,15})$/.exec(id)?.[1];
  return place !== undefined && idOfIndex(Number(place)) === id ? Number(place) : undefined;
}
