import type { Locale } from '../i18n/locale';
import en from '../messages/en/server.json';
import zhCN from '../messages/zh-CN/server.json';

const MESSAGES: Readonly<Record<Locale, typeof en>> = { en, 'zh-CN': zhCN };

/** What the server itself says or writes, outside of any page. */
export const serverMessages = (locale: Locale): typeof en => MESSAGES[locale];

/** The title of a meeting that was made in one click. */
export function untitled(locale: Locale, name: string): string {
  return MESSAGES[locale].untitled.replace('{name}', () => name);
}
