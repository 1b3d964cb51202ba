'use server';

import { cookies } from 'next/headers';
import { isLocale, LOCALE_COOKIE } from '../i18n/locale';
import { changeLocale } from '../server/accounts';
import { type Answer, answer } from '../server/answer';
import { cookieAttributes } from '../server/auth-options';
import { currentUser } from '../server/viewer';
import { actionAnswer } from './form-answer';
import { THEME_COOKIE } from './theme';
import { isTheme } from './themes';

const YEAR_S = 365 * 24 * 3_600;

/** Chooses the language of this browser, and of the account when one is signed in. What is not a language of ours changes nothing. */
export async function chooseLocale(locale: string): Promise<Answer<null>> {
  return actionAnswer(async () => {
    if (!isLocale(locale)) return answer(null);
    // The account first: a cookie that is set has the page written again, which fails with the database.
    const user = await currentUser();
    if (user) await changeLocale(user.id, locale);
    await remember(LOCALE_COOKIE, locale);
    return answer(null);
  });
}

/** Chooses the theme of this browser. */
export async function chooseTheme(theme: string): Promise<Answer<null>> {
  if (isTheme(theme)) await remember(THEME_COOKIE, theme);
  return answer(null);
}

async function remember(name: string, value: string): Promise<void> {
  (await cookies()).set(name, value, { ...cookieAttributes(), maxAge: YEAR_S });
}
