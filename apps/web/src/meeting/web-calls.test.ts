import { afterEach, expect, test, vi } from 'vitest';
import { requestTicket } from './web-calls';

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

test('a request for a ticket that nobody answers ends by itself, so that another can be made', async () => {
  const timeout = AbortSignal.timeout.bind(AbortSignal);
  const asked = vi.spyOn(AbortSignal, 'timeout').mockImplementation((ms) => timeout(ms / 1_000));
  const unanswered = (_: string, { signal }: RequestInit) =>
    new Promise((_resolve, reject) => signal?.addEventListener('abort', () => reject(signal.reason as Error)));
  vi.stubGlobal('fetch', unanswered);
  await expect(requestTicket('a-meeting', null)).rejects.toMatchObject({ name: 'TimeoutError' });
  expect(asked).toHaveBeenCalledWith(10_000);
});
