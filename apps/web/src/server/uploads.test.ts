import type { ChildProcess } from 'node:child_process';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import type { Server } from 'node:http';
import path from 'node:path';
import { Upload } from 'tus-js-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { database } from './database';
import { respond } from './respond';
import { recordedTake } from './testing-take';
import { serveWeb } from './testing-node-server';
import { eventually, recordingTestbed, startUploadServer, type RecordingTestbed } from './testing-recordings';
import { mayBeRecording, receiveUpload } from './uploads';

type Opened = Awaited<ReturnType<RecordingTestbed['openTake']>>['upload'];

const LIMIT = 40 * 1024 ** 2;
let bed: RecordingTestbed;
let server: Server;
let base: string;

beforeAll(async () => {
  const handle = respond(receiveUpload);
  const served = await serveWeb((request) => handle(request, null));
  server = served.server;
  const WEB_URL = `http://127.0.0.1:${served.port}`;
  bed = await recordingTestbed({ MAX_RECORDING_BYTES: String(LIMIT), WEB_URL });
  base = `${WEB_URL}/api/uploads`;
});
afterAll(async () => {
  server.close();
  await bed.close();
});

const metadata = (track: string): string => `track ${Buffer.from(track).toString('base64')}`;

function tus(method: string, url: string, grant: string, headers: Record<string, string> = {}, body?: Buffer) {
  return fetch(url, {
    method,
    headers: { 'Tus-Resumable': '1.0.0', Authorization: `Bearer ${grant}`, ...headers },
    ...(body ? { body: new Uint8Array(body) } : {}),
  });
}
const create = (upload: Opened, grant = upload.grant, track = upload.track) =>
  tus('POST', base, grant, { 'Upload-Defer-Length': '1', 'Upload-Metadata': metadata(track) });
const append = (url: string, grant: string, offset: number, body: Buffer) =>
  tus(
    'PATCH',
    url,
    grant,
    { 'Upload-Offset': String(offset), 'Content-Type': 'application/offset+octet-stream' },
    body,
  );

async function begin(): Promise<{ upload: Opened; url: string }> {
  const { upload } = await bed.openTake();
  const reply = await create(upload);
  expect(reply.status).toBe(201);
  return { upload, url: reply.headers.get('location') ?? '' };
}

const offsetAt = async (url: string, grant: string): Promise<number> =>
  Number((await tus('HEAD', url, grant)).headers.get('upload-offset'));

/** A WebM's first bytes and `bytes` in all. */
function large(bytes: number): Buffer {
  const body = Buffer.alloc(bytes, 5);
  recordedTake().copy(body, 0, 0, 64);
  return body;
}

