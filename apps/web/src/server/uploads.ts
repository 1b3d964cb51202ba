import { randomBytes } from 'node:crypto';
import { MemoryLocker, Metadata, Server } from '@tus/server';
import { database } from './database';
import { env } from './env';
import { endedStatus, grantedTrack, hasEnded, isSettled, type GrantedTrack } from './grants';
import { log } from './log';
import { finaliseIfWhole } from './manifest';
import { arrived, uploadsFolder, uploadStore } from './upload-store';

/** tus 1.0.0 with creation and creation-defer-length (https://tus.io/protocols/resumable-upload). */
export const UPLOADS_PATH = '/api/uploads';

/** How long a request for an upload waits for the one before it to let go: the line it came over may be dead. */
const LOCK_DRAIN_MS = 1_000;
/** Enough to tell a recording from anything else. */
const HEAD_BYTES = 12;

interface Receiver {
  readonly folder: string;
  readonly tus: Server;
  /** Which id a creation request is to be given. */
  readonly named: WeakMap<Request, string>;
  /** Creations in progress by track: the second waits for the first. */
  readonly creating: Map<string, Promise<unknown>>;
}

// One tus server and one locker per process, or two requests for one upload do not know of each other. On globalThis,
// because Next may load this module more than once.
const shared = globalThis as { parleyReceiver?: Receiver };

function receiver(): Receiver {
  const folder = uploadsFolder();
  if (shared.parleyReceiver?.folder === folder) return shared.parleyReceiver;
  const named = new WeakMap<Request, string>();
  const tus = new Server({
    path: UPLOADS_PATH,
    datastore: uploadStore(),
    locker: new MemoryLocker(),
    lockDrainTimeout: LOCK_DRAIN_MS,
    maxSize: () => env().MAX_RECORDING_BYTES,
    allowedOrigins: [env().WEB_URL],
    generateUrl: (_request, { path, id }) => `${env().WEB_URL}${path}/${id}`,
    namingFunction: (request) => {
      const id = named.get(request);
      if (!id) throw new Error('an upload is only created for a track');
      return id;
    },
  });
  return (shared.parleyReceiver = { folder, tus, named, creating: new Map() });
}

/**
 * Every request under `/api/uploads`. Each carries the grant of one track, and reaches that track's one upload: it can
 * be created, asked about and appended to, never read, rewritten or deleted.
 *
 * 401 no grant of ours; 403 past its time, with something missing; 404 another track's upload; 405; 410 whole and finalised; 413 larger than
 * `MAX_RECORDING_BYTES`; 415 not a recording; the rest as tus says.
 */
export async function receiveUpload(request: Request): Promise<Response> {
  if (request.method === 'OPTIONS') return receiver().tus.handleWeb(request);
  if (!['POST', 'HEAD', 'PATCH'].includes(request.method)) return refusal(405, { Allow: 'POST, HEAD, PATCH, OPTIONS' });
  const track = await grantedTrack(request.headers);
  if (!track) return refusal(401, { 'WWW-Authenticate': 'Bearer' });
  if (hasEnded(track)) return refusal(endedStatus(track));
  if (isSettled(track)) return request.method === 'HEAD' ? allHere(track) : refusal(410);

  const id = new URL(request.url).pathname.slice(UPLOADS_PATH.length + 1);
  if (request.method === 'POST') return id === '' ? createOnce(track, request) : refusal(404);
  if (id === '' || id !== track.uploadId) return refusal(404);
  return request.method === 'PATCH' ? append(track, id, request) : receiver().tus.handleWeb(request);
}

/** To a recorder that lost the reply to its last bytes and asks where to go on: nowhere, the server has them all. */
function allHere({ uploadedBytes }: GrantedTrack): Response {
  const bytes = String(uploadedBytes);
  const headers = {
    'Tus-Resumable': '1.0.0',
    'Cache-Control': 'no-store',
    'Upload-Offset': bytes,
    'Upload-Length': bytes,
  };
  return new Response(null, { status: 200, headers });
}

/**
 * One upload per track. A second creation means that the reply to the first was lost, or that the recorder lost its
 * note of it: it is answered with the same upload, whose offset tells where to go on. Only when its bytes have
 * vanished is it begun anew.
 */
async function createOnce(track: GrantedTrack, request: Request): Promise<Response> {
  const { creating } = receiver();
  const before = creating.get(track.id) ?? Promise.resolve();
  const creation = before.catch(() => undefined).then(() => create(track, request));
  creating.set(track.id, creation);
  try {
    return await creation;
  } finally {
    if (creating.get(track.id) === creation) creating.delete(track.id);
  }
}

