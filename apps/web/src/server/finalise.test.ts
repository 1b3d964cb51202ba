import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, copyFile, mkdtemp, open, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ALL_FORMATS, EncodedPacketSink, FilePathSource, Input } from 'mediabunny';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { finalise, type FinaliseJob } from './finalise';
import { copyPackets, durationOf, NothingToPlay } from './finalise-copy';
import { runFinalise } from './finalise-run';
import { chained, recordedSlices, recordedTake } from './testing-take';

let folder: string;
let source: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'parley-finalise-'));
  source = path.join(folder, 'upload');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function jobOf(bytes: Buffer, more: Partial<FinaliseJob> = {}): Promise<FinaliseJob> {
  await writeFile(source, bytes);
  const slices = more.slices ?? recordedSlices();
  return {
    track: 'track0001',
    source,
    workDir: path.join(folder, 'work'),
    slices,
    gaps: [],
    complete: { slices: slices.length },
    spanMs: null,
    lastTry: false,
    poster: false,
    ...more,
  };
}

/** What a player learns of a file: stated duration, and where a seek to the middle lands, ms. */
async function inspect(
  file: string,
): Promise<{ duration: number | null; keyAtMiddle: number; last: number; packets: number }> {
  const input = new Input({ formats: ALL_FORMATS, source: new FilePathSource(file) });
  try {
    const video = await input.getPrimaryVideoTrack();
    if (!video) throw new Error('no video');
    const sink = new EncodedPacketSink(video);
    let packets = 0;
    let last = 0;
    for await (const packet of sink.packets()) {
      packets++;
      last = packet.timestamp * 1000;
    }
    const key = await sink.getKeyPacket(1.5);
    const duration = await input.getDurationFromMetadata();
    return { duration: duration && duration * 1000, keyAtMiddle: (key?.timestamp ?? NaN) * 1000, last, packets };
  } finally {
    input.dispose();
  }
}

/** Position of the Cues element (EBML id 1C53BB6B), or -1. */
const cuesIn = (bytes: Buffer): number => bytes.indexOf(Buffer.from([0x1c, 0x53, 0xbb, 0x6b]));

/** The same film as browsers write it that know a cluster's size before they write it. */
function withClusterSizes(film: Buffer): Buffer {
  const sized = Buffer.from(film);
  const cluster = Buffer.from([0x1f, 0x43, 0xb6, 0x75, 0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]);
  let clusters = 0;
  for (let at = film.indexOf(cluster); at >= 0;) {
    const next = film.indexOf(cluster, at + 1);
    sized.writeBigUInt64BE((1n << 56n) | BigInt((next < 0 ? film.length : next) - at - 12), at + 4);
    at = next;
    clusters++;
  }
  expect(clusters).toBeGreaterThan(3);
  return sized;
}

const programs = process.env.PATH ?? '';
const hasFfmpeg = programs.split(path.delimiter).some((folder) => existsSync(path.join(folder, 'ffmpeg')));

const ways: [by: string, path: string][] = [['our own copy', '/nowhere']];
if (hasFfmpeg) ways.push(['ffmpeg', programs]);

