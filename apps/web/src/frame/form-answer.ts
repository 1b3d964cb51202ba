import { randomUUID } from 'node:crypto';
import { type Answer, type FormState, no } from '../server/answer';
import { isDatabaseAway } from '../server/database';

/** Most characters of a field that are given back to be corrected. */
const MOST_KEPT = 100_000;

/** The text of a field; empty when it is missing or a file. */
export function field(form: FormData, name: string): string {
  const value = form.get(name);
  return typeof value === 'string' ? value : '';
}

/** Does what a button or form asks for. A database that is away is an answer; anything else unexpected is thrown. */
export async function actionAnswer<T>(act: () => Promise<Answer<T>>): Promise<Answer<T>> {
  try {
    return await act();
  } catch (error) {
    if (isDatabaseAway(error)) return no('database-away');
    throw error;
  }
}

/**
 * Does what a form asks for and says how it went, with what was typed in `keep` (never passwords), so that nothing has to
 * be typed twice.
 */
export async function formAnswer<T>(
  form: FormData,
  keep: readonly string[],
  act: () => Promise<Answer<T>>,
): Promise<{ state: FormState; value?: T }> {
  const id = randomUUID();
  const values = Object.fromEntries(keep.map((name) => [name, field(form, name).slice(0, MOST_KEPT)]));
  const answer = await actionAnswer(act);
  if (answer.ok) return { state: { status: 'done', id }, value: answer.value };
  const { ok: _, ...why } = answer;
  return { state: { status: 'refused', id, values, ...why } };
}

/** Any origin: only what is after it counts. */
const NOWHERE = 'http://nowhere.invalid';

/** Where to go after signing in: a path of ours, never another site. */
export function safePath(path: string, fallback: string): string {
  // Browsers read a backslash as a slash, and drop tabs and line ends.
  if (!/^\/(?![/\\])[^\\\s]*$/u.test(path) || !URL.canParse(path, NOWHERE)) return fallback;
  // As a browser will read it: `/.//evil.example` becomes `//evil.example`. And encoded, since a header takes no other letters.
  const { origin, pathname, search, hash } = new URL(path, NOWHERE);
  return origin === NOWHERE && !pathname.startsWith('//') ? pathname + search + hash : fallback;
}
