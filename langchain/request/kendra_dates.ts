/** Dates of Kendra's JSON, which are seconds since 1970, and of AWS's types, which are `Date`s. Only the member `DateValue` is one. */
const MEMBER = "DateValue";

export function datesToSeconds<Value extends object>(value: Value): Value {
  return mapDates(value, (date) => (date instanceof Date ? date.getTime() / 1000 : date)) as Value;
}

export function secondsToDates<Value extends object>(value: Value): Value {
  return mapDates(value, (date) => (typeof date === "number" ? new Date(date * 1000) : date)) as Value;
}

/** A copy with every date mapped. */
function mapDates(value: unknown, map: (date: unknown) => unknown): unknown {
  if (Array.isArray(value)) return value.map((element) => mapDates(element, map));
  if (typeof value !== "object" || value === null || value instanceof Date) return value;
  return Object.fromEntries(Object.entries(value).map(([member, inner]) => [member, member === MEMBER ? map(inner) : mapDates(inner, map)]));
}
