/**
 * `next`, made of as much of `previous` as is equal: what did not change keeps its identity, so that whoever selected it
 * is not told of a change. For plain JSON data (objects, arrays, primitives).
 */
export function share<T>(previous: unknown, next: T): T {
  return shared(previous, next) as T;
}

function shared(previous: unknown, next: unknown): unknown {
  if (Object.is(previous, next)) return previous;
  if (Array.isArray(previous) && Array.isArray(next)) {
    const items = next.map((item, i) => shared(previous[i], item));
    return items.length === previous.length && items.every((item, i) => Object.is(item, previous[i]))
      ? previous
      : items;
  }
  if (isRecord(previous) && isRecord(next)) {
    const keys = Object.keys(next);
    const entries = keys.map((key) => [key, shared(previous[key], next[key])] as const);
    const same =
      keys.length === Object.keys(previous).length &&
      entries.every(([key, value]) => key in previous && Object.is(value, previous[key]));
    return same ? previous : Object.fromEntries(entries);
  }
  return next;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** `next`, or `previous` when both hold the same keys with identical values. */
export function shareMap<K, V>(previous: ReadonlyMap<K, V>, next: ReadonlyMap<K, V>): ReadonlyMap<K, V> {
  if (previous.size !== next.size) return next;
  for (const [key, value] of next) if (!previous.has(key) || !Object.is(previous.get(key), value)) return next;
  return previous;
}
