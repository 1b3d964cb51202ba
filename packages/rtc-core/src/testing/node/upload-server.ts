import { existsSync, statSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server as HttpServer, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { join } from 'node:path';
import { FileStore } from '@tus/file-store';
import { Server } from '@tus/server';
import { type ManifestReply, manifestUpdate, type Slice } from '@parley/protocol/recording';

/** What happens to a request instead of an answer: web refuses it, a proxy answers with a status, or the line goes dead. */
export type Fault = { readonly refuse: number } | number | 'drop' | 'drop-answer';

/** A real tus server with a manifest endpoint, which can be made to fail, and killed and started again. */
export interface UploadServer {
  readonly uploadUrl: string;
  readonly manifestUrl: string;
  /** Every request, as `METHOD status`. */
  readonly log: readonly string[];
  readonly slices: readonly Slice[];
  complete(): { slices: number; bytes: number; chain: string | null } | null;
  gaps(): readonly unknown[];
  /** Decides the fate of each request. */
  fault: (request: IncomingMessage) => Fault | null;
  state: ManifestReply['state'];
  /** The ids of the uploads made so far. */
  readonly uploads: readonly string[];
  kill(): Promise<void>;
  restart(): Promise<void>;
}

export async function startUploadServer(directory: string, grant: string): Promise<UploadServer> {
  const log: string[] = [];
  const slices: Slice[] = [];
  const uploads: string[] = [];
  let complete: ReturnType<UploadServer['complete']> = null;
  let gaps: readonly unknown[] = [];
  let http: HttpServer | null = null;
  let port = 0;
  const sockets = new Set<Socket>();

  function manifest(body: string): ManifestReply {
    const update = manifestUpdate.parse(JSON.parse(body));
    for (const slice of update.slices) if (slice.n === slices.length) slices.push(slice);
    complete = update.complete ?? complete;
    gaps = [...gaps, ...(update.gaps ?? [])];
    const file = join(directory, uploads.at(-1) ?? 'none yet');
    const uploadedBytes = existsSync(file) ? statSync(file).size : 0;
    return { slices: slices.length, uploadedBytes, state: server.state };
  }

  async function answer(tus: Server, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const fault = server.fault(request);
    response.on('close', () =>
      log.push(`${request.method} ${response.writableFinished ? response.statusCode : 'cut'}`),
    );
    if (fault === 'drop') return void request.socket.destroy();
    if (typeof fault === 'number') {
      request.resume();
      return void response.writeHead(fault).end('not now');
    }
    if (fault && typeof fault === 'object') {
      request.resume();
      response.writeHead(fault.refuse, { 'tus-resumable': '1.0.0', 'content-type': 'application/json' });
      return void response.end(JSON.stringify({ error: { code: 'refused' } }));
    }
    if (server.state === 'finalised' && request.url !== '/manifest')
      return void response.writeHead(410, { 'tus-resumable': '1.0.0' }).end();
    if (fault === 'drop-answer') response.writeHead = () => (request.socket.destroy(), response);
    if (request.headers.authorization !== `Bearer ${grant}`) return void response.writeHead(401).end();
    if (request.url !== '/manifest') return tus.handle(request, response);
    let body = '';
    for await (const chunk of request) body += String(chunk);
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(manifest(body)));
  }

  async function start(): Promise<void> {
    const tus = new Server({
      path: '/uploads',
      datastore: new FileStore({ directory }),
      relativeLocation: true,
      onUploadCreate: (_request, upload) => {
        uploads.push(upload.id);
        return Promise.resolve({});
      },
    });
    const made = createServer((request, response) => {
      answer(tus, request, response).catch(() => response.destroy());
    });
    made.on('connection', (socket) => {
      sockets.add(socket);
      socket.on('close', () => sockets.delete(socket));
    });
    await new Promise<void>((resolve) => made.listen(port, '127.0.0.1', resolve));
    port = (made.address() as AddressInfo).port;
    http = made;
  }

  await start();
  const server: UploadServer = {
    uploadUrl: `http://127.0.0.1:${port}/uploads`,
    manifestUrl: `http://127.0.0.1:${port}/manifest`,
    log,
    slices,
    uploads,
    complete: () => complete,
    gaps: () => gaps,
    fault: () => null,
    state: 'receiving',
    async kill() {
      const dying = http;
      http = null;
      if (!dying) return;
      const closed = new Promise((resolve) => dying.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
    restart: start,
  };
  return server;
}
