import { describe, expect, it } from 'vitest';
import { readMeetingLink } from './meeting-link';

const origin = 'https://meet.example.org';
const token = `${'a1B_'.repeat(5)}zz.${'x-9Q'.repeat(10)}abc`;

describe('readMeetingLink', () => {
  it.each([
    [`https://meet.example.org/j/${token}`, `/j/${token}`],
    [`  <https://meet.example.org/j/${token}>,\n`, `/j/${token}`],
    [`meet.example.org/j/${token}`, `/j/${token}`],
    [`HTTPS://MEET.example.org/j/${token}`, `/j/${token}`],
    [`https://meet.example.org/j/${token}?utm=x#there`, `/j/${token}`],
    [`/j/${token}`, `/j/${token}`],
    [token, `/j/${token}`],
    [`“https://meet.example.org/m/kqwd-mnab-tzrc”。`, '/m/kqwd-mnab-tzrc'],
    ['https://meet.example.org/meetings/kqwd-mnab-tzrc/', '/meetings/kqwd-mnab-tzrc'],
    ['KQWD-mnab-tzrc', '/m/kqwd-mnab-tzrc'],
  ])('%j leads to %s', (text, path) => {
    expect(readMeetingLink(text, origin)).toEqual({ type: 'here', path });
  });

  it.each([
    '',
    '   ',
    'hello',
    'kqwd-mnab',
    'https://meet.example.org/',
    'https://meet.example.org/j/',
    'https://meet.example.org/j/short',
    'https://meet.example.org/account',
    '/../j/x',
    'javascript:alert(1)',
    '//evil.example/j/x',
    'x'.repeat(100_000),
  ])('%j is none', (text) => {
    expect(readMeetingLink(text, origin)).toEqual({ type: 'none' });
  });

  it('names another server instead of going there', () => {
    expect(readMeetingLink(`https://other.example/j/${token}`, origin)).toEqual({
      type: 'elsewhere',
      host: 'other.example',
      href: `https://other.example/j/${token}`,
    });
  });

  it('knows a server by its port', () => {
    expect(readMeetingLink(`http://localhost:3000/j/${token}`, 'http://localhost:3000')).toMatchObject({
      type: 'here',
    });
    expect(readMeetingLink(`localhost:3000/j/${token}`, 'http://localhost:3000')).toMatchObject({ type: 'here' });
    expect(readMeetingLink(`http://localhost:3001/j/${token}`, 'http://localhost:3000')).toMatchObject({
      type: 'elsewhere',
    });
  });
});
