import type { Gap } from '@parley/protocol/recording';
import { NextIntlClientProvider } from 'next-intl';
import { expect, test } from 'vitest';
import { render } from 'vitest-browser-react';
import type { Locale } from '../i18n/locale';
import { MESSAGES } from '../i18n/messages';
import { GapNote } from './gap-note';

const note = (locale: Locale, gaps: readonly Gap[], by: string | null) => (
  <NextIntlClientProvider locale={locale} messages={MESSAGES[locale]} timeZone="UTC">
    <GapNote gaps={gaps} by={by} />
  </NextIntlClientProvider>
);
const MINUTE = 60_000;
const crash: Gap = { start: 23 * MINUTE + 41_000, end: 23 * MINUTE + 55_200, cause: 'recorder-closed' };

test('names how long, where and why, and that the rest is safe', async () => {
  const screen = await render(note('en', [crash], 'Jonas'));
  await expect.element(screen.getByText('14.2 s missing at 23:41.')).toBeVisible();
  expect(screen.container.textContent).toBe(
    '14.2 s missing at 23:41. Jonas’s browser closed while it was recording. Everything else is here.',
  );
});

test('says it in Chinese without spaces between sentences', async () => {
  const screen = await render(note('zh-CN', [crash], 'Jonas'));
  expect(screen.container.textContent).toBe('23:41 处缺 14.2 秒。录制时 Jonas 的浏览器关闭了。其余内容完整。');
});

test('adds up several places, tells each, and every cause once', async () => {
  const gaps: Gap[] = [
    crash,
    { start: 40 * MINUTE, end: 41 * MINUTE, cause: 'storage-full' },
    { start: 50 * MINUTE, end: 50 * MINUTE + 500, cause: 'recorder-closed' },
  ];
  const screen = await render(note('en', gaps, null));
  expect(screen.container.textContent).toBe(
    '1 min missing in 3 places. The recorder’s browser closed while it was recording. The recorder’s disk was full. ' +
      'Everything else is here.14.2 s at 23:41 · 1 min at 40:00 · 0.5 s at 50:00',
  );
});
