import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Participant, test, expect } from './fixtures/participant';
import { freePort, type Stack, startStack } from './stack';

const turnserver = process.env.TURNSERVER ?? '/usr/bin/turnserver';
/** Ends coturn when this process vanishes. */
const guard = fileURLToPath(new URL('../scripts/guard.mjs', import.meta.url));
const SECRET = 'a secret of this test alone';

test('a call goes through the relay alone, with credentials limited in time', async ({ browser }) => {
  test.skip(!existsSync(turnserver), 'coturn is not installed');
  const [port, cli] = [await freePort(), await freePort()];
  const coturn = spawn(
    process.execPath,
    [
      ...[guard, 'SIGTERM', turnserver],
      ...['-n', '--listening-ip=127.0.0.1', '--relay-ip=127.0.0.1', `--listening-port=${port}`, '--realm=parley.test'],
      ...['--use-auth-secret', `--static-auth-secret=${SECRET}`, '--allow-loopback-peers', '--cli-password=unused'],
      ...[`--cli-port=${cli}`, '--no-tls', '--no-dtls', '--log-file=stdout', '--pidfile='],
    ],
    { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] },
  );
  // The guard tells its pid; a message nobody reads would keep the channel open, and the guard waits for its end.
  coturn.on('message', () => {});
  let stack: Stack | undefined;
  try {
    stack = await startStack({ TURN_URLS: `turn:127.0.0.1:${port}?transport=udp`, TURN_SECRET: SECRET });
    const alice = await Participant.arrives(browser, stack.webUrl, 'Alice Ash', { relayOnly: true });
    await alice.signsUp();
    const meeting = await alice.makesMeeting();
    await alice.joins();
    const bob = await Participant.arrives(browser, stack.webUrl, 'Bob Birch', { relayOnly: true });
    await bob.joins(meeting);
    await alice.sees('Bob Birch');
    await bob.sees('Alice Ash');
    // A busy machine may have made a link restart: then there are two pairs.
    const types = await alice.page.evaluate(() => window.parleyProbe.candidateTypes());
    expect([...new Set(types)]).toEqual(['relay']);
    await alice.context.close();
    await bob.context.close();
  } finally {
    coturn.disconnect();
    await stack?.stop();
  }
});
