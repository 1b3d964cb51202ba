import { randomUUID } from 'node:crypto';
import type { Answer, FormState } from './answer';
import { isDatabaseAway } from './database';

/** What fields of a form hold, as text; a file is no text. */
export function textOf(data: FormData, name: string): string {
  const value = data.get(name);
  return typeof value === 'string' ? value : '';
}

/**
 * Runs what a form asks for and says how it went. An absent database is a refusal like any other: what was typed is not lost.
 * @param kept fields given back when it is refused; never a password
 */
export async function formAnswer(
  data: FormData,
  kept: readonly string[],
  run: () => Promise<Answer<unknown>>,
): Promise<FormState> {
  const result = await answered(run);
  const id = randomUUID();
  if (result.ok) return { status: 'done', id };
  const values = Object.fromEntries(kept.map((name) => [name, textOf(data, name).slice(0, 10_000)]));
  const { code, retryAfterS } = result;
  return { status: 'refused', id, code, values, ...(retryAfterS === undefined ? {} : { retryAfterS }) };
}

/** Runs an action; an absent database is a refusal. */
export async function answered<T>(run: () => Promise<Answer<T>>): Promise<Answer<T>> {
  try {
    return await run();
  } catch (error) {
    if (isDatabaseAway(error)) return { ok: false, code: 'database-away' };
    throw error;
  }
}

/** A path of ours to go on to, taken from the address bar: anything else, such as `//evil.example`, becomes `/meetings`. */
export function pathWithin(next: string): string {
  const base = 'http://parley.invalid';
  if (!next.startsWith('/') || !URL.canParse(next, base)) return '/meetings';
  const url = new URL(next, base);
  return url.origin === base ? `${url.pathname}${url.search}` : '/meetings';
}