describe('an upload', () => {
  it('is taken from tus-js-client in pieces, with its length said last', async () => {
    const { upload } = await bed.openTake();
    await new Promise<void>((resolve, reject) => {
      new Upload(recordedTake(), {
        endpoint: upload.uploadUrl,
        metadata: { track: upload.track },
        headers: { Authorization: `Bearer ${upload.grant}` },
        uploadLengthDeferred: true,
        chunkSize: 4_000,
        retryDelays: null,
        onSuccess: () => resolve(),
        onError: reject,
      }).start();
    });
    const track = await database().recordingTrack.findUniqueOrThrow({ where: { id: upload.track } });
    expect(Number(track.uploadedBytes)).toBe(recordedTake().length);
    expect(await readFile(path.join(bed.dataDir, 'uploads', track.uploadId ?? ''))).toEqual(recordedTake());
  });

  it('arrives whole in a PATCH of 30 MB', async () => {
    const { upload, url } = await begin();
    const body = large(30 * 1024 ** 2);
    const reply = await append(url, upload.grant, 0, body);
    expect(reply.status).toBe(204);
    expect(reply.headers.get('upload-offset')).toBe(String(body.length));
    const { uploadId } = await database().recordingTrack.findUniqueOrThrow({ where: { id: upload.track } });
    expect((await readFile(path.join(bed.dataDir, 'uploads', uploadId ?? ''))).equals(body)).toBe(true);
  });

  it('is refused beyond the limit, and keeps what it had', async () => {
    const { upload, url } = await begin();
    await append(url, upload.grant, 0, recordedTake());
    const reply = await append(url, upload.grant, recordedTake().length, Buffer.alloc(LIMIT));
    expect(reply.status).toBe(413);
    expect(await offsetAt(url, upload.grant)).toBe(recordedTake().length);
  });

  it('is refused when it is created for more than the limit, and taken up to it', async () => {
    const { upload } = await bed.openTake();
    const stating = (bytes: number) =>
      tus('POST', base, upload.grant, { 'Upload-Length': String(bytes), 'Upload-Metadata': metadata(upload.track) });
    const refused = await stating(LIMIT + 1);
    expect([refused.status, refused.headers.get('location')]).toEqual([413, null]);
    const taken = await stating(LIMIT);
    expect(taken.status).toBe(201);
    expect(await offsetAt(taken.headers.get('location') ?? '', upload.grant)).toBe(0);
  });

  it('is refused beyond the limit when no length is stated', async () => {
    const { upload, url } = await begin();
    let sent = 0;
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        controller.enqueue(new Uint8Array(sent === 0 ? recordedTake() : Buffer.alloc(1024 ** 2)));
        sent += 1024 ** 2;
        if (sent > LIMIT + 5 * 1024 ** 2) controller.close();
      },
    });
    const reply = await fetch(url, {
      method: 'PATCH',
      headers: {
        ...{ 'Tus-Resumable': '1.0.0', Authorization: `Bearer ${upload.grant}`, 'Upload-Offset': '0' },
        'Content-Type': 'application/offset+octet-stream',
      },
      body,
      duplex: 'half',
    } as RequestInit);
    expect(reply.status).toBe(413);
    expect(await offsetAt(url, upload.grant)).toBeLessThanOrEqual(LIMIT);
  });

  it('that is not a recording is refused and kept out, in one piece or in drops', async () => {
    const { upload, url } = await begin();
    expect((await append(url, upload.grant, 0, Buffer.from('<html>not a film</html>'))).status).toBe(415);
    expect(await offsetAt(url, upload.grant)).toBe(0);
    expect((await append(url, upload.grant, 0, recordedTake().subarray(0, 3))).status).toBe(204);
    expect((await append(url, upload.grant, 3, Buffer.from('nonsense'))).status).toBe(415);
    expect(await offsetAt(url, upload.grant)).toBe(3);
    expect((await append(url, upload.grant, 3, recordedTake().subarray(3))).status).toBe(204);
    expect(await offsetAt(url, upload.grant)).toBe(recordedTake().length);
  });

  it('opens to its own grant alone', async () => {
    const { upload, url } = await begin();
    const other = await begin();
    expect((await create(upload, other.upload.grant)).status).toBe(404);
    expect((await append(url, other.upload.grant, 0, recordedTake())).status).toBe(404);
    expect((await tus('HEAD', url, other.upload.grant)).status).toBe(404);
    for (const wrong of ['', 'x'.repeat(43), `${upload.grant}x`]) {
      expect((await append(url, wrong, 0, recordedTake())).status).toBe(401);
      expect((await create(upload, wrong)).status).toBe(401);
    }
    expect(await offsetAt(url, upload.grant)).toBe(0);
    expect(await offsetAt(other.url, other.upload.grant)).toBe(0);
  });

  it('cannot be read, deleted or replaced', async () => {
    const { upload, url } = await begin();
    await append(url, upload.grant, 0, recordedTake());
    for (const method of ['GET', 'DELETE', 'PUT']) expect((await tus(method, url, upload.grant)).status).toBe(405);
    expect((await append(url, upload.grant, 0, recordedTake())).status).toBe(409);
    expect((await tus('HEAD', `${base}/${'0'.repeat(32)}`, upload.grant)).status).toBe(404);
    expect((await tus('HEAD', `${base}/..%2f..%2fkeys`, upload.grant)).status).toBe(404);
  });

  it('created a second time is the same one, at the offset it has, even at the same moment', async () => {
    const { upload } = await bed.openTake();
    const urls = await Promise.all([1, 2, 3].map(async () => (await create(upload)).headers.get('location')));
    expect(new Set(urls).size).toBe(1);
    const url = urls[0] ?? '';
    await append(url, upload.grant, 0, recordedTake());
    const again = await create(upload);
    expect([again.status, again.headers.get('location')]).toEqual([201, url]);
    expect(await offsetAt(url, upload.grant)).toBe(recordedTake().length);
  });

  it('loses nothing to a creation that comes late', async () => {
    for (let round = 0; round < 20; round++) {
      const { upload } = await bed.openTake();
      const creations = Array.from({ length: 4 }, () => create(upload));
      const url = (await Promise.race(creations)).headers.get('location') ?? '';
      expect((await append(url, upload.grant, 0, recordedTake())).status).toBe(204);
      await Promise.all(creations);
      expect(await offsetAt(url, upload.grant)).toBe(recordedTake().length);
    }
  });

  it('whose bytes have vanished is begun anew', async () => {
    const { upload, url } = await begin();
    await append(url, upload.grant, 0, recordedTake());
    await rm(path.join(bed.dataDir, 'uploads', url.split('/').at(-1) ?? ''));
    expect((await tus('HEAD', url, upload.grant)).status).toBe(410);
    expect((await create(upload)).headers.get('location')).toBe(url);
    expect((await append(url, upload.grant, 0, recordedTake().subarray(0, 5_000))).status).toBe(204);
    const { uploadedBytes } = await database().recordingTrack.findUniqueOrThrow({ where: { id: upload.track } });
    expect(Number(uploadedBytes)).toBe(5_000);
  });

  it.each([
    ['no notes, as a full disk leaves it at its creation', null],
    ['empty notes, as a power cut leaves them', ''],
    ['torn notes', '{"id":"'],
  ])('goes on with %s', async (_name, notes) => {
    const { upload, url } = await begin();
    expect((await append(url, upload.grant, 0, recordedTake().subarray(0, 5_000))).status).toBe(204);
    const file = path.join(bed.dataDir, 'uploads', `${url.split('/').at(-1)}.json`);
    await (notes === null ? rm(file) : writeFile(file, notes));
    expect((await create(upload)).headers.get('location')).toBe(url);
    expect(await offsetAt(url, upload.grant)).toBe(5_000);
    const rest = { 'Upload-Offset': '5000', 'Upload-Length': String(recordedTake().length) };
    const type = { 'Content-Type': 'application/offset+octet-stream' };
    const body = recordedTake().subarray(5_000);
    expect((await tus('PATCH', url, upload.grant, { ...rest, ...type }, body)).status).toBe(204);
    expect((await tus('HEAD', url, upload.grant)).headers.get('upload-length')).toBe(String(recordedTake().length));
  });

  it('is known to be as long as the last request for it has noted, also when one before notes its bytes later', async () => {
    const { upload, url } = await begin();
    const where = { id: upload.track };
    await database().recordingTrack.update({ where, data: { uploadedBytes: 9_000, failure: 'internal' } });
    expect((await append(url, upload.grant, 0, recordedTake().subarray(0, 5_000))).status).toBe(204);
    const noted = await database().recordingTrack.findUniqueOrThrow({ where });
    expect([Number(noted.uploadedBytes), noted.failure]).toEqual([9_000, null]);
  });

  it('takes no bytes that come with its creation, for nobody has looked at them', async () => {
    const { upload } = await bed.openTake();
    const reply = await tus(
      'POST',
      base,
      upload.grant,
      {
        ...{ 'Upload-Length': '8', 'Upload-Metadata': metadata(upload.track) },
        'Content-Type': 'application/offset+octet-stream',
      },
      Buffer.from('nonsense'),
    );
    expect(reply.status).toBe(201);
    expect(await offsetAt(reply.headers.get('location') ?? '', upload.grant)).toBe(0);
  });

  it('is over when its grant has ended, and when the track is whole and finalised', async () => {
    const { upload, url } = await begin();
    await append(url, upload.grant, 0, recordedTake());
    const where = { id: upload.track };
    const past = { grantEndsAt: new Date(Date.now() - 1), finalisedAt: new Date() };
    await database().recordingTrack.update({ where, data: past });
    expect((await append(url, upload.grant, recordedTake().length, Buffer.alloc(9))).status).toBe(403);
    expect((await create(upload)).status).toBe(403);
    await database().recordingTrack.update({
      where,
      data: { complete: { slices: 1, bytes: recordedTake().length, chain: null }, uploadId: null },
    });
    expect((await create(upload)).status).toBe(410);
    await database().recordingTrack.update({ where, data: { grantEndsAt: new Date(Date.now() + 60_000) } });
    expect((await append(url, upload.grant, recordedTake().length, Buffer.alloc(9))).status).toBe(410);
    const head = await tus('HEAD', url, upload.grant);
    expect(head.headers.get('upload-offset')).toBe(String(recordedTake().length));
    expect(head.headers.get('upload-length')).toBe(String(recordedTake().length));
    await database().take.deleteMany({ where: { tracks: { some: where } } });
    expect((await append(url, upload.grant, recordedTake().length, Buffer.alloc(9))).status).toBe(401);
  });

  it('keeps what came before its sender vanished in the middle of a PATCH', async () => {
    const { upload, url } = await begin();
    const gone = new AbortController();
    const body = new ReadableStream<Uint8Array>({ start: (c) => c.enqueue(new Uint8Array(recordedTake())) });
    const patch = fetch(url, {
      method: 'PATCH',
      headers: {
        ...{ 'Tus-Resumable': '1.0.0', Authorization: `Bearer ${upload.grant}`, 'Upload-Offset': '0' },
        'Content-Type': 'application/offset+octet-stream',
      },
      body,
      duplex: 'half',
      signal: gone.signal,
    } as RequestInit).catch(() => undefined);
    const { uploadId } = await database().recordingTrack.findUniqueOrThrow({ where: { id: upload.track } });
    const file = path.join(bed.dataDir, 'uploads', uploadId ?? '');
    await eventually(async () => (await readFile(file)).length === recordedTake().length);
    gone.abort();
    await patch;
    expect(await offsetAt(url, upload.grant)).toBe(recordedTake().length);
    expect((await append(url, upload.grant, recordedTake().length, Buffer.alloc(9))).status).toBe(204);
  });
});

