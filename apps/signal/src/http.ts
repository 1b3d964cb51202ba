import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { CONTROL_PATH } from '@parley/protocol/service-calls';
import type { Logger } from 'pino';
import type { Control } from './control';
import type { Rooms } from './rooms';

export interface HttpOptions {
  readonly logger: Logger;
  readonly rooms: Rooms;
  readonly control: Control;
}

/** What signal answers besides sockets: GET /health and web's POST /control. */
export function httpListener({ logger, rooms, control }: HttpOptions): RequestListener {
  return (request, response) => {
    void answer(request, response).catch((error: unknown) => {
      logger.error({ err: error }, 'a request failed');
      if (!response.headersSent) send(response, 500, { error: 'internal' });
      else response.destroy();
    });
  };

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = (request.url ?? '').split('?', 1)[0];
    if (path === '/health' && (request.method === 'GET' || request.method === 'HEAD')) return health(response);
    if (path === CONTROL_PATH && request.method === 'POST') {
      const status = await control.receive(request);
      return send(response, status, { ok: status === 200 });
    }
    send(response, 404, { error: 'not-found' });
  }

  /** Away web is no failure: rooms go on and are reported later. */
  async function health(response: ServerResponse): Promise<void> {
    const reason = await rooms.failure();
    const parts = { log: reason === null ? 'ok' : 'failing', web: rooms.reports.webAway ? 'away' : 'ok' };
    if (reason === null) send(response, 200, { status: 'ok', parts, ...rooms.counts });
    else send(response, 503, { status: 'failing', reason: `The room log cannot be written: ${reason}`, parts });
  }
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' });
  response.end(JSON.stringify(body));
}
