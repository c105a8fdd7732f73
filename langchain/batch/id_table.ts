import { createHash } from "node:crypto";

/** 32-bit words of the hash that stands for an id. That any two of a billion ids have the same one has a probability below 10^-20. */
const WORDS = 4;

/** Of 100 slots, so many are in use at most. */
const MAX_LOAD = 60;

/**
 * Numbers ids in the order in which they were added. A table of a million ids has 28 MB, ids of any length; a `Map` of them would have 100 MB and more.
 */
export class IdTable {
  /** The number of ids. */
  size = 0;
  #words = new Uint32Array(1024 * WORDS);
  /** By hash: the number of an id plus one; 0 where there is none. */
  #slots = new Uint32Array(1024);

  /** The number of an id; `undefined` if it is not here. */
  find(id: string): number | undefined {
    const number = this.#slots[this.#slotOf(wordsOf(id))];
    return number ? number - 1 : undefined;
  }

  /** Adds an id that is not here, and gives its number; `undefined` if it is here already. */
  add(id: string): number | undefined {
    const words = wordsOf(id);
    const slot = this.#slotOf(words);
    if (this.#slots[slot]) return undefined;
    const number = this.size++;
    if (this.size * WORDS > this.#words.length) this.#words = grown(this.#words);
    this.#words.set(words, number * WORDS);
    this.#slots[slot] = number + 1;
    if (this.size * 100 > this.#slots.length * MAX_LOAD) this.#widen();
    return number;
  }

  /** The slot where an id is, or would be. */
  #slotOf(words: Uint32Array): number {
    const mask = this.#slots.length - 1;
    let slot = (words[0] as number) & mask;
    for (let number = this.#slots[slot]; number && !this.#isAt(number - 1, words); number = this.#slots[slot]) slot = (slot + 1) & mask;
    return slot;
  }

  #isAt(number: number, words: Uint32Array): boolean {
    const start = number * WORDS;
    for (let word = 0; word < WORDS; word++) if (this.#words[start + word] !== words[word]) return false;
    return true;
  }

  #widen(): void {
    this.#slots = new Uint32Array(this.#slots.length * 2);
    for (let number = 0; number < this.size; number++) {
      this.#slots[this.#slotOf(this.#words.subarray(number * WORDS, (number + 1) * WORDS))] = number + 1;
    }
  }
}

function wordsOf(id: string): Uint32Array {
  const digest = createHash("sha256").update(id).digest();
  return new Uint32Array(digest.buffer, digest.byteOffset, WORDS);
}

/** A copy with twice the room. */
export function grown<Numbers extends Uint32Array | Float64Array>(numbers: Numbers): Numbers {
  const wider = new (numbers.constructor as new (length: number) => Numbers)(numbers.length * 2);
  wider.set(numbers);
  return wider;
}
