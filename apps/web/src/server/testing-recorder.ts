import type { ManifestReply, ManifestUpdate } from '@parley/protocol/recording';
import { expect } from 'vitest';
import { receiveManifest } from './manifest-request';
import { eventually, type RecordingTestbed } from './testing-recordings';
import { receiveUpload } from './uploads';

// What a recorder's browser sends to web, for tests.
type Take = Awaited<ReturnType<RecordingTestbed['openTake']>>;

/** Tells more of the manifest; what web holds then. */
export async function say({ take, upload }: Take, update: ManifestUpdate): Promise<ManifestReply> {
  const request = new Request(upload.manifestUrl, {
    method: 'POST',
    headers: { Authorization: `Bearer ${upload.grant}` },
    body: JSON.stringify(update),
  });
  const reply = await receiveManifest(request, { take, track: upload.track });
  expect(reply.status).toBe(200);
  return (await reply.json()) as ManifestReply;
}

type Body = Buffer | ReadableStream<Uint8Array>;
async function tus(method: string, url: string, { upload }: Take, headers: Record<string, string>, body?: Body) {
  const reply = await receiveUpload(
    new Request(url, {
      method,
      headers: { 'Tus-Resumable': '1.0.0', Authorization: `Bearer ${upload.grant}`, ...headers },
      ...(body ? { body: Buffer.isBuffer(body) ? new Uint8Array(body) : body, duplex: 'half' } : {}),
    }),
  );
  return { status: reply.status, url: reply.headers.get('location') ?? '' };
}

/** A PATCH of the take's upload. */
export const patch = (take: Take, url: string, offset: number, body: Body) =>
  tus('PATCH', url, take, { 'Upload-Offset': String(offset), 'Content-Type': 'application/offset+octet-stream' }, body);

/** A PATCH that web has begun to read when this resolves. What it resolves to brings the bytes. */
export async function slowPatch(take: Take, url: string, offset: number, bytes: Buffer): Promise<() => Promise<void>> {
  let asked: ReadableStreamDefaultController<Uint8Array> | null = null;
  const body = new ReadableStream<Uint8Array>({ pull: (c) => void (asked = c) }, { highWaterMark: 0 });
  const reply = patch(take, url, offset, body);
  const controller = await eventually(() => Promise.resolve(asked));
  return async () => {
    controller.enqueue(new Uint8Array(bytes));
    controller.close();
    expect((await reply).status).toBe(204);
  };
}

/** Makes the take's upload and sends it `bytes`; its address. */
export async function send(take: Take, bytes: Buffer): Promise<string> {
  const { url } = await tus('POST', take.upload.uploadUrl, take, {
    ...{ 'Upload-Defer-Length': '1', 'Upload-Metadata': `track ${Buffer.from(take.upload.track).toString('base64')}` },
  });
  expect((await patch(take, url, 0, bytes)).status).toBe(204);
  return url;
}
