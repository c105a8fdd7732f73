/** Copies of plain data, to see later whether it was changed. */

/** More levels are not compared: such data is rare, and the stack is not without end. */
const MAX_DEPTH = 32;

/** What is no plain data, or too deep. */
export const NOT_PLAIN: unique symbol = Symbol("not plain");

/** A copy of objects and arrays; texts and other primitive values are shared. {@link NOT_PLAIN} for what has something in it whose JSON may change while it stays the same. */
export function plainCopy(value: unknown, depth: number = 0): unknown {
  if (typeof value !== "object" || value === null) return typeof value === "function" || typeof value === "symbol" ? NOT_PLAIN : value;
  if (depth === MAX_DEPTH) return NOT_PLAIN;
  if (Array.isArray(value)) return copyOfArray(value, depth);
  return isPlainObject(value) ? copyOfObject(value as Record<string, unknown>, depth) : NOT_PLAIN;
}

function copyOfArray(array: unknown[], depth: number): unknown {
  const copy: unknown[] = [];
  for (const element of array) {
    const copied = plainCopy(element, depth + 1);
    if (copied === NOT_PLAIN) return NOT_PLAIN;
    copy.push(copied);
  }
  return copy;
}

function copyOfObject(object: Record<string, unknown>, depth: number): unknown {
  const copy: Record<string, unknown> = {};
  for (const name in object) {
    const copied = plainCopy(object[name], depth + 1);
    // An assignment to this name sets the prototype.
    if (copied === NOT_PLAIN || name === "__proto__") return NOT_PLAIN;
    copy[name] = copied;
  }
  return copy;
}

/** Whether `value` has the same JSON as when `copy` was made of it. */
export function equalsCopy(value: unknown, copy: unknown): boolean {
  if (typeof value !== "object" || typeof copy !== "object" || value === null || copy === null) return Object.is(value, copy);
  if (Array.isArray(value)) return Array.isArray(copy) && equalArrays(value, copy);
  return !Array.isArray(copy) && isPlainObject(value) && equalObjects(value as Record<string, unknown>, copy as Record<string, unknown>);
}

function equalArrays(value: unknown[], copy: unknown[]): boolean {
  if (value.length !== copy.length) return false;
  for (let index = 0; index < copy.length; index++) if (!equalsCopy(value[index], copy[index])) return false;
  return true;
}

function equalObjects(value: Record<string, unknown>, copy: Record<string, unknown>): boolean {
  let others = 0;
  for (const _name in value) others++;
  for (const name in copy) {
    if (!equalsCopy(value[name], copy[name])) return false;
    others--;
  }
  return others === 0;
}

/** An object of a class may have a `toJSON` of its own. */
function isPlainObject(object: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(object);
  return prototype === Object.prototype || prototype === null;
}
