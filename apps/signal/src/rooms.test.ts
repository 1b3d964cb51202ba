import { readdirSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { connect } from './testing-client';
import { ManualClock, startSignal } from './testing';

test('a restart finds the open session again, whatever an earlier one of the same meeting has left on disk', async () => {
  const ada = 'ada-lovelace';
  // Logs are read back in the order of their names, which are random: some runs have the ended one first, some last.
  for (let run = 0; run < 8; run++) {
    const clock = new ManualClock();
    const first = await startSignal({ clock });
    const earlier = await connect(first, { participant: ada, role: 'host' });
    await earlier.join();
    await earlier.ask('leave', { why: 'left' });
    const later = await connect(first, { participant: ada, role: 'host' });
    const { state } = await later.join();
    await first.kill();
    expect(readdirSync(path.join(first.dataDir, 'signal')).filter((name) => name.endsWith('.jsonl'))).toHaveLength(2);

    const second = await startSignal({ clock, dataDir: first.dataDir, keys: first.keys });
    const back = await connect(second, { participant: ada, role: 'host', instance: later.instance });
    expect((await back.join()).state.session).toBe(state.session);
    back.socket.disconnect();
    await second.kill();
  }
});
