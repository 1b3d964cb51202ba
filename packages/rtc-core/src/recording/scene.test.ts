import { expect, test } from 'vitest';
import { initialsOf, type Scene, sceneOf } from './scene';
import { ALICE, BOB, person, viewOf } from './testing/room-fixture';

const people = (count: number, sources: readonly string[] = ['camera', 'microphone']) =>
  Array.from({ length: count }, (_, i) => person(`person-${String(i).padStart(3, '0')}`, `Person ${i}`, i, sources));

const boxes = ({ tiles }: Scene): string[] =>
  tiles.map(({ source, box }) => `${source} ${box.x},${box.y} ${box.width}x${box.height}`);

test.each<[number, string[]]>([
  [0, []],
  [1, ['camera 15,9 1251x703']],
  [2, ['camera 8,184 628x353', 'camera 644,184 628x353']],
  [3, ['camera 18,9 618x347', 'camera 644,9 618x347', 'camera 331,364 618x347']],
  [4, ['camera 18,9 618x347', 'camera 644,9 618x347', 'camera 18,364 618x347', 'camera 644,364 618x347']],
])('%i people', (count, expected) => {
  expect(boxes(sceneOf(viewOf(people(count))))).toEqual(expected);
});

test('no tile lies on another or outside, and all are 16:9, for 1 to 40 people with 0 to 2 screens', () => {
  for (let count = 1; count <= 40; count++) {
    for (let screens = 0; screens <= Math.min(2, count); screens++) {
      const room = people(count).map((p, i) =>
        i < screens ? { ...p, publications: { ...p.publications, screen: { muted: false } } } : p,
      );
      const { tiles, size } = sceneOf(viewOf(room));
      expect(tiles).toHaveLength(count + screens);
      tiles.forEach(({ box, source }, i) => {
        expect(box.x).toBeGreaterThanOrEqual(0);
        expect(box.y).toBeGreaterThanOrEqual(0);
        expect(box.x + box.width).toBeLessThanOrEqual(size.width);
        expect(box.y + box.height).toBeLessThanOrEqual(size.height);
        expect(Object.values(box).every(Number.isInteger)).toBe(true);
        if (source === 'camera') expect(Math.abs(box.width / box.height - 16 / 9)).toBeLessThan(0.05);
        for (const { box: other } of tiles.slice(i + 1)) {
          const apart =
            box.x + box.width <= other.x ||
            other.x + other.width <= box.x ||
            box.y + box.height <= other.y ||
            other.y + other.height <= box.y;
          expect(apart, `${count} people, ${screens} screens`).toBe(true);
        }
      });
    }
  }
});

test('a shared screen takes three quarters of the width, the people stand in a column beside it', () => {
  const scene = sceneOf(viewOf([person(ALICE, 'Alice', 1, ['camera', 'screen']), person(BOB, 'Bob', 2)]));
  expect(boxes(scene)).toEqual(['screen 8,8 944x704', 'camera 968,185 304x171', 'camera 968,364 304x171']);
});

test('two screens stand one under the other', () => {
  const scene = sceneOf(viewOf([person(ALICE, 'Alice', 1, ['screen']), person(BOB, 'Bob', 2, ['screen'])]));
  expect(boxes(scene).slice(0, 2)).toEqual(['screen 8,8 944x348', 'screen 8,364 944x348']);
});

test.each<[string, string[], { picture: string | null; muted: boolean; sound: string[] }]>([
  ['camera and microphone', ['camera', 'microphone'], { picture: 'camera', muted: false, sound: ['microphone'] }],
  ['muted camera', ['-camera', 'microphone'], { picture: null, muted: false, sound: ['microphone'] }],
  ['muted microphone', ['camera', '-microphone'], { picture: 'camera', muted: true, sound: [] }],
  ['nothing on offer', [], { picture: null, muted: true, sound: [] }],
  ['the sound of a screen', ['screen-audio'], { picture: null, muted: true, sound: ['screen-audio'] }],
])('follows publications: %s', (_, sources, expected) => {
  const scene = sceneOf(viewOf([person(ALICE, 'Alice', 1, sources)]));
  const [tile] = scene.tiles;
  expect({ picture: tile?.picture ?? null, muted: tile?.muted, sound: scene.sound }).toEqual({
    picture: expected.picture && `${ALICE}/${expected.picture}`,
    muted: expected.muted,
    sound: expected.sound.map((s) => `${ALICE}/${s}`),
  });
});

test('who has not confirmed the notice is neither seen nor heard', () => {
  const room = [person(ALICE, 'Alice', 1, ['microphone']), person(BOB, 'Bob', 2, ['microphone', 'screen'])];
  const scene = sceneOf(viewOf(room, { noticed: [ALICE] }));
  expect(scene.tiles.map((t) => t.participant)).toEqual([ALICE]);
  expect(scene.sound).toEqual([`${ALICE}/microphone`]);
});

test('without a take there is nothing to record', () => {
  expect(sceneOf(viewOf(people(3), { take: null }))).toMatchObject({ tiles: [], sound: [] });
});

test('people stand in the order in which they joined, whatever the order of the state', () => {
  const [first, second, third] = [
    person('zoe-00000', 'Zoe', 1),
    person('adam-0000', 'Adam', 2),
    person('eve-00000', 'Eve', 2),
  ];
  const order = (scene: Scene) => scene.tiles.map((t) => t.participant);
  expect(order(sceneOf(viewOf([third, second, first])))).toEqual(['zoe-00000', 'adam-0000', 'eve-00000']);
});

test.each([
  ['Alice Adams', 'AA'],
  ['alice', 'A'],
  ['Anna Maria von Berg', 'AB'],
  ['王小明', '王'],
  ['👩‍🚀 Sally', '👩S'],
])('initials of %s', (name, initials) => {
  expect(initialsOf(name)).toBe(initials);
});