describe('a web process that is killed in the middle of an upload', () => {
  let web: ChildProcess | undefined;
  afterAll(() => web?.kill('SIGKILL'));

  it('loses nothing that it acknowledged, and the next one goes on there', async () => {
    let address: string;
    ({ process: web, url: address } = await startUploadServer());
    const { upload } = await bed.openTake();
    const whole = large(6 * 1024 ** 2);
    let acknowledged = 0;
    let url = '';
    const send = (from: string | null): Promise<void> =>
      new Promise((resolve, reject) => {
        const tusUpload: Upload = new Upload(whole, {
          endpoint: `${address}/api/uploads`,
          uploadUrl: from,
          metadata: { track: upload.track },
          headers: { Authorization: `Bearer ${upload.grant}` },
          uploadLengthDeferred: true,
          chunkSize: 256 * 1024,
          retryDelays: null,
          onUploadUrlAvailable: () => (url = tusUpload.url ?? ''),
          onChunkComplete: (_size, accepted) => {
            acknowledged = accepted;
            if (accepted > 2 * 1024 ** 2) web?.kill('SIGKILL');
          },
          onSuccess: () => resolve(),
          onError: reject,
        });
        tusUpload.start();
      });
    await expect(send(null)).rejects.toThrow();
    expect(acknowledged).toBeGreaterThan(2 * 1024 ** 2);
    expect(acknowledged).toBeLessThan(whole.length);

    ({ process: web, url: address } = await startUploadServer());
    url = new URL(new URL(url).pathname, address).href;
    expect(await offsetAt(url, upload.grant)).toBeGreaterThanOrEqual(acknowledged);
    const killer = web;
    web = undefined;
    await send(url);
    web = killer;
    const { uploadId } = await database().recordingTrack.findUniqueOrThrow({ where: { id: upload.track } });
    expect((await readFile(path.join(bed.dataDir, 'uploads', uploadId ?? ''))).equals(whole)).toBe(true);
    expect(
      (await readdir(path.join(bed.dataDir, 'uploads'))).filter((name) => name.startsWith(uploadId ?? '-')),
    ).toHaveLength(2);
  });
});

describe('mayBeRecording', () => {
  it.each([
    ['WebM', recordedTake().subarray(0, 12), true],
    ['one byte of a WebM', recordedTake().subarray(0, 1), true],
    ['MP4', Buffer.from('0000001c66747970697336d6', 'hex'), true],
    ['half of an MP4 head', Buffer.from('0000001c6674', 'hex'), true],
    ['HTML', Buffer.from('<!doctype html>'), false],
    ['JPEG', Buffer.from('ffd8ffe000104a4649460001', 'hex'), false],
    ['an executable', Buffer.from('7f454c460201010000000000', 'hex'), false],
  ])('%s: %#', (_name, head, expected) => expect(mayBeRecording(head)).toBe(expected));
});
