import type { RefusalCode } from '@parley/protocol/refusal';
import type { RtcErrorCode } from '@parley/rtc-core';
import enCall from '../messages/en/call.json';
import enErrors from '../messages/en/errors.json';
import enPages from '../messages/en/pages.json';
import zhCall from '../messages/zh-CN/call.json';
import zhErrors from '../messages/zh-CN/errors.json';
import zhPages from '../messages/zh-CN/pages.json';
import type { WebRefusal } from '../server/answer';
import type { Locale } from './locale';

/** A sentence for every code anything of ours can refuse or fail with. A new code without one does not compile, in any language. */
interface ErrorMessages {
  /** What the room answers no with. */
  readonly refusal: Readonly<Record<RefusalCode, string>>;
  /** What fails in the browser's part of a call. */
  readonly rtc: Readonly<Record<RtcErrorCode, string>>;
  /** What web answers no with. */
  readonly web: Readonly<Record<WebRefusal, string>>;
}

/** English says which sentences there are; every other language has the same ones. */
export interface Messages {
  readonly pages: typeof enPages;
  readonly call: typeof enCall;
  readonly errors: ErrorMessages;
}

export const MESSAGES: Readonly<Record<Locale, Messages>> = {
  en: { pages: enPages, call: enCall, errors: enErrors },
  'zh-CN': { pages: zhPages, call: zhCall, errors: zhErrors },
};

declare module 'next-intl' {
  interface AppConfig {
    Locale: Locale;
    Messages: Messages;
  }
}
