import { type Answer, type FormState, no, type WebRefusal } from '../server/answer';

/**
 * What a server action answers, or that no answer came: unanswered it is rejected, and a page that lets this through is
 * replaced by the one for mistakes of the server, with all that was typed.
 */
export async function orAway<T>(asked: Promise<Answer<T>>): Promise<Answer<T>> {
  try {
    return await asked;
  } catch (error) {
    return no(whyUnanswered(error));
  }
}

/**
 * The same for the action of a form. All but its passwords is given back, to fill it again. In what the server writes the action
 * itself stands: a form that is sent before the scripts have come is then sent by the browser.
 */
export function formOrAway(
  action: (before: FormState, form: FormData) => Promise<FormState>,
): (before: FormState, form: FormData) => Promise<FormState> {
  if (typeof window === 'undefined') return action;
  return async (before, form) => {
    try {
      return await action(before, form);
    } catch (error) {
      const code = whyUnanswered(error);
      const values = [...form].filter((entry): entry is [string, string] => typeof entry[1] === 'string');
      const kept = values.filter(([name]) => name !== 'password' && name !== 'current');
      return { status: 'refused', id: `unanswered-${performance.now()}`, code, values: Object.fromEntries(kept) };
    }
  };
}

/** @throws what is not for the page to say: Next's own (redirects) and mistakes of the server (in its log by number). Both have a digest. */
function whyUnanswered(error: unknown): WebRefusal {
  if (!(error instanceof Error) || 'digest' in error) throw error;
  // Parley was updated under this page: what it asks for goes by another name now.
  return error.name === 'UnrecognizedActionError' ? 'malformed' : 'server-away';
}
