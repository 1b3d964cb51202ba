import { createHash } from 'node:crypto';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { takePermitClaims } from '@parley/protocol/ticket';
import { jwtVerify } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { database } from './database';
import { env } from './env';
import { participantIdOf } from './participants';
import { serveRecording } from './recording-file';
import { deleteMeetingRecordings, deleteRecording, recordingsFor, recordingsOfMeeting } from './recordings';
import { openTake } from './takes';
import { recordingTestbed, type RecordingTestbed } from './testing-recordings';

let bed: RecordingTestbed;
beforeAll(async () => {
  bed = await recordingTestbed();
});
beforeEach(async () => {
  await database().take.deleteMany();
});
afterAll(() => bed.close());

/** A take with a finished file, as the finalise job leaves it. */
async function finishedTake(more: Record<string, unknown> = {}): Promise<{ take: string; id: string; file: string }> {
  const { take, upload } = await bed.openTake();
  const fileKey = `${take}/${upload.track}.webm`;
  const file = path.join(bed.dataDir, 'recordings', fileKey);
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, 'film');
  await writeFile(path.join(path.dirname(file), `${upload.track}.jpg`), 'picture');
  await database().recordingTrack.update({
    where: { id: upload.track },
    data: {
      ...{ fileKey, posterKey: `${take}/${upload.track}.jpg`, mimeType: 'video/webm', durationMs: 3_200, bytes: 4 },
      ...{ finalisedAt: new Date(), uploadedBytes: 4 },
      ...more,
    },
  });
  await database().take.update({ where: { id: take }, data: { state: 'ready' } });
  return { take, id: upload.track, file };
}

describe('openTake', () => {
  it('gives the owner a permit for the room, and a grant that is kept as its hash alone', async () => {
    const { owner } = bed.viewers;
    const opened = await openTake(owner, { meeting: bed.meeting, destination: 'server' });
    if (!opened.ok || !opened.value.upload) throw new Error('refused');
    const { take, permit, upload } = opened.value;
    const { payload } = await jwtVerify(permit, env().TICKET_PUBLIC_KEY[0]?.key ?? new Uint8Array());
    expect(takePermitClaims.parse(payload)).toMatchObject({
      ...{ meeting: bed.meeting, take, destination: 'server' },
      participant: participantIdOf(bed.meeting, `user:${owner.user?.id}`),
    });
    expect(upload.grant).toMatch(/^[A-Za-z0-9_-]{43}$/u);
    expect(upload).toMatchObject({
      uploadUrl: 'http://localhost:3200/api/uploads',
      manifestUrl: `http://localhost:3200/api/takes/${take}/tracks/${upload.track}/manifest`,
      maxBytes: 20 * 1024 ** 3,
    });
    const row = await database().take.findUniqueOrThrow({ where: { id: take }, include: { tracks: true } });
    expect(row).toMatchObject({ state: 'opened', startedById: owner.user?.id, meetingId: bed.meeting });
    expect(row.tracks[0]?.grantHash).toBe(createHash('sha256').update(upload.grant).digest('hex'));
    expect(
      JSON.stringify(row, (_key, value: unknown) => (typeof value === 'bigint' ? String(value) : value)),
    ).not.toContain(upload.grant);
  });

  it('keeps no track of a take that stays on the device', async () => {
    const opened = await openTake(bed.viewers.owner, { meeting: bed.meeting, destination: 'device' });
    expect(opened.ok && opened.value.upload).toBe(undefined);
    expect(await database().recordingTrack.count()).toBe(0);
  });

  it.each(['attendee', 'stranger', 'guest', 'nobody'] as const)('is not found by %s', async (who) => {
    expect(await openTake(bed.viewers[who], { meeting: bed.meeting, destination: 'server' })).toEqual({
      ok: false,
      code: 'not-found',
    });
    expect(await database().take.count()).toBe(0);
  });
});

it('what is no id, or no text to look for, is found nowhere', async () => {
  const { owner } = bed.viewers;
  expect((await serveRecording(new Request('http://localhost/x'), owner, 'a\0b', 'video')).status).toBe(404);
  expect(await deleteRecording(owner, '\0')).toEqual({ ok: false, code: 'not-found' });
  expect(await recordingsFor(owner, { search: 'no\0thing', before: 'a\0b' })).toEqual({ recordings: [], next: null });
});

