/** The languages of the product. A new one compiles only once every sentence exists in it. */
export const LOCALES = ['en', 'zh-CN'] as const;
export type Locale = (typeof LOCALES)[number];
export const DEFAULT_LOCALE: Locale = 'en';

/** Each language by its own name. */
export const LOCALE_NAMES: Record<Locale, string> = { en: 'English', 'zh-CN': '简体中文' };

/** Cookie that holds the language somebody chose. */
export const LOCALE_COOKIE = 'locale';
/** Cookie that holds the time zone of the browser, so that the server writes times as the viewer reads them. */
export const TIME_ZONE_COOKIE = 'time-zone';

export const isLocale = (text: string | null | undefined): text is Locale => LOCALES.some((locale) => locale === text);

/**
 * The best language for an Accept-Language header (RFC 9110, 12.5.4): by quality, then by order; any Chinese is
 * answered in zh-CN, any English in en.
 */
export function negotiateLocale(acceptLanguage: string | null | undefined): Locale {
  const wanted = (acceptLanguage ?? '')
    .split(',')
    .map((part) => {
      const [tag = '', ...parameters] = part.trim().split(';');
      const quality = parameters.map((p) => /^\s*q=([\d.]+)\s*$/u.exec(p)?.[1]).find((q) => q !== undefined);
      return { language: tag.trim().toLowerCase().split('-')[0], quality: quality === undefined ? 1 : Number(quality) };
    })
    .filter(({ quality }) => quality > 0)
    .sort((a, b) => b.quality - a.quality);
  for (const { language } of wanted) {
    const match = LOCALES.find((locale) => locale.toLowerCase().split('-')[0] === language);
    if (match) return match;
  }
  return DEFAULT_LOCALE;
}

/** Whether this is an IANA time zone that this server knows; a cookie is written by anybody. */
export function isTimeZone(text: string | null | undefined): text is string {
  if (!text || text.length > 64) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: text });
    return true;
  } catch {
    return false;
  }
}