describe.each(ways)('finalise by %s', (by, PATH) => {
  beforeAll(() => void (process.env.PATH = PATH));
  afterAll(() => void (process.env.PATH = programs));

  it('gives a recording its duration and cues', async () => {
    const raw = recordedTake();
    expect(cuesIn(raw)).toBe(-1);
    const result = await finalise(await jobOf(raw), () => undefined);

    const seen = await inspect(result.file);
    expect(seen.duration).toBeGreaterThan(2_700);
    expect(seen.duration).toBeLessThan(3_700);
    expect(result.durationMs).toBe(Math.round(seen.duration ?? 0));
    expect(seen.packets).toBeGreaterThan(20);
    expect(cuesIn(await readFile(result.file))).toBeGreaterThan(0);
    expect(result).toMatchObject({
      mimeType: 'video/webm',
      gaps: [],
      sourceBytes: raw.length,
      sha256: createHash('sha256').update(raw).digest('hex'),
    });
  });

  it('keeps all but the broken block of a cut, wherever it is, and names the slices that are not whole', async () => {
    const slices = recordedSlices();
    const job = await jobOf(recordedTake());
    let offset = 0;
    for (const [i, slice] of slices.entries()) {
      for (const part of [0.3, 0.5, 0.9]) {
        await writeFile(source, recordedTake().subarray(0, offset + Math.round(slice.bytes * part)));
        const result = await finalise(job, () => undefined);
        expect(result.gaps).toEqual([{ start: slice.start, end: slices.at(-1)?.end, cause: 'not-uploaded' }]);
        // Video is a frame each 100 ms here, and starts 100 ms after the first slice was begun.
        const kept = slice.start + (slice.end - slice.start) * part;
        if (i > 0) expect(Math.abs(((await inspect(result.file)).duration ?? NaN) - kept)).toBeLessThan(320);
      }
      offset += slice.bytes;
    }
  });

  it('does so too where clusters state their size', async () => {
    const raw = withClusterSizes(recordedTake());
    const cut = raw.subarray(0, raw.length - 1_000);
    const duration = async (bytes: Buffer) =>
      (await finalise(await jobOf(bytes, { slices: [], complete: null }), () => undefined)).durationMs;
    const full = await duration(raw);
    expect(await duration(cut)).toBeGreaterThan(full - 320);
  });

  it('names the slices whose bytes are not what the recorder wrote', async () => {
    const slices = recordedSlices();
    const raw = Buffer.from(recordedTake());
    const second = (slices[0]?.bytes ?? 0) + 100;
    raw.writeUInt8(raw.readUInt8(second) ^ 0xff, second);
    const result = await finalise(await jobOf(raw), () => undefined);
    expect(result.gaps).toEqual([{ start: slices[1]?.start, end: slices[1]?.end, cause: 'unknown' }]);
    expect(result.spoilt).toBe(true);
  });

  it('takes what the recorder missed, for whatever reason, for no fault of its bytes', async () => {
    const end = recordedSlices().at(-1)?.end ?? 0;
    for (const cause of ['unknown', 'size-limit'] as const) {
      const gaps = [{ start: end, end: end + 500, cause }];
      expect(await finalise(await jobOf(recordedTake(), { gaps }), () => undefined)).toMatchObject({
        gaps,
        spoilt: false,
      });
    }
  });

  it('names the end that a vanished recorder never said, to the time the room saw', async () => {
    const end = recordedSlices().at(-1)?.end ?? 0;
    const result = await finalise(
      await jobOf(recordedTake(), { complete: null, spanMs: end + 4_000 }),
      () => undefined,
    );
    expect(result.gaps).toEqual([{ start: end, end: end + 4_000, cause: 'recorder-closed' }]);
  });

  it('says of no recording whose end was never said that it is complete', async () => {
    const end = recordedSlices().at(-1)?.end ?? 0;
    for (const spanMs of [null, end + 200]) {
      const { gaps } = await finalise(await jobOf(recordedTake(), { complete: null, spanMs }), () => undefined);
      expect(gaps).toEqual([{ start: end, end: end + 500, cause: 'recorder-closed' }]);
    }
  });

  it('names what a crashed recorder missed to the time the room saw, though a later visit said the end', async () => {
    const end = recordedSlices().at(-1)?.end ?? 0;
    const gaps = [{ start: end, end: end + 500, cause: 'recorder-closed' }] as const;
    const job = await jobOf(recordedTake(), { gaps: [...gaps], spanMs: end + 60_000 });
    expect((await finalise(job, () => undefined)).gaps).toEqual([{ ...gaps[0], end: end + 60_000 }]);
    expect((await finalise({ ...job, gaps: [] }, () => undefined)).gaps).toEqual([]);
  });

  it('keeps bytes the manifest does not know yet', async () => {
    const slices = recordedSlices().slice(0, 2);
    const result = await finalise(await jobOf(recordedTake(), { slices, complete: null }), () => undefined);
    expect((await inspect(result.file)).duration).toBeGreaterThan(2_700);
  });

  it('has a recorder closed where the slices end that are here, though a power cut took some of them from its disk', async () => {
    const end = recordedSlices().at(-1)?.end ?? 0;
    const job = await jobOf(recordedTake(), { gaps: [{ start: 1_000, end: 1_500, cause: 'recorder-closed' }] });
    expect((await finalise(job, () => undefined)).gaps).toEqual([
      { start: end, end: end + 500, cause: 'recorder-closed' },
    ]);
  });

  it('does not take a file for whole that ends before its slices do: it tries again, and then says so', async () => {
    const slices = chained(
      recordedTake(),
      recordedSlices().map(({ start, end, bytes }) => ({ start: 2 * start, end: 2 * end, bytes })),
    );
    const end = slices.at(-1)?.end ?? 0;
    const job = await jobOf(recordedTake(), { slices });
    await expect(finalise(job, () => undefined)).rejects.toThrow('came out');
    const { durationMs, gaps, spoilt } = await finalise({ ...job, lastTry: true }, () => undefined);
    expect(gaps).toEqual([{ start: durationMs, end, cause: 'unknown' }]);
    expect(spoilt).toBe(true);
    // What the recorder itself has missed was never there.
    const missed = { start: 500, end: end / 2 + 500, cause: 'recorder-suspended' } as const;
    expect((await finalise({ ...job, gaps: [missed] }, () => undefined)).gaps).toEqual([missed]);
  });

  it('joins the parts of a recorder that had to start its encoder anew', async () => {
    const first = recordedSlices();
    const offset = (first.at(-1)?.end ?? 0) + 800;
    const slices = [
      ...first,
      ...first.map((s) => ({ ...s, n: s.n + first.length, start: s.start + offset, end: s.end + offset })),
    ];
    const result = await finalise(
      await jobOf(Buffer.concat([recordedTake(), recordedTake()]), { slices }),
      () => undefined,
    );
    const seen = await inspect(result.file);
    const once = await inspect(
      (await finalise(await jobOf(recordedTake(), { track: 'track0002' }), () => undefined)).file,
    );
    expect(seen.packets).toBe(2 * once.packets);
    expect(seen.last).toBeCloseTo(once.last + offset, -1);
  });

  it('makes a poster where there is ffmpeg', async () => {
    const { posterFile } = await finalise(await jobOf(recordedTake(), { poster: true }), () => undefined);
    if (by === 'ffmpeg')
      expect((await readFile(posterFile ?? '')).subarray(0, 3)).toEqual(Buffer.from([0xff, 0xd8, 0xff]));
    else expect(posterFile).toBe(null);
  });

  it('refuses what holds no media, for good', async () => {
    await expect(finalise(await jobOf(Buffer.alloc(0)), () => undefined)).rejects.toThrow(NothingToPlay);
    await expect(finalise(await jobOf(recordedTake().subarray(0, 40)), () => undefined)).rejects.toThrow(NothingToPlay);
    await expect(finalise(await jobOf(Buffer.alloc(5_000, 7)), () => undefined)).rejects.toThrow(NothingToPlay);
  });
});

