import { expect, it } from 'vitest';
import { stretches } from './chat-text';

const links = (text: string) => stretches(text).flatMap(({ href }) => href ?? []);

it.each([
  ['The draft is here: https://pad.example.org/a?b=c#d', ['https://pad.example.org/a?b=c#d']],
  ['pad.example.org/winter, and www.example.com.', ['https://pad.example.org/winter', 'https://www.example.com/']],
  ['http://localhost:3000/m/abc', ['http://localhost:3000/m/abc']],
  ['看这里：https://例子.中国/路', ['https://xn--fsqu00a.xn--fiqs8s/%E8%B7%AF']],
  ['(https://example.org/a_(b))', ['https://example.org/a_(b)']],
])('finds the links of %j', (text, expected) => {
  expect(links(text)).toEqual(expected);
});

it.each([
  'javascript:alert(1)',
  'JaVaScRiPt:alert(1)//https',
  'data:text/html,<script>alert(1)</script>',
  'file:///etc/passwd',
  'ftp://example.org/x',
  'mailto:someone@example.org',
  'someone@example.org',
  '//example.org/x',
  'vbscript:x',
  'no link at all',
  '',
])('makes no link of %j', (text) => {
  expect(links(text).filter((href) => !/^https?:\/\/example\.org/u.test(href))).toEqual([]);
  expect(links(text).every((href) => href.startsWith('http'))).toBe(true);
});

it('loses and adds nothing', () => {
  for (const text of ['a https://example.org b', '<b>https://example.org/"onclick=</b>', '\n\n x.com \t', '🎉 t.co'])
    expect(
      stretches(text)
        .map((s) => s.text)
        .join(''),
    ).toBe(text);
});
