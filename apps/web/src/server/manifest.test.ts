import type { ManifestUpdate, Slice } from '@parley/protocol/recording';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { database } from './database';
import { receiveManifest } from './manifest-request';
import { respond } from './respond';
import { chained } from './testing-take';
import { recordingTestbed, type RecordingTestbed } from './testing-recordings';

type Take = Awaited<ReturnType<RecordingTestbed['openTake']>>;

let bed: RecordingTestbed;
beforeAll(async () => {
  bed = await recordingTestbed();
});
afterAll(() => bed.close());

/** Slices of ten bytes and 500.25 ms each. */
function slices(count: number, fill = 1): Slice[] {
  const cuts = Array.from({ length: count }, (_, n) => ({ start: n * 500.25, end: (n + 1) * 500.25, bytes: 10 }));
  return chained(Buffer.alloc(count * 10, fill), cuts);
}
const ending = (all: readonly Slice[]) => ({
  slices: all.length,
  bytes: all.reduce((sum, { bytes }) => sum + bytes, 0),
  chain: all.at(-1)?.chain ?? null,
});

async function post({ take, upload }: Take, update: unknown, grant = upload.grant) {
  const request = new Request(upload.manifestUrl, {
    method: 'POST',
    headers: { Authorization: `Bearer ${grant}` },
    body: typeof update === 'string' ? update : JSON.stringify(update),
  });
  const reply = await respond(() => receiveManifest(request, { take, track: upload.track }))(request, null);
  return {
    status: reply.status,
    body: (await reply.json().catch(() => null)) as { slices?: number; state?: string } | null,
  };
}
const held = async (take: Take, update: ManifestUpdate) => (await post(take, update)).body?.slices;

