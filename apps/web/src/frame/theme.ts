import { cookies } from 'next/headers';

/** Page themes; `system` follows the device, by CSS alone, so that no page flashes. */
export const THEMES = ['system', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

/** Cookie that holds the theme somebody chose. */
export const THEME_COOKIE = 'theme';

export const isTheme = (text: unknown): text is Theme => THEMES.some((theme) => theme === text);

/** The theme of this request. */
export async function currentTheme(): Promise<Theme> {
  const chosen = (await cookies()).get(THEME_COOKIE)?.value;
  return isTheme(chosen) ? chosen : 'system';
}
