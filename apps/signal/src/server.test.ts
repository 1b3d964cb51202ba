import { expect, test } from 'vitest';
import { startSignal } from './testing';
import { connect } from './test-client';

test('two people meet, chat and relay', async () => {
  const signal = await startSignal();
  const ada = await connect(signal);
  const bob = await connect(signal, { name: 'Bob' });
  await ada.join();
  await bob.join();
  await ada.ask('chat', { id: 'message-1', text: 'hello' });
  await bob.until((state) => state.chat.length === 1);
  await ada.until((state) => state.chat.length === 1);
  expect(bob.state).toEqual(ada.state);
  await signal.stop();
});