it('a disk that gives no more is no cut in a recording', async () => {
  // Its last cluster far behind the others (a Void element of a megabyte), so that it takes a read of its own.
  const last = recordedTake().lastIndexOf(Buffer.from([0x1f, 0x43, 0xb6, 0x75]));
  const between = Buffer.alloc(1024 ** 2);
  between.writeUInt8(0xec);
  between.writeBigUInt64BE((1n << 56n) | BigInt(between.length - 9), 1);
  await writeFile(source, Buffer.concat([recordedTake().subarray(0, last), between, recordedTake().subarray(last)]));
  const copy = () =>
    copyPackets(source, path.join(folder, 'out'), [{ offset: 0, startMs: 0 }], () => undefined).then(() =>
      durationOf(path.join(folder, 'out')),
    );
  expect(await copy()).toBeGreaterThan(2_700);

  const handle = await open(source);
  const prototype = Object.getPrototypeOf(handle) as { read: (...args: unknown[]) => Promise<unknown> };
  await handle.close();
  const { read } = prototype;
  let lookedForEnd = false;
  const spy = vi.spyOn(prototype, 'read').mockImplementation(function (this: unknown, ...args) {
    const [, , length, position] = args as [Buffer, number, number, number];
    if (lookedForEnd && position + length > last + between.length) return Promise.reject(new Error('EIO'));
    lookedForEnd = true;
    return read.apply(this, args);
  });
  try {
    await expect(copy()).rejects.toThrow('EIO');
  } finally {
    spy.mockRestore();
  }
});

