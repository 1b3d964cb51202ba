import { type ManifestReply, manifestUpdate, type Slice } from '@parley/protocol/recording';

/** The server's side of an upload inside the page, in place of `fetch`: what a recorder in a browser test uploads to. */
export interface PageServer {
  readonly upload: { track: string; grant: string; uploadUrl: string; manifestUrl: string; maxBytes: number };
  /** What has been uploaded. */
  file(): Blob;
  readonly slices: readonly Slice[];
  complete(): { slices: number; bytes: number; chain: string | null } | null;
  gaps(): readonly { start: number; end: number; cause: string }[];
  state: ManifestReply['state'];
  /** Told in the manifest's reply instead of what is here. */
  held: Pick<ManifestReply, 'slices' | 'uploadedBytes'> | null;
  /** What web refuses everything with instead. */
  refuseWith: number | null;
  /** Gives `fetch` back. */
  close(): void;
}

const TUS = { 'Tus-Resumable': '1.0.0' };

export function startPageServer(): PageServer {
  const real = globalThis.fetch;
  const parts: Blob[] = [];
  const slices: Slice[] = [];
  let length: string | null = null;
  let complete: ReturnType<PageServer['complete']> = null;
  let gaps: ReturnType<PageServer['gaps']> = [];
  const bytes = (): number => parts.reduce((sum, part) => sum + part.size, 0);
  const tus = (status: number, headers: Record<string, string> = {}): Response =>
    new Response(null, { status, headers: { ...TUS, 'Upload-Offset': String(bytes()), ...headers } });

  function answer(url: string, { method = 'GET', headers, body }: RequestInit): Response {
    if (server.refuseWith !== null)
      return Response.json({ error: { code: 'refused' } }, { status: server.refuseWith, headers: TUS });
    const sent = new Headers(headers);
    if (url.endsWith('/manifest')) {
      const update = manifestUpdate.parse(JSON.parse(body as string));
      for (const slice of update.slices) if (slice.n === slices.length) slices.push(slice);
      complete = update.complete ?? complete;
      gaps = [...gaps, ...(update.gaps ?? [])];
      return Response.json({
        slices: slices.length,
        uploadedBytes: bytes(),
        ...server.held,
        state: server.state,
      } satisfies ManifestReply);
    }
    if (method === 'POST') return tus(201, { Location: `${server.upload.uploadUrl}/1` });
    if (method === 'HEAD') return tus(200, length === null ? {} : { 'Upload-Length': length });
    if (sent.get('upload-offset') !== String(bytes())) return tus(409);
    length = sent.get('upload-length') ?? length;
    parts.push(body as Blob);
    return tus(204);
  }

  globalThis.fetch = (input, init) => {
    const url = input instanceof Request ? input.url : String(input);
    return url.startsWith('http://uploads.test/') ? Promise.resolve(answer(url, init ?? {})) : real(input, init);
  };
  const server: PageServer = {
    upload: {
      track: 'track-0001',
      grant: 'grant',
      uploadUrl: 'http://uploads.test/uploads',
      manifestUrl: 'http://uploads.test/manifest',
      maxBytes: 1e9,
    },
    file: () => new Blob(parts),
    slices,
    complete: () => complete,
    gaps: () => gaps,
    state: 'receiving',
    held: null,
    refuseWith: null,
    close: () => (globalThis.fetch = real),
  };
  return server;
}