describe('a manifest', () => {
  it('grows, takes what it has again, and keeps the numbers as they were said', async () => {
    const take = await bed.openTake();
    const all = slices(6);
    expect(await held(take, { slices: all.slice(0, 2) })).toBe(2);
    expect(await held(take, { slices: all.slice(0, 4) })).toBe(4);
    expect(await held(take, { slices: all.slice(1, 3) })).toBe(4);
    expect(await held(take, { slices: [...all].reverse() })).toBe(6);
    expect(await held(take, { slices: all, complete: ending(all) })).toBe(6);
    expect((await post(take, { slices: all, complete: ending(all) })).status).toBe(200);
    const rows = await database().recordingSlice.findMany({
      where: { trackId: take.upload.track },
      orderBy: { n: 'asc' },
      omit: { trackId: true },
    });
    expect(rows).toEqual(all);
  });

  it('leaves out what does not follow, and says how far it is', async () => {
    const take = await bed.openTake();
    const all = slices(6);
    expect(await held(take, { slices: all.slice(3) })).toBe(0);
    expect(await held(take, { slices: [...all.slice(0, 2), ...all.slice(4)] })).toBe(2);
    expect(await held(take, { slices: all.slice(2) })).toBe(6);
  });

  it('is one chain even when the same is said at the same moment', async () => {
    const take = await bed.openTake();
    const all = slices(40);
    const replies = await Promise.all(
      Array.from({ length: 6 }, (_, i) => post(take, { slices: all.slice(0, 10 + i * 6) })),
    );
    expect(replies.map(({ status }) => status)).toEqual(Array(6).fill(200));
    expect(await held(take, { slices: [] })).toBe(40);
  });

  it('refuses another slice under the same number, a broken chain and another end, and stays as it was', async () => {
    const take = await bed.openTake();
    const all = slices(6);
    const others = slices(6, 2);
    await post(take, { slices: all.slice(0, 3) });
    expect((await post(take, { slices: others.slice(0, 1) })).status).toBe(409);
    expect((await post(take, { slices: others.slice(3) })).status).toBe(409);
    const bent = { ...all[3], end: 9_999_999 };
    expect((await post(take, { slices: [bent] })).status).toBe(409);
    expect((await post(take, { slices: [], complete: { ...ending(all.slice(0, 3)), bytes: 31 } })).status).toBe(409);
    expect((await post(take, { slices: [], complete: { ...ending(all), slices: 2 } })).status).toBe(409);
    expect(await held(take, { slices: [], complete: ending(all.slice(0, 5)) })).toBe(3);
    expect((await post(take, { slices: [], complete: ending(all) })).status).toBe(409);
    expect((await post(take, { slices: all.slice(3) })).status).toBe(409);
    expect(await held(take, { slices: all.slice(3, 5) })).toBe(5);
  });

  it('ends where what is held ends, when a power cut took the last slices from the disk of its recorder', async () => {
    const take = await bed.openTake();
    const all = slices(6);
    await post(take, { slices: all });
    for (const _again of [1, 2]) {
      expect(await held(take, { slices: all.slice(2, 4), complete: ending(all.slice(0, 4)) })).toBe(6);
    }
    const { complete } = await database().recordingTrack.findUniqueOrThrow({ where: { id: take.upload.track } });
    expect(complete).toEqual(ending(all));
    expect((await post(take, { slices: [], complete: ending(slices(4, 2)) })).status).toBe(409);
  });

  it('keeps each gap once', async () => {
    const take = await bed.openTake();
    const gap = { start: 100, end: 200, cause: 'recorder-suspended' };
    await post(take, { slices: [], gaps: [gap] });
    await post(take, { slices: [], gaps: [gap, { start: 900, end: 950, cause: 'storage-full' }] });
    const track = await database().recordingTrack.findUniqueOrThrow({ where: { id: take.upload.track } });
    expect(track.gaps).toEqual([gap, { start: 900, end: 950, cause: 'storage-full' }]);
  });

  it('opens to its own grant alone, until that ends', async () => {
    const take = await bed.openTake();
    const other = await bed.openTake();
    expect((await post(take, { slices: [] }, other.upload.grant)).status).toBe(404);
    expect((await post({ ...take, take: other.take }, { slices: [] })).status).toBe(404);
    expect((await post(take, { slices: [] }, 'x'.repeat(43))).status).toBe(401);
    const where = { id: take.upload.track };
    await database().recordingTrack.update({ where, data: { grantEndsAt: new Date(0) } });
    expect((await post(take, { slices: [] })).status).toBe(200);
    await database().recordingTrack.update({ where, data: { finalisedAt: new Date(0) } });
    expect((await post(take, { slices: [] })).status).toBe(403);
    await database().recordingTrack.update({ where, data: { complete: ending(slices(1)) } });
    expect((await post(take, { slices: [] })).status).toBe(410);
    const missing = [{ start: 0, end: 500, cause: 'not-uploaded' }];
    await database().recordingTrack.update({ where, data: { missing } });
    expect((await post(take, { slices: [] })).status).toBe(403);
    // What the recorder itself could not record it has not; of bytes that do not fit their hash it has the right ones.
    const unrecorded = { start: 500, end: 900, cause: 'unknown' };
    await database().recordingTrack.update({ where, data: { missing: [unrecorded], gaps: [unrecorded] } });
    expect((await post(take, { slices: [] })).status).toBe(410);
    await database().recordingTrack.update({ where, data: { missing: [{ ...unrecorded, start: 0 }] } });
    expect((await post(take, { slices: [] })).status).toBe(403);
  });

  it.each([
    ['no JSON', '{'],
    ['no slices', '{}'],
    ['a negative number', { slices: [{ ...slices(1)[0], n: -1 }] }],
    ['a hash that is none', { slices: [{ ...slices(1)[0], sha256: 'x' }] }],
    ['too many slices', { slices: Array(2_001).fill(slices(1)[0]) }],
    ['two megabytes', `{"slices":[],"x":"${'x'.repeat(2 * 1024 ** 2)}"}`],
  ])('is refused when malformed: %s', async (_name, update) => {
    expect((await post(await bed.openTake(), update)).status).toBe(400);
  });
});
