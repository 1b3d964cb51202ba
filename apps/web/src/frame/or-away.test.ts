import { notFound, redirect } from 'next/navigation';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { answer, FORM_AT_REST, no } from '../server/answer';
import { formOrAway, orAway } from './or-away';

const failed = (error: Error) => () => Promise.reject(error);
/** What Next rejects an action with: the network's error, and that of an answer which is none of its own. */
const UNANSWERED = [
  new TypeError('Failed to fetch'),
  new Error('An unexpected response was received from the server.'),
];
/** A mistake of the server's has its number in the log. */
const mistake = Object.assign(new Error('bug'), { digest: '1234' });

describe('an action', () => {
  it('answers as it answers', async () => {
    expect(await orAway(Promise.resolve(answer(7)))).toEqual(answer(7));
    expect(await orAway(Promise.resolve(no('not-found')))).toEqual(no('not-found'));
  });

  it.each(UNANSWERED)('that is not answered says so: %s', async (error) => {
    expect(await orAway(failed(error)())).toEqual(no('server-away'));
  });

  it('of a page that was updated meanwhile is to be asked by the new one', async () => {
    const { UnrecognizedActionError } = await import('next/dist/client/components/unrecognized-action-error');
    expect(await orAway(failed(new UnrecognizedActionError('gone'))())).toEqual(no('malformed'));
  });

  it('lets redirects and mistakes of the server through', async () => {
    const away = async () => Promise.resolve().then(() => redirect('/meetings'));
    const nowhere = async () => Promise.resolve().then(() => notFound());
    await expect(orAway(away())).rejects.toThrow('NEXT_REDIRECT');
    await expect(orAway(nowhere())).rejects.toThrow();
    await expect(orAway(failed(mistake)())).rejects.toThrow('bug');
  });
});

describe('a form', () => {
  beforeEach(() => void vi.stubGlobal('window', {}));
  afterEach(() => void vi.unstubAllGlobals());

  const form = new FormData();
  form.set('title', 'Weekly');
  form.set('password', 'secret words');
  form.set('current', 'secret words');

  it.each(UNANSWERED)('that is not answered gives back what was typed, but no password: %s', async (error) => {
    const state = await formOrAway(failed(error))(FORM_AT_REST, form);
    expect(state).toMatchObject({ status: 'refused', code: 'server-away', values: { title: 'Weekly' } });
    expect(JSON.stringify(state)).not.toContain('secret');
  });

  it('lets redirects and mistakes of the server through', async () => {
    const away = async () => Promise.resolve().then(() => redirect('/meetings'));
    await expect(formOrAway(away)(FORM_AT_REST, form)).rejects.toThrow('NEXT_REDIRECT');
    await expect(formOrAway(failed(mistake))(FORM_AT_REST, form)).rejects.toThrow('bug');
  });

  it('is sent by the browser itself before the scripts have come: the server writes its own action', () => {
    vi.unstubAllGlobals();
    const action = () => Promise.resolve(FORM_AT_REST);
    expect(formOrAway(action)).toBe(action);
  });
});
