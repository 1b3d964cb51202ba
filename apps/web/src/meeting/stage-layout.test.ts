import { describe, expect, it } from 'vitest';
import { NARROWEST, PAGE_SIZE, type Place, planStage, type StageInput, WIDEST } from './stage-layout';

const people = (count: number): string[] => [
  ...Array.from({ length: count - 1 }, (_, index) => `p${index}/camera`),
  'me/camera',
];
const plan = (input: Partial<StageInput>) =>
  planStage({ width: 1400, height: 800, people: [], screens: [], self: 'me/camera', phone: false, page: 0, ...input });

/** Reading order: from the top, in a row from the left. */
const reading = (places: ReadonlyMap<string, Place>): string[] =>
  [...places].sort(([, a], [, b]) => a.y - b.y || a.x - b.x).map(([key]) => key);

const overlap = (a: Place, b: Place): boolean =>
  a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;

const STAGES = [
  { name: 'desktop', width: 1400, height: 800, phone: false },
  { name: 'desktop with a panel', width: 1024, height: 800, phone: false },
  { name: 'small window', width: 640, height: 360, phone: false },
  { name: 'tablet upright', width: 760, height: 900, phone: false },
  { name: 'phone', width: 358, height: 524, phone: true },
  { name: 'phone on its side', width: 700, height: 240, phone: false },
];

describe('the look’s own measures', () => {
  it.each([
    [{ width: 1400, height: 800, people: people(5) }, 'p0/camera', { width: 453, height: 339 }],
    [{ width: 1024, height: 800, people: people(5) }, 'p0/camera', { width: 478, height: 253 }],
    [{ width: 358, height: 524, phone: true, people: people(5) }, 'p0/camera', { width: 171, height: 164 }],
    [{ width: 1024, height: 800, people: people(5), screens: ['p0/screen'] }, 'p0/screen', { width: 763, height: 800 }],
    [{ width: 1024, height: 800, people: people(5), screens: ['p0/screen'] }, 'p1/camera', { width: 241, height: 144 }],
    [{ people: people(2) }, 'p0/camera', { x: 0, y: 0, width: 1400, height: 800, floating: false }],
    [{ people: people(2) }, 'me/camera', { x: 1144, y: 624, width: 240, height: 160, floating: true }],
    [
      { width: 358, height: 524, phone: true, people: people(2) },
      'me/camera',
      { x: 258, y: 380, width: 88, height: 132 },
    ],
    [{ people: people(1) }, 'me/camera', { width: 1400, height: 800, floating: false }],
  ])('%j places %s', (input, key, expected) => {
    expect(plan(input).places.get(key)).toMatchObject(expected);
  });
});

describe.each(STAGES)('on a $name stage', ({ width, height, phone }) => {
  for (const screens of [[], ['p0/screen'], ['p0/screen', 'p1/screen']]) {
    it(`places 1 to 24 people and ${screens.length} screens inside, apart, in a sane shape`, () => {
      for (let count = 1; count <= 24; count++) {
        const { places, kind } = plan({ width, height, phone, people: people(count), screens });
        const all = [...places];
        expect(all).toHaveLength(Math.min(count, PAGE_SIZE) + screens.length);
        for (const [key, place] of all) {
          expect(place.x, key).toBeGreaterThanOrEqual(0);
          expect(place.y, key).toBeGreaterThanOrEqual(0);
          expect(place.x + place.width, key).toBeLessThanOrEqual(width + 1);
          expect(place.y + place.height, key).toBeLessThanOrEqual(height + 1);
          expect(place.width * place.height, key).toBeGreaterThan(0);
          if (kind === 'grid') {
            expect(place.width / place.height, key).toBeLessThanOrEqual(WIDEST + 0.05);
            expect(place.width / place.height, key).toBeGreaterThanOrEqual(NARROWEST.standing - 0.05);
          }
          for (const [other, otherPlace] of all)
            if (other !== key && !place.floating && !otherPlace.floating)
              expect(overlap(place, otherPlace), `${key} on ${other}`).toBe(false);
        }
      }
    });
  }

  it('keeps the order of who stays, whoever comes or goes', () => {
    const start = people(9);
    for (const gone of start.slice(0, -1)) {
      const before = reading(plan({ width, height, phone, people: start }).places).filter((key) => key !== gone);
      const after = reading(plan({ width, height, phone, people: start.filter((key) => key !== gone) }).places);
      expect(after).toEqual(before);
    }
    for (let count = 3; count < PAGE_SIZE; count++) {
      const before = reading(plan({ width, height, phone, people: people(count) }).places);
      const after = reading(plan({ width, height, phone, people: people(count + 1) }).places);
      expect(after.filter((key) => before.includes(key))).toEqual(before);
    }
  });

  it('is read in the order people joined, oneself last', () => {
    for (let count = 3; count <= PAGE_SIZE; count++)
      expect(reading(plan({ width, height, phone, people: people(count) }).places)).toEqual(people(count));
  });

  it('keeps one size for all people', () => {
    for (let count = 3; count <= PAGE_SIZE; count++) {
      const sizes = new Set(
        [...plan({ width, height, phone, people: people(count) }).places.values()].map((p) => `${p.width}x${p.height}`),
      );
      expect(sizes.size).toBe(1);
    }
  });
});

it('uses the room well: tiles of a grid cover more than half of an ordinary stage', () => {
  for (const { width, height, phone } of STAGES.slice(0, 5))
    for (let count = 3; count <= PAGE_SIZE; count++) {
      const places = [...plan({ width, height, phone, people: people(count) }).places.values()];
      const covered = places.reduce((sum, place) => sum + place.width * place.height, 0);
      expect(covered / (width * height), `${count} on ${width}x${height}`).toBeGreaterThan(0.5);
    }
});

it('goes page by page beyond nine and clamps a page that is gone', () => {
  const many = plan({ people: people(20), page: 2 });
  expect(many).toMatchObject({ page: 2, pages: 3 });
  expect([...many.places.keys()]).toEqual(['p18/camera', 'me/camera']);
  expect(plan({ people: people(5), page: 2 })).toMatchObject({ page: 0, pages: 1 });
});

it('shows two shared screens at once', () => {
  const { places } = plan({ people: people(3), screens: ['p0/screen', 'p1/screen'] });
  expect(places.get('p0/screen')?.width).toBe(places.get('p1/screen')?.width);
  expect(places.has('p0/camera')).toBe(true);
});

it('survives a stage without room', () => {
  for (const place of plan({ width: 0, height: 0, people: people(4) }).places.values())
    expect(place).toMatchObject({ width: 0, height: 0 });
});
