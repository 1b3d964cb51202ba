import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { silentLogger } from '../logger';
import { browserPlatform } from '../platform';
import { handOver } from './hand-over';
import type { SpoolMeta } from './journal';
import { createOpfsSpool, type Spool } from './spool';
import { clearSpools } from './testing/clear-spools';
import { type PageServer, startPageServer } from './testing/page-server';

const cleanUp: (() => unknown)[] = [];
let server: PageServer;

beforeEach(async () => {
  await clearSpools();
  server = startPageServer();
});
afterEach(async () => {
  for (const undo of cleanUp.splice(0)) await undo();
  server.close();
});

async function spoolFor(id: string, to: Pick<SpoolMeta, 'destination' | 'upload'>): Promise<Spool> {
  const spool = await createOpfsSpool({ version: 1, id, take: `take-${id}`, title: 'Weekly', startedAt: 1_000, ...to });
  cleanUp.push(() => spool.close());
  await spool.append(new Uint8Array(20_000).buffer, { start: 0, end: 500 }, 2_000);
  return spool;
}
const toServer = () => spoolFor('track-0001', { destination: 'server', upload: server.upload });
const toDevice = () => spoolFor('track-0002', { destination: 'device', upload: null });

function send(spool: Spool) {
  const out = handOver(spool, {
    saveFile: () => {},
    onAcknowledged: () => {},
    onEnd: () => {},
    platform: browserPlatform,
    logger: silentLogger,
  });
  cleanUp.push(() => out.close());
  return out;
}
/** Whether the browser would ask before it closes the page. */
const asks = (): boolean => !dispatchEvent(new Event('beforeunload', { cancelable: true }));

test('the page is closed without a question only when nothing is on its way any more', async () => {
  expect(asks()).toBe(false);
  const [first, second] = [await toServer(), await toDevice()];
  const [upload, download] = [send(first), send(second)];
  expect(asks()).toBe(true);
  await first.note({ type: 'stopped' });
  await upload.done;
  expect(asks()).toBe(true);
  await second.note({ type: 'stopped' });
  // What is in it is no recording: nothing of it can be made seekable, and it is handed over as it is.
  await download.done;
  expect(asks()).toBe(false);
});

test('no question is left behind by what was refused or closed', async () => {
  const refused = send(await toServer());
  server.refuseWith = 403;
  await expect(refused.done).rejects.toMatchObject({ code: 'upload-refused' });
  expect(asks()).toBe(false);
  const closed = send(await toDevice());
  expect(asks()).toBe(true);
  closed.close();
  await vi.waitUntil(() => !asks());
});
