import { cookies } from 'next/headers';
import { isTheme, type Theme } from './themes';

/** Cookie that holds the theme somebody chose. */
export const THEME_COOKIE = 'theme';

/** The theme of this request. */
export async function currentTheme(): Promise<Theme> {
  const chosen = (await cookies()).get(THEME_COOKIE)?.value;
  return isTheme(chosen) ? chosen : 'system';
}
