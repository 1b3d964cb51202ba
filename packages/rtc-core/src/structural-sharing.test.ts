import { describe, expect, it } from 'vitest';
import { share, shareMap } from './structural-sharing';

describe('share', () => {
  it('gives the previous value itself when nothing changed', () => {
    const previous = { a: [1, { b: 'x' }], c: null };
    expect(share(previous, structuredClone(previous))).toBe(previous);
  });

  it('keeps what is equal inside what changed', () => {
    const previous = { people: { alice: { hand: null }, bob: { hand: 1 } }, chat: [{ id: 'one' }] };
    const next = { people: { alice: { hand: 5 }, bob: { hand: 1 } }, chat: [{ id: 'one' }, { id: 'two' }] };
    const shared = share(previous, next);
    expect(shared).toEqual(next);
    expect(shared.people.bob).toBe(previous.people.bob);
    expect(shared.people.alice).not.toBe(previous.people.alice);
    expect(shared.chat[0]).toBe(previous.chat[0]);
  });

  it.each([
    ['a key that is gone', { a: 1, b: 2 }, { a: 1 }],
    ['a key that is new', { a: 1 }, { a: 1, b: undefined }],
    ['a shorter list', [1, 2], [1]],
    ['an object in place of a list', [], {}],
    ['null in place of an object', {}, null],
  ])('sees %s', (_what, previous, next) => {
    expect(share(previous, next)).toStrictEqual(next);
  });
});

describe('shareMap', () => {
  it('keeps the map when keys and values are the same', () => {
    const value = {};
    const previous = new Map([['a', value]]);
    expect(shareMap(previous, new Map([['a', value]]))).toBe(previous);
    expect(shareMap(previous, new Map([['a', {}]]))).not.toBe(previous);
    expect(shareMap(previous, new Map([['b', value]]))).not.toBe(previous);
    expect(shareMap(previous, new Map())).not.toBe(previous);
  });
});
