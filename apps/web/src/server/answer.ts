/**
 * Every expected "no" of web, as a code: pages have a sentence for each in every language (messages/<locale>/errors.json).
 * Safe to import in the browser.
 */
export type WebRefusal =
  | 'malformed' // the request does not have the shape it must have
  | 'not-signed-in'
  | 'not-found' // does not exist, or is not theirs: the same answer
  | 'removed' // a host removed this person from the meeting
  | 'wrong-origin' // a write that did not come from a page of ours
  | 'database-away' // try again in a moment
  | 'server-away' // the browser got no answer of ours: the page says so itself
  | 'too-many-attempts' // wait; the answer says how long
  | 'wrong-credentials' // unknown email or wrong password: the same answer
  | 'name-invalid' // empty, or longer than 80 characters
  | 'email-invalid'
  | 'email-taken'
  | 'password-short' // fewer than 10 characters
  | 'password-long' // more than 200 characters
  | 'password-common' // one of the commonest passwords
  | 'password-wrong' // the current password, when changing it
  | 'title-invalid' // empty, or longer than 200 characters
  | 'description-long' // more than 5,000 characters
  | 'starts-invalid' // not a date and time, or in the past
  | 'duration-invalid' // not from 5 to 1,440 minutes
  | 'time-zone-invalid';

/** How server functions answer. Only what nobody expects is thrown. */
export type Answer<T> =
  | { readonly ok: true; readonly value: T }
  | {
      readonly ok: false;
      readonly code: WebRefusal;
      /** What else is wrong, when several things are. */
      readonly also?: readonly WebRefusal[];
      readonly retryAfterS?: number;
    };

export const answer = <T>(value: T): Answer<T> => ({ ok: true, value });
export const no = (code: WebRefusal, retryAfterS?: number): { ok: false; code: WebRefusal; retryAfterS?: number } =>
  retryAfterS === undefined ? { ok: false, code } : { ok: false, code, retryAfterS };

/**
 * What a form knows after its action ran: for `useActionState(action, FORM_AT_REST)`. `values` are what was typed, without
 * passwords, so that a refused form can be filled again. `id` differs each time, so that the same refusal twice is announced twice.
 */
export type FormState =
  | { readonly status: 'rest' }
  | {
      readonly status: 'refused';
      readonly id: string;
      readonly code: WebRefusal;
      readonly also?: readonly WebRefusal[];
      readonly retryAfterS?: number;
      readonly values: Readonly<Record<string, string>>;
    }
  | { readonly status: 'done'; readonly id: string };

export const FORM_AT_REST: FormState = { status: 'rest' };
