/** Seeded random numbers (mulberry32): the same seed and name give the same numbers, whatever else runs. */
"use strict";

function hash(text) {
  let value = 2166136261;
  for (let index = 0; index < text.length; index++) value = Math.imul(value ^ text.charCodeAt(index), 16777619);
  return value >>> 0;
}

/** @returns {{ below: (most: number) => number, of: (list: any[]) => any }} */
module.exports = function random(...names) {
  let state = hash(names.join(" "));
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let value = Math.imul(state ^ (state >>> 15), 1 | state);
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value;
    return ((value ^ (value >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (most) => Math.floor(next() * most);
  return { below, of: (list) => list[below(list.length)] };
};
