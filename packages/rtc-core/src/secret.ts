const HIDDEN = '<secret>';

/** A value that must not reach a log: printing, serialising or inspecting it gives `<secret>`. Unwrapped only at the wire. */
export class Secret {
  readonly #value: string;
  constructor(value: string) {
    this.#value = value;
  }
  reveal(): string {
    return this.#value;
  }
  toString(): string {
    return HIDDEN;
  }
  toJSON(): string {
    return HIDDEN;
  }
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return HIDDEN;
  }
}

const SECRET_KEY = /ticket|permit|grant|token|password|credential|secret|cookie|authorization|ufrag|sdp/iu;
const SECRET_TEXT: readonly (readonly [RegExp, string])[] = [
  // A JWT (RFC 7519), wherever it stands.
  [/\beyJ[\w-]+\.[\w-]+\.[\w-]*/gu, HIDDEN],
  // An invite link.
  [/\/j\/[^\s/?#"']+/gu, `/j/${HIDDEN}`],
  [/\bBearer\s+[^\s"',]+/giu, `Bearer ${HIDDEN}`],
  // ICE credentials in a session description (RFC 8839, 5.4).
  [/a=ice-(pwd|ufrag):[^\s\\]+/gu, `a=ice-$1:${HIDDEN}`],
  // Name and password in a URL.
  [/:\/\/[^\s/@]+@/gu, `://${HIDDEN}@`],
];
const LONGEST_TEXT = 2_000;
const DEEPEST = 6;

/** `value` as plain JSON data that may be shown to a stranger: secrets by key and by shape are gone, long texts are cut. */
export function redact(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return redactText(value);
  if (typeof value === 'number' || typeof value === 'boolean' || value === null || value === undefined) return value;
  if (typeof value === 'bigint') return String(value);
  if (typeof value !== 'object') return `<${typeof value}>`;
  if (value instanceof Secret) return HIDDEN;
  if (depth >= DEEPEST) return '<deep>';
  if (value instanceof Error)
    return redact({ ...value, name: value.name, message: value.message, cause: value.cause }, depth + 1);
  if (value instanceof Map) return redact(Object.fromEntries(value as Map<string, unknown>), depth);
  if (Array.isArray(value)) return value.map((item) => redact(item, depth + 1));
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      key,
      SECRET_KEY.test(key) && item !== null && item !== undefined ? HIDDEN : redact(item, depth + 1),
    ]),
  );
}

function redactText(text: string): string {
  let clean = text.length > LONGEST_TEXT ? `${text.slice(0, LONGEST_TEXT)}...` : text;
  for (const [pattern, replacement] of SECRET_TEXT) clean = clean.replace(pattern, replacement);
  return clean;
}