describe('who may do what with a recording', () => {
  const parts = ['video', 'poster', 'download'] as const;
  const people = [
    ['owner', true, true],
    ['attendee', true, false],
    ['stranger', false, false],
    ['guest', false, false],
    ['nobody', false, false],
  ] as const;

  it.each(people)('%s: sees %s, deletes %s', async (who, sees, deletes) => {
    const viewer = bed.viewers[who];
    const { id, take } = await finishedTake();
    for (const part of parts) {
      for (const method of ['GET', 'HEAD']) {
        const reply = await serveRecording(new Request(`http://localhost/${id}`, { method }), viewer, id, part);
        expect([part, method, reply.status]).toEqual([part, method, sees ? 200 : 404]);
      }
    }
    const { recordings: listed, total } = await recordingsOfMeeting(viewer, bed.meeting);
    expect([listed.map((r) => r.take), total]).toEqual(sees ? [[take], 1] : [[], 0]);
    expect((await recordingsFor(viewer)).recordings.map((r) => r.take)).toEqual(sees ? [take] : []);
    if (sees) expect(listed[0]?.mayDelete).toBe(deletes);
    expect((await deleteRecording(viewer, id)).ok).toBe(deletes);
    expect(await database().take.count({ where: { id: take } })).toBe(deletes ? 0 : 1);
  });

  it('a forbidden recording and one that never was are answered alike, to the byte', async () => {
    const { id } = await finishedTake();
    const raw = async (track: string) => {
      const reply = await serveRecording(new Request('http://localhost/x'), bed.viewers.stranger, track, 'video');
      return [reply.status, [...reply.headers], await reply.text()];
    };
    expect(await raw(id)).toEqual(await raw('c'.repeat(25)));
    expect(await raw(id)).toEqual(await raw('../../etc'));
  });

  it('somebody of another session of the meeting sees nothing of it', async () => {
    const { take } = await finishedTake();
    const session = await database().roomSession.create({
      data: { id: `other-${take}`, meetingId: bed.meeting, startedAt: new Date() },
    });
    await database().take.update({ where: { id: take }, data: { sessionId: session.id } });
    expect((await recordingsOfMeeting(bed.viewers.attendee, bed.meeting)).recordings).toEqual([]);
    expect((await recordingsOfMeeting(bed.viewers.owner, bed.meeting)).recordings).toHaveLength(1);
  });

  it('is saved under a speaking name', async () => {
    const { id, take } = await finishedTake();
    await database().take.update({ where: { id: take }, data: { startedAt: new Date('2026-11-17T10:02:00Z') } });
    const name = async (query: string) => {
      const request = new Request(`http://localhost/api/recordings/${id}/download${query}`);
      const reply = await serveRecording(request, bed.viewers.owner, id, 'download', (host) => `Call of ${host}`);
      return reply.headers.get('content-disposition');
    };
    expect(await name('')).toContain('filename="Design review 2026-11-17 10.02.webm"');
    expect(await name('?tz=Asia/Shanghai')).toContain('filename="Design review 2026-11-17 18.02.webm"');
    // Without a title the meeting is called on pages after its host, and so is its file.
    const where = { id: bed.meeting };
    await database().meeting.update({ where, data: { title: '' } });
    const owner = bed.viewers.owner.user?.name ?? '';
    expect(await name('')).toContain(`filename*=UTF-8''Call%20of%20${encodeURIComponent(owner)}%202026`);
    await database().meeting.update({ where, data: { title: 'Design review' } });
  });
});

