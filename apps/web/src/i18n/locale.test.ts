import { describe, expect, it } from 'vitest';
import { isLocale, isTimeZone, negotiateLocale } from './locale';

describe('negotiateLocale', () => {
  it.each([
    [null, 'en'],
    ['', 'en'],
    ['*', 'en'],
    ['de-DE,de;q=0.9', 'en'],
    ['zh-TW', 'zh-CN'],
    ['zh-CN,zh;q=0.9,en;q=0.8', 'zh-CN'],
    ['en-GB,en;q=0.9,zh;q=0.8', 'en'],
    ['en;q=0.2, zh;q=0.9', 'zh-CN'],
    ['zh;q=0, en', 'en'],
    ['fr, zh;q=0.5', 'zh-CN'],
    [';;;,,q=1', 'en'],
  ])('answers %j with %s', (header, locale) => {
    expect(negotiateLocale(header)).toBe(locale);
  });
});

describe('what a cookie may hold', () => {
  it('takes our languages only', () => {
    expect(isLocale('zh-CN')).toBe(true);
    expect(isLocale('../en')).toBe(false);
    expect(isLocale(undefined)).toBe(false);
  });

  it('takes time zones that exist only', () => {
    expect(isTimeZone('Europe/Berlin')).toBe(true);
    expect(isTimeZone('Mars/Olympus')).toBe(false);
    expect(isTimeZone('x'.repeat(10_000))).toBe(false);
    expect(isTimeZone('')).toBe(false);
  });
});
