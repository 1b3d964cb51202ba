import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { requestTicket } from './web-calls';

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

beforeEach(() => vi.stubGlobal('window', {}));

test('takes the answer that the page asked for, once, and for its own meeting alone', async () => {
  const asked = vi.fn((_path: string, _init: RequestInit) => Promise.resolve(Response.json({ ticket: 'asked-now' })));
  vi.stubGlobal('fetch', asked);
  const early = (slug: string) => {
    window.earlyTicket = { slug, answer: Promise.resolve(Response.json({ ticket: 'early' })) };
  };
  early('a-meeting');
  expect(await requestTicket('a-meeting', null)).toBe('early');
  expect(asked).not.toHaveBeenCalled();
  expect(await requestTicket('a-meeting', null)).toBe('asked-now');
  early('another');
  expect(await requestTicket('a-meeting', null)).toBe('asked-now');
  early('a-meeting');
  expect(await requestTicket('a-meeting', 'the last one')).toBe('asked-now');
});

test('asks itself when what the page asked for did not come: that says nothing of now', async () => {
  const asked = vi.fn((_path: string, _init: RequestInit) => Promise.resolve(Response.json({ ticket: 'asked-now' })));
  vi.stubGlobal('fetch', asked);
  window.earlyTicket = { slug: 'a-meeting', answer: Promise.reject(new Error('No network.')) };
  expect(await requestTicket('a-meeting', null)).toBe('asked-now');
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