async function create(track: GrantedTrack, request: Request): Promise<Response> {
  if (trackNamedIn(request.headers) !== track.id) return refusal(404);
  const { tus, named } = receiver();
  const id = await uploadIdOf(track);
  if (await arrived(id)) {
    const location = `${env().WEB_URL}${UPLOADS_PATH}/${id}`;
    return new Response(null, { status: 201, headers: { Location: location, 'Tus-Resumable': '1.0.0' } });
  }
  // If it had bytes, they have vanished.
  await database().recordingTrack.updateMany({ where: { id: track.id }, data: { uploadedBytes: 0 } });
  // Without a body: bytes that came with the creation would not be looked at.
  const headers = new Headers(request.headers);
  headers.delete('content-type');
  headers.delete('content-length');
  const bare = new Request(request.url, { method: 'POST', headers });
  named.set(bare, id);
  const reply = await tus.handleWeb(bare);
  if (reply.status === 201) log().info({ take: track.takeId, track: track.id }, 'upload created');
  return reply;
}

/** The id of the track's upload, chosen by whoever comes first. */
async function uploadIdOf(track: GrantedTrack): Promise<string> {
  const id = randomBytes(16).toString('hex');
  const chosen = await database().recordingTrack.updateMany({
    // A track that is whole has let go of its upload, and takes no other.
    where: { id: track.id, uploadId: null, finalisedAt: null },
    data: { uploadId: id },
  });
  if (chosen.count === 1) return id;
  const { uploadId } = await database().recordingTrack.findUniqueOrThrow({ where: { id: track.id } });
  if (!uploadId) throw new Error('the upload was let go of meanwhile');
  return uploadId;
}

function trackNamedIn(headers: Headers): string | null {
  try {
    return Metadata.parse(headers.get('upload-metadata') ?? undefined).track ?? null;
  } catch {
    return null;
  }
}

async function append(track: GrantedTrack, id: string, request: Request): Promise<Response> {
  const here = await arrived(id);
  let passed = request;
  if (here && here.bytes < HEAD_BYTES && request.headers.get('upload-offset') === String(here.bytes) && request.body) {
    const looked = await lookAt(id, here.bytes, request.body);
    if (!looked.recording) {
      await looked.body.cancel();
      return refusal(415);
    }
    passed = new Request(request, { body: looked.body, duplex: 'half' } as RequestInit);
  }
  const reply = await receiver().tus.handleWeb(passed);
  const now = await arrived(id);
  if (now && now.bytes !== here?.bytes) {
    await noteArrival(track, now.bytes);
  }
  return reply;
}

async function noteArrival(track: GrantedTrack, bytes: number): Promise<void> {
  const { recordingTrack, take } = database();
  // First, and whatever the row says: while a finalise job ends, this waits for what it makes of the bytes before.
  await recordingTrack.updateMany({ where: { id: track.id }, data: { failure: null } });
  // A request whose line died may come to this after the one that went on where it ended.
  await recordingTrack.updateMany({
    where: { id: track.id, uploadedBytes: { lt: bytes } },
    data: { uploadedBytes: bytes },
  });
  // More of a take that was given up, or finalised with something missing, maybe while these bytes came: it is on its way again.
  await take.updateMany({
    where: {
      id: track.takeId,
      state: { in: ['ready', 'failed'] },
      tracks: { some: { id: track.id, uploadId: { not: null } } },
    },
    data: { state: 'receiving' },
  });
  await finaliseIfWhole(track.id);
}

/** Looks at the first bytes of an upload before they are kept, and gives them back with the rest. */
async function lookAt(
  id: string,
  have: number,
  body: ReadableStream<Uint8Array>,
): Promise<{ recording: boolean; body: ReadableStream<Uint8Array> }> {
  const reader = body.getReader();
  const chunks: Uint8Array[] = [];
  let seen = 0;
  let ended = false;
  while (have + seen < HEAD_BYTES && !ended) {
    const { value, done } = await reader.read();
    if (value) {
      chunks.push(value);
      seen += value.length;
    }
    ended = done;
  }
  const head = Buffer.concat([await firstBytes(id, have), ...chunks]).subarray(0, HEAD_BYTES);
  const rest = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const kept = chunks.shift();
      if (kept) return controller.enqueue(kept);
      const { value, done } = ended ? { value: undefined, done: true } : await reader.read();
      if (value) controller.enqueue(value);
      if (done) controller.close();
    },
    cancel: (reason) => reader.cancel(reason),
  });
  return { recording: mayBeRecording(head), body: rest };
}

async function firstBytes(id: string, count: number): Promise<Buffer> {
  if (count === 0) return Buffer.alloc(0);
  const stream = uploadStore().read(id);
  const chunks: Buffer[] = [];
  for await (const chunk of stream as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).subarray(0, count);
}

/** Whether `head`, possibly short, may begin a WebM (EBML magic, RFC 8794) or an MP4 (`ftyp` box, ISO/IEC 14496-12). */
export function mayBeRecording(head: Uint8Array): boolean {
  const begins = (expected: readonly number[], at: number): boolean =>
    expected.every((byte, i) => head[at + i] === undefined || head[at + i] === byte);
  return begins([0x1a, 0x45, 0xdf, 0xa3], 0) || (begins([0x66, 0x74, 0x79, 0x70], 4) && begins([0, 0], 0));
}

function refusal(status: number, headers: Record<string, string> = {}): Response {
  return new Response(null, { status, headers: { 'Tus-Resumable': '1.0.0', 'Cache-Control': 'no-store', ...headers } });
}
