import { randomUUID } from 'node:crypto';
import type { Answer, FormState } from '../server/answer';
import { isDatabaseAway } from '../server/database';

/** The text of a field; empty when it is missing or a file. */
export function field(form: FormData, name: string): string {
  const value = form.get(name);
  return typeof value === 'string' ? value : '';
}

/**
 * Runs what a form asks for and says how it went, with what was typed in `keep` (never passwords), so that nothing has to
 * be typed twice. A database that is away is an answer; anything else unexpected is thrown.
 */
export async function formAnswer<T>(
  form: FormData,
  keep: readonly string[],
  act: () => Promise<Answer<T>>,
): Promise<{ state: FormState; value?: T }> {
  const id = randomUUID();
  const values = Object.fromEntries(keep.map((name) => [name, field(form, name).slice(0, 10_000)]));
  try {
    const answer = await act();
    if (answer.ok) return { state: { status: 'done', id }, value: answer.value };
    const { code, retryAfterS } = answer;
    return { state: { status: 'refused', id, code, values, ...(retryAfterS === undefined ? {} : { retryAfterS }) } };
  } catch (error) {
    if (isDatabaseAway(error)) return { state: { status: 'refused', id, code: 'database-away', values } };
    throw error;
  }
}

/** Where to go after signing in: a path of ours, never another site. */
export function safePath(path: string, fallback: string): string {
  // Browsers read a backslash as a slash, and drop tabs and line ends.
  return /^\/(?![/\\])[^\\\s]*$/u.test(path) ? path : fallback;
}
