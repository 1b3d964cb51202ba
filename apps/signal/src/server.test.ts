import pino from 'pino';
import { expect, test } from 'vitest';
import { startSignal } from './testing';

test('a connection that the system does not give, for want of files say, is logged; signal goes on', async () => {
  const lines: string[] = [];
  const logger = pino({ level: 'error' }, { write: (line) => void lines.push(line) });
  const signal = await startSignal({ logger });
  const failure = new Error('accept EMFILE');
  for (let i = 0; i < 3; i++) signal.server.io.httpServer.emit('error', failure);
  expect((await fetch(`${signal.url}/health`)).status).toBe(200);
  expect(lines.map((line) => (JSON.parse(line) as { err?: { message: string } }).err?.message)).toEqual(
    Array(3).fill('accept EMFILE'),
  );
  await signal.stop();
});
