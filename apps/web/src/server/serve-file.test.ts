import { mkdtemp, readdir, readlink, rm, writeFile } from 'node:fs/promises';
import { request as httpRequest, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { askedRange, contentDisposition, recordingFileName, serveFile, type ServedFile } from './serve-file';
import { diskStore, type RecordingStore } from './storage';
import { serveWeb } from './testing-node-server';
import { eventually } from './testing-recordings';

const CONTENT = 'abcdefghijklmnopqrst';
const modifiedAt = new Date('2026-11-17T10:02:03.456Z');
const LAST_MODIFIED = 'Tue, 17 Nov 2026 10:02:03 GMT';

let folder: string;
let store: RecordingStore;
const small: ServedFile = { key: 'take/small.webm', mimeType: 'video/webm', etag: '"v1"', modifiedAt };

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'parley-store-'));
  store = diskStore(folder);
  const part = path.join(folder, 'part');
  await writeFile(part, CONTENT);
  await store.put('take/small.webm', part);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function get(headers: Record<string, string> = {}, method = 'GET', file = small) {
  const reply = await serveFile(new Request('http://localhost/x', { method, headers }), store, file);
  return { status: reply.status, headers: reply.headers, text: await reply.text() };
}

/** How many files of that name this process holds open. */
async function openFiles(name: string): Promise<number> {
  const fds = await readdir('/proc/self/fd');
  const targets = await Promise.all(fds.map((fd) => readlink(`/proc/self/fd/${fd}`).catch(() => '')));
  return targets.filter((target) => target.endsWith(name)).length;
}

describe('askedRange', () => {
  it.each<[string | null, ReturnType<typeof askedRange>]>([
    [null, null],
    ['', null],
    ['bytes=0-', { start: 0, end: 19 }],
    ['bytes=0-0', { start: 0, end: 0 }],
    ['bytes=5-9', { start: 5, end: 9 }],
    ['bytes=5-999', { start: 5, end: 19 }],
    ['bytes=19-19', { start: 19, end: 19 }],
    ['bytes=19-', { start: 19, end: 19 }],
    ['bytes=20-', 'unsatisfiable'],
    ['bytes=20-30', 'unsatisfiable'],
    ['bytes=-5', { start: 15, end: 19 }],
    ['bytes=-20', { start: 0, end: 19 }],
    ['bytes=-999', { start: 0, end: 19 }],
    ['bytes=-0', 'unsatisfiable'],
    ['BYTES=1-2', { start: 1, end: 2 }],
    ['bytes= 1-2 ', { start: 1, end: 2 }],
    // No sense, another unit, several: the whole, as RFC 9110 allows.
    ['bytes=9-5', null],
    ['bytes=-', null],
    ['bytes=a-b', null],
    ['bytes=1-2,4-5', null],
    ['items=1-2', null],
    ['bytes=1', null],
    ['bytes=--1', null],
    ['bytes=0x1-2', null],
    [`bytes=${'9'.repeat(40)}-`, 'unsatisfiable'],
  ])('%s', (header, expected) => expect(askedRange(header, 20)).toEqual(expected));

  it('of an empty file is never satisfiable', () => {
    expect(askedRange('bytes=0-', 0)).toBe('unsatisfiable');
    expect(askedRange('bytes=-5', 0)).toBe('unsatisfiable');
  });
});

