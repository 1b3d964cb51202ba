import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import * as accounts from '../server/accounts';
import { FORM_AT_REST } from '../server/answer';
import { cookieJar, requestAs } from '../server/testing-request';
import { type WebTestbed, webTestbed } from '../server/testing-web';
import { currentUser } from '../server/viewer';
import { signIn, signOut, signUp } from './actions';

vi.mock('next/headers', () => import('../server/testing-request'));
vi.mock('next/cache', () => ({ revalidatePath: () => undefined }));
vi.mock('next-intl/server', () => ({ getLocale: () => Promise.resolve('zh-CN') }));

const PASSWORD = 'a fine long password';
const EMAIL = 'ada@example.org';

let testbed: WebTestbed;
beforeAll(async () => {
  testbed = await webTestbed();
  await accounts.signUp({ name: 'Ada', email: EMAIL, password: PASSWORD }, '192.0.2.1');
});
afterAll(() => testbed.close());
beforeEach(() => requestAs(null));

function form(fields: Readonly<Record<string, string>>): FormData {
  const data = new FormData();
  for (const [name, value] of Object.entries(fields)) data.set(name, value);
  return data;
}

/** Where an action leads: a redirect is thrown. */
async function leadsTo(acting: Promise<unknown>): Promise<string | undefined> {
  const thrown: unknown = await acting.then(() => new Error('It leads nowhere.')).catch((error: unknown) => error);
  return /^NEXT_REDIRECT;\w+;([^;]*);/u.exec((thrown as { digest?: string }).digest ?? String(thrown))?.[1];
}

const entering = (next?: string) =>
  signIn(FORM_AT_REST, form({ email: EMAIL, password: PASSWORD, ...(next === undefined ? {} : { next }) }));

describe('signing in', () => {
  it.each([
    [undefined, '/meetings'],
    ['/meetings/abcd-efgh-jkmn?sessions=40', '/meetings/abcd-efgh-jkmn?sessions=40'],
    ['//evil.example', '/meetings'],
    ['https://evil.example/', '/meetings'],
  ])('with next=%j makes this browser the account and leads to %s', async (next, path) => {
    expect(await currentUser()).toBeNull();
    expect(await leadsTo(entering(next))).toBe(path);
    expect(await currentUser()).toMatchObject({ name: 'Ada', email: EMAIL });
  });

  it('with a wrong password leaves the browser as it was, and gives back the address alone', async () => {
    const state = await signIn(FORM_AT_REST, form({ email: EMAIL, password: 'not the password', next: '/account' }));
    expect(state).toEqual({
      status: 'refused',
      id: expect.any(String) as string,
      code: 'wrong-credentials',
      values: { email: EMAIL },
    });
    expect(cookieJar()).toEqual({});
  });
});

it('signing up makes the account in the language of the page, and signs in to it', async () => {
  const fields = { name: 'Eve', email: 'eve@example.org', password: PASSWORD };
  expect(await leadsTo(signUp(FORM_AT_REST, form(fields)))).toBe('/meetings');
  expect(await currentUser()).toMatchObject({ name: 'Eve', email: 'eve@example.org', locale: 'zh-CN' });
  const again = await signUp(FORM_AT_REST, form({ ...fields, name: 'Mallory' }));
  expect(again).toMatchObject({ code: 'email-taken', values: { name: 'Mallory', email: 'eve@example.org' } });
  expect(JSON.stringify(again)).not.toContain(PASSWORD);
});

it('signing out leaves no session in the browser and leads to the front page', async () => {
  await leadsTo(entering());
  expect(await currentUser()).not.toBeNull();
  expect(await leadsTo(signOut())).toBe('/');
  expect(await currentUser()).toBeNull();
  expect(Object.values(cookieJar())).toEqual(['']);
});