it('what ffmpeg does not read to the end is copied by us', async () => {
  const first = recordedSlices().slice(0, 1);
  const cut = await jobOf(recordedTake().subarray(0, first[0]?.bytes), { slices: first });
  await copyFile((await finalise(cut, () => undefined)).file, path.join(folder, 'short.webm'));
  await writeFile(path.join(folder, 'ffmpeg'), `#!/bin/sh\nfor out; do :; done\ncp ${folder}/short.webm "$out"\n`);
  await chmod(path.join(folder, 'ffmpeg'), 0o755);
  process.env.PATH = `${folder}:/bin:/usr/bin`;
  try {
    expect((await finalise(await jobOf(recordedTake()), () => undefined)).durationMs).toBeGreaterThan(2_700);
  } finally {
    process.env.PATH = programs;
  }
});

describe('runFinalise', () => {
  it('gives no secret to the process that reads what strangers uploaded', async () => {
    const program = path.join(folder, 'tell.mjs');
    const answer = `{ type: 'failed', message: Object.keys(process.env).join(), lasting: true }`;
    await writeFile(program, `process.once('message', () => process.send(${answer}, () => process.disconnect()));`);
    Object.assign(process.env, { FINALISE_PROGRAM: program, NEXTAUTH_SECRET: 'x', DATABASE_URL: 'x' });
    try {
      const told = runFinalise(await jobOf(recordedTake()), () => undefined, new AbortController().signal);
      await expect(told).rejects.toThrow(/PATH/u);
      await expect(told).rejects.not.toThrow(/SECRET|DATABASE/u);
    } finally {
      for (const name of ['FINALISE_PROGRAM', 'NEXTAUTH_SECRET', 'DATABASE_URL']) delete process.env[name];
    }
  });

  it('kills one that hangs, and what it has started', async () => {
    const program = path.join(folder, 'hang.mjs');
    const beats = path.join(folder, 'beats');
    await writeFile(
      program,
      `import { spawn } from 'node:child_process';
       process.on('message', () => {
         spawn('sh', ['-c', 'while :; do echo >> ${beats}; sleep 0.1; done'], { stdio: 'ignore' });
         let times = 0;
         setInterval(() => times++ < 3 && process.send({ type: 'progress', ms: times }), 300);
       });`,
    );
    process.env.FINALISE_PROGRAM = program;
    try {
      const progress = vi.fn();
      const run = runFinalise(await jobOf(recordedTake()), progress, new AbortController().signal, 5_000);
      await expect(run).rejects.toThrow('hangs');
      expect(progress).toHaveBeenCalledTimes(3);
      const heard = await readFile(beats, 'utf8');
      await new Promise((resolve) => setTimeout(resolve, 600));
      expect((await readFile(beats, 'utf8')).length).toBeLessThanOrEqual(heard.length + 1);
    } finally {
      delete process.env.FINALISE_PROGRAM;
    }
  });

  it('does the same in a child process, and tells a lasting failure from a passing one', async () => {
    const never = new AbortController().signal;
    const result = await runFinalise(await jobOf(recordedTake()), () => undefined, never);
    expect(result.durationMs).toBeGreaterThan(2_700);
    await expect(runFinalise(await jobOf(Buffer.alloc(64)), () => undefined, never)).rejects.toThrow('no container');
  });

  it('killed at any point and run again, gives the same and leaves nothing else', async () => {
    const job = await jobOf(recordedTake());
    const clean = await finalise(job, () => undefined);
    const expected = await inspect(clean.file);
    for (const afterMs of [0, 150, 300, 450, 600]) {
      const stop = new AbortController();
      const killed = runFinalise(job, () => undefined, stop.signal).catch(() => undefined);
      const timer = setTimeout(() => stop.abort(), afterMs);
      await killed;
      clearTimeout(timer);
    }
    const again = await runFinalise(job, () => undefined, new AbortController().signal);
    expect(await inspect(again.file)).toEqual(expected);
    expect(await readdir(job.workDir)).toEqual([path.basename(again.file)]);
    expect(await readFile(source)).toEqual(recordedTake());
  });
});