describe('serveFile', () => {
  it('gives the whole', async () => {
    const { status, headers, text } = await get();
    expect([status, text]).toEqual([200, CONTENT]);
    expect(Object.fromEntries(headers)).toMatchObject({
      'content-type': 'video/webm',
      'content-length': '20',
      'accept-ranges': 'bytes',
      etag: '"v1"',
      'last-modified': LAST_MODIFIED,
      'cache-control': 'private, no-cache',
      'x-content-type-options': 'nosniff',
      'cross-origin-resource-policy': 'same-origin',
      'content-disposition': 'inline',
    });
  });

  it('gives a part', async () => {
    const { status, headers, text } = await get({ Range: 'bytes=5-9' });
    expect([status, text, headers.get('content-range'), headers.get('content-length')]).toEqual([
      ...[206, 'fghij', 'bytes 5-9/20', '5'],
    ]);
  });

  it('says what there would be to a part that is not there', async () => {
    const { status, headers, text } = await get({ Range: 'bytes=20-' });
    expect([status, text, headers.get('content-range')]).toEqual([416, '', 'bytes */20']);
  });

  it('answers HEAD like GET, without the bytes', async () => {
    const { status, headers, text } = await get({}, 'HEAD');
    expect([status, text, headers.get('content-length')]).toEqual([200, '', '20']);
    const part = await get({ Range: 'bytes=5-9' }, 'HEAD');
    expect([part.status, part.text, part.headers.get('content-length')]).toEqual([206, '', '5']);
  });

  it.each([
    [{ 'If-None-Match': '"v1"' }, 304],
    [{ 'If-None-Match': 'W/"v1"' }, 304],
    [{ 'If-None-Match': '"v0", "v1"' }, 304],
    [{ 'If-None-Match': '*' }, 304],
    [{ 'If-None-Match': '"v0"' }, 200],
    [{ 'If-Modified-Since': LAST_MODIFIED }, 304],
    [{ 'If-Modified-Since': 'Tue, 17 Nov 2026 10:02:02 GMT' }, 200],
    [{ 'If-Modified-Since': 'nonsense' }, 200],
    [{ 'If-None-Match': '"v0"', 'If-Modified-Since': LAST_MODIFIED }, 200],
    [{ 'If-None-Match': '"v1"', Range: 'bytes=0-1' }, 304],
    [{ Range: 'bytes=0-1', 'If-Range': '"v1"' }, 206],
    [{ Range: 'bytes=0-1', 'If-Range': '"v0"' }, 200],
    [{ Range: 'bytes=0-1', 'If-Range': 'W/"v1"' }, 200],
    [{ Range: 'bytes=0-1', 'If-Range': LAST_MODIFIED }, 206],
    [{ Range: 'bytes=0-1', 'If-Range': 'Tue, 17 Nov 2026 10:02:02 GMT' }, 200],
    [{ Range: 'bytes=90-', 'If-Range': '"v0"' }, 200],
  ])('%j -> %i', async (headers, expected) => {
    const { status, text } = await get(headers);
    expect(status).toBe(expected);
    expect(text).toBe({ 200: CONTENT, 206: 'ab', 304: '' }[expected]);
  });

  it('is 404 for a file that is gone', async () => {
    expect((await get({}, 'GET', { ...small, key: 'take/other.webm' })).status).toBe(404);
  });

  it('lets no key out of its folder', async () => {
    for (const key of ['../part', '/etc/passwd', 'a/../../b', '.work/x', 'a//b', '']) {
      await expect(store.stat(key)).rejects.toThrow('not a storage key');
    }
  });

  it('lets go of the file when the stream is cancelled between two reads', async () => {
    const part = path.join(folder, 'part');
    await writeFile(part, Buffer.alloc(1024 ** 2));
    await store.put('take/cancelled.webm', part);
    const reader = store.read('take/cancelled.webm', 0, 1024 ** 2 - 1).getReader();
    await reader.read();
    expect(await openFiles('cancelled.webm')).toBe(1);
    await reader.cancel();
    expect(await openFiles('cancelled.webm')).toBe(0);
  });

  it('lets go of the file when the caller goes away in the middle', async () => {
    const part = path.join(folder, 'part');
    await writeFile(part, Buffer.alloc(50 * 1024 ** 2));
    await store.put('take/large.webm', part);
    const file = { ...small, key: 'take/large.webm' };
    const { server, port } = await serveWeb((request) => serveFile(request, store, file));
    await Promise.all(
      Array.from(
        { length: 8 },
        () =>
          new Promise<void>((resolve) => {
            const call = httpRequest({ port, host: '127.0.0.1' }, (reply) => {
              reply.once('data', () => {
                call.destroy();
                resolve();
              });
            });
            call.on('error', () => undefined);
            call.end();
          }),
      ),
    );
    // Soon: the garbage collector would do it too, some day.
    await eventually(async () => (await openFiles('large.webm')) === 0, 5_000);
    closeServer(server);
  });
});

function closeServer(server: Server): void {
  server.closeAllConnections();
  server.close();
}

describe('the name a recording is saved under', () => {
  const at = new Date('2026-11-17T10:02:03Z');
  it.each([
    ['Design review', 'Design review 2026-11-17 10.02.webm'],
    ['', 'Recording 2026-11-17 10.02.webm'],
    ['../../etc/passwd', 'etc passwd 2026-11-17 10.02.webm'],
    ['C:\\temp\\x', 'C temp x 2026-11-17 10.02.webm'],
    ['What? "Now" <b>*|', 'What Now b 2026-11-17 10.02.webm'],
    ['设计评审', '设计评审 2026-11-17 10.02.webm'],
    ['Café\u0000\r\nX-Evil: 1', 'Café X-Evil 1 2026-11-17 10.02.webm'],
    ['gnp.\u202Eexe', 'gnp. exe 2026-11-17 10.02.webm'],
    ['...', 'Recording 2026-11-17 10.02.webm'],
    ['lone \uD800 surrogate', 'lone \uFFFD surrogate 2026-11-17 10.02.webm'],
    ['x'.repeat(500), `${'x'.repeat(100)} 2026-11-17 10.02.webm`],
  ])('%j', (title, expected) => expect(recordingFileName(title, at, 'video/webm')).toBe(expected));

  it('has the time where the meeting is, and the ending of its kind', () => {
    expect(recordingFileName('A', at, 'video/mp4', 'Asia/Shanghai')).toBe('A 2026-11-17 18.02.mp4');
    expect(recordingFileName('A', at, 'video/webm', 'No/Where')).toBe('A 2026-11-17 10.02.webm');
  });

  it.each([
    ['Design review 1.webm', `attachment; filename="Design review 1.webm"; filename*=UTF-8''Design%20review%201.webm`],
    [
      'Café "x"; a=b.webm',
      `attachment; filename="Cafe _x_; a=b.webm"; filename*=UTF-8''Caf%C3%A9%20%22x%22%3B%20a%3Db.webm`,
    ],
    ["it's (1)*.webm", `attachment; filename="it's (1)*.webm"; filename*=UTF-8''it%27s%20%281%29%2A.webm`],
    ['设计.webm', `attachment; filename="__.webm"; filename*=UTF-8''%E8%AE%BE%E8%AE%A1.webm`],
    ['50%41\\.webm', `attachment; filename="50_41_.webm"; filename*=UTF-8''50%2541%5C.webm`],
  ])('in Content-Disposition: %j', (name, expected) => {
    expect(contentDisposition(name)).toBe(expected);
    expect(new Headers({ 'Content-Disposition': contentDisposition(name) }).get('content-disposition')).toBe(expected);
  });
});
