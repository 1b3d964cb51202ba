import { createTranslator } from 'next-intl';
import { describe, expect, it } from 'vitest';
import { MESSAGES } from './messages';
import { createTimes, durationText, filmClock, gapText } from './times';

const now = new Date('2026-11-24T09:00:00Z');
const late = new Date('2026-11-24T23:30:00Z');

describe('createTimes', () => {
  it('reads a moment in the zone of the viewer', () => {
    expect(createTimes('en', 'Europe/Berlin', now).time(late)).toBe('00:30');
    expect(createTimes('en', 'UTC', now).time(late)).toBe('23:30');
    expect(createTimes('en', 'Europe/Berlin', now).dayKey(late)).toBe('2026-11-25');
  });

  it('writes days in both languages, with the year only when it is another', () => {
    const en = createTimes('en', 'UTC', now);
    expect(en.day(now)).toBe('Tue 24 November');
    expect(en.shortDay(now)).toBe('Tue 24 Nov');
    expect(en.longDay(now)).toBe('Tuesday 24 November');
    expect(en.day(new Date('2025-03-01T12:00:00Z'))).toBe('Sat 1 March 2025');
    const zh = createTimes('zh-CN', 'UTC', now);
    expect(zh.day(now)).toBe('11 月 24 日 周二');
    expect(zh.shortDay(new Date('2025-03-01T12:00:00Z'))).toBe('2025 年 3 月 1 日 周六');
  });

  it('knows the days around today, over a change of clocks too', () => {
    const spring = createTimes('en', 'Europe/Berlin', new Date('2026-03-28T22:00:00Z'));
    expect(spring.near(new Date('2026-03-29T21:59:00Z'))).toBe('tomorrow');
    expect(spring.near(new Date('2026-03-27T23:00:00Z'))).toBe('today');
    expect(spring.near(new Date('2026-03-27T22:59:00Z'))).toBe('yesterday');
    expect(spring.near(new Date('2026-04-02T10:00:00Z'))).toBeNull();
  });

  it('writes amounts with their unit', () => {
    const { bytes } = createTimes('en', 'UTC', now);
    expect([0, 999, 1_000, 412_300_000, 4_120_000, 999_600_000].map(bytes)).toEqual([
      '0 B',
      '999 B',
      '1 kB',
      '412 MB',
      '4.1 MB',
      '1 GB',
    ]);
  });
});

describe('lengths', () => {
  const en = createTranslator({ locale: 'en', messages: MESSAGES.en, namespace: 'pages.time' });
  const zh = createTranslator({ locale: 'zh-CN', messages: MESSAGES['zh-CN'], namespace: 'pages.time' });

  it('are told in hours and minutes', () => {
    expect([0, 59_000, 58 * 60_000, 64 * 60_000, 120 * 60_000].map((ms) => durationText(en, ms))).toEqual([
      'under 1 min',
      'under 1 min',
      '58 min',
      '1 h 04 min',
      '2 h',
    ]);
    expect(durationText(zh, 64 * 60_000)).toBe('1 小时 04 分');
  });

  it('are told to a tenth of a second when something is missing', () => {
    expect(gapText(en, 14_230)).toBe('14.2 s');
    expect(gapText(zh, 14_230)).toBe('14.2 秒');
    expect(gapText(en, 3)).toBe('0.1 s');
    expect(gapText(en, 90_000)).toBe('1 min');
  });

  it('are told as a clock on a film', () => {
    expect([7_900, 2_851_000, 3_852_000].map(filmClock)).toEqual(['0:07', '47:31', '1:04:12']);
  });
});
