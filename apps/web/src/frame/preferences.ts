'use server';

import { cookies } from 'next/headers';
import { isLocale, LOCALE_COOKIE } from '../i18n/locale';
import { changeLocale } from '../server/accounts';
import { cookieAttributes } from '../server/auth-options';
import { currentUser } from '../server/viewer';
import { THEME_COOKIE } from './theme';
import { isTheme } from './themes';

const YEAR_S = 365 * 24 * 3_600;

/** Chooses the language of this browser, and of the account when one is signed in. What is not a language of ours changes nothing. */
export async function chooseLocale(locale: string): Promise<void> {
  if (!isLocale(locale)) return;
  await remember(LOCALE_COOKIE, locale);
  const user = await currentUser();
  if (user) await changeLocale(user.id, locale);
}

/** Chooses the theme of this browser. */
export async function chooseTheme(theme: string): Promise<void> {
  if (isTheme(theme)) await remember(THEME_COOKIE, theme);
}

async function remember(name: string, value: string): Promise<void> {
  (await cookies()).set(name, value, { ...cookieAttributes(), maxAge: YEAR_S });
}
