import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Control, SIGNATURE_HEADER, verifyBody } from '@parley/protocol/service-calls';
import { afterEach, expect, it } from 'vitest';
import { tellSignal } from './control';
import { testVariables } from './testing-web';

const END: Control = { type: 'end', meeting: 'meeting-12345678' };
let server: Server;

/** A signal that answers with each of `statuses` in turn, and notes what it heard. */
async function signalAnswering(statuses: readonly number[]): Promise<{ heard: { body: string; signed: boolean }[] }> {
  const heard: { body: string; signed: boolean }[] = [];
  server = createServer((request, response) => {
    void (async () => {
      let body = '';
      for await (const chunk of request) body += String(chunk);
      const signature = request.headers[SIGNATURE_HEADER] as string | undefined;
      const signed = await verifyBody(process.env.REPORT_SECRET ?? '', body, signature, Date.now());
      heard.push({ body: `${request.method} ${request.url} ${body}`, signed });
      const status = statuses[heard.length - 1] ?? 200;
      if (status === 0) request.socket.destroy();
      else response.writeHead(status).end();
    })();
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  port = (server.address() as AddressInfo).port;
  return { heard };
}

// The environment is read once: every signal of this file listens where the first did.
let port = 0;

afterEach(async () => {
  server.close();
  server.closeAllConnections();
  await once(server, 'close');
});

it('tells signal, signed, and tries again while it does not answer', async () => {
  const { heard } = await signalAnswering([503, 0, 200]);
  Object.assign(process.env, testVariables(), { SIGNAL_INTERNAL_URL: `http://127.0.0.1:${port}` });
  expect(await tellSignal(END)).toBe(true);
  expect(heard).toEqual(
    Array.from({ length: 3 }, () => ({ body: `POST /control ${JSON.stringify(END)}`, signed: true })),
  );
});

it('lets go after the third time, without failing who acted', async () => {
  const { heard } = await signalAnswering([500, 500, 500, 200]);
  expect(await tellSignal(END)).toBe(false);
  expect(heard).toHaveLength(3);
});
