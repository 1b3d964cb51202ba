import type { Locale } from '../i18n/locale';
import en from '../messages/en/server.json';
import zhCN from '../messages/zh-CN/server.json';

const MESSAGES: Readonly<Record<Locale, typeof en>> = { en, 'zh-CN': zhCN };

/** What the server itself says or writes, outside of any page. */
export const serverMessages = (locale: Locale): typeof en => MESSAGES[locale];