describe('the list of recordings', () => {
  it('says of each how far it is', async () => {
    await bed.openTake(false);
    const receiving = await bed.openTake();
    const gettingReady = await bed.openTake();
    await database().take.update({ where: { id: gettingReady.take }, data: { state: 'finalising' } });
    await database().recordingTrack.update({ where: { id: gettingReady.upload.track }, data: { progressMs: 700 } });
    const failed = await bed.openTake();
    await database().recordingTrack.update({ where: { id: failed.upload.track }, data: { failure: 'unreadable' } });
    const gaps = [{ start: 1_000, end: 2_000, cause: 'not-uploaded' }];
    const incomplete = await finishedTake({ missing: gaps });
    const ready = await finishedTake();

    const { recordings: list } = await recordingsOfMeeting(bed.viewers.owner, bed.meeting);
    expect(list.map(({ take, state }) => [take, state])).toEqual([
      [ready.take, 'ready'],
      [incomplete.take, 'incomplete'],
      [failed.take, 'failed'],
      [gettingReady.take, 'getting-ready'],
      [receiving.take, 'receiving'],
    ]);
    expect(list[0]).toMatchObject({
      ...{ id: ready.id, title: 'Design review', durationMs: 3_200, bytes: 4, by: 'Olga', mayDelete: true },
      people: ['Olga', 'Attila', 'Gundula'],
      videoUrl: `/api/recordings/${ready.id}/video`,
      posterUrl: `/api/recordings/${ready.id}/poster`,
      downloadUrl: `/api/recordings/${ready.id}/download`,
    });
    expect(list[1]).toMatchObject({ gaps });
    expect(list[2]).toMatchObject({ failure: 'unreadable', videoUrl: null });
    expect(list[3]).toMatchObject({ progressMs: 700, ofMs: null });
  });

  it('says nothing of a take that was stopped before its first slice, and all of one that may still be in a browser', async () => {
    const stopped = await bed.openTake();
    const unsent = await bed.openTake();
    const said = (take: typeof stopped, slices: number) =>
      database().recordingTrack.update({
        where: { id: take.upload.track },
        data: { failure: 'nothing-arrived', complete: { slices, bytes: slices * 10, chain: null } },
      });
    await said(stopped, 0);
    await said(unsent, 3);
    const { recordings } = await recordingsFor(bed.viewers.owner);
    expect(recordings.map(({ take, state }) => [take, state])).toEqual([[unsent.take, 'failed']]);
  });

  it.each([
    ['design', 1],
    ['REVIEW', 1],
    ['review attila', 1],
    ['gundula', 1],
    ['olga', 1],
    ['design nobody', 0],
    ['%', 0],
    ['_esign', 0],
    ['\\', 0],
    ["'; --", 0],
    ['   ', 1],
  ])('finds by every word of title and people: %j -> %i', async (search, found) => {
    await finishedTake();
    expect((await recordingsFor(bed.viewers.owner, { search })).recordings).toHaveLength(found);
  });

  it('goes on where the page before ended', async () => {
    const meetingId = bed.meeting;
    const at = new Date();
    await database().take.createMany({
      data: Array.from({ length: 130 }, () => ({
        meetingId,
        destination: 'server',
        state: 'ready' as const,
        createdAt: at,
      })),
    });
    const takes = await database().take.findMany();
    await database().recordingTrack.createMany({
      data: takes.map(({ id }) => ({ takeId: id, kind: 'composite', grantHash: id })),
    });
    const first = await recordingsFor(bed.viewers.owner);
    const second = await recordingsFor(bed.viewers.owner, { before: first.next ?? '' });
    expect([first.recordings.length, second.recordings.length, second.next]).toEqual([100, 30, null]);
    expect(new Set([...first.recordings, ...second.recordings].map(({ take }) => take)).size).toBe(130);
    const ofMeeting = await recordingsOfMeeting(bed.viewers.owner, meetingId);
    expect([ofMeeting.recordings.length, ofMeeting.total]).toEqual([100, 130]);
  });
});

describe('deleting', () => {
  it('removes files, rows and what was uploaded', async () => {
    const { id, take, file } = await finishedTake({ uploadId: 'a'.repeat(32) });
    const uploads = path.join(bed.dataDir, 'uploads');
    await mkdir(uploads, { recursive: true });
    await writeFile(path.join(uploads, 'a'.repeat(32)), 'x');
    await writeFile(path.join(uploads, `${'a'.repeat(32)}.json`), '{}');
    expect(await deleteRecording(bed.viewers.owner, id)).toEqual({ ok: true, value: null });
    expect(await readdir(path.dirname(file))).toEqual([]);
    expect(await readdir(uploads)).toEqual([]);
    expect(await database().take.count({ where: { id: take } })).toBe(0);
  });

  it('removes the film that a finalise job puts there meanwhile', async () => {
    const { id, take, file } = await finishedTake({ fileKey: null, posterKey: null, finalisedAt: null });
    let deleted: Promise<unknown> | undefined;
    await database().$transaction(
      async (db) => {
        // As the job stores what it made.
        await db.take.update({ where: { id: take }, data: { state: 'ready' } });
        deleted = deleteRecording(bed.viewers.owner, id);
        // It has looked for files, and waits for the take.
        await expect
          .poll(
            () =>
              db.$queryRaw`SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()`,
          )
          .toHaveLength(1);
        const keys = { fileKey: `${take}/${id}.webm`, posterKey: `${take}/${id}.jpg` };
        await db.recordingTrack.update({ where: { id }, data: keys });
      },
      { timeout: 30_000 },
    );
    expect(await deleted).toEqual({ ok: true, value: null });
    expect(await readdir(path.dirname(file))).toEqual([]);
    expect(await database().take.count({ where: { id: take } })).toBe(0);
  });

  it('of a meeting removes all of them', async () => {
    const a = await finishedTake();
    const b = await finishedTake();
    await deleteMeetingRecordings(bed.meeting);
    expect(await readdir(path.dirname(a.file))).toEqual([]);
    expect(await readdir(path.dirname(b.file))).toEqual([]);
    expect(await database().take.count()).toBe(0);
  });
});
