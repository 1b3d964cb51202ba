import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { openTake, requestTicket } from './web-calls';

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

test.each([
  [403, { error: { code: 'removed' } }, 'removed'],
  [403, { error: { code: 'wrong-origin' } }, 'origin-not-allowed'],
  [404, { error: { code: 'not-found' } }, 'ticket-invalid'],
])('web says no for good: %i %j', async (status, body, code) => {
  vi.stubGlobal('fetch', () => Promise.resolve(Response.json(body, { status })));
  await expect(requestTicket('a-meeting', null)).rejects.toMatchObject({ name: 'TicketRefused', refusal: { code } });
});

test.each([401, 403, 429, 500])('a %i of whatever stands before web is worth another try', async (status) => {
  vi.stubGlobal('fetch', () => Promise.resolve(new Response('<h1>Sorry</h1>', { status })));
  const refused = await requestTicket('a-meeting', null).catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(Error);
  expect(refused).not.toMatchObject({ name: 'TicketRefused' });
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

test('tells web that permits no recording from web that is away', async () => {
  const answers = (body: BodyInit, status: number) =>
    vi.stubGlobal('fetch', () => Promise.resolve(new Response(body, { status })));
  answers('{"take":"take-00001","permit":"permit"}', 201);
  expect(await openTake('a-meeting', 'device')).toMatchObject({ ok: true, value: { take: 'take-00001' } });
  answers('{"error":{"code":"not-found"}}', 404);
  expect(await openTake('a-meeting', 'device')).toMatchObject({ ok: false, refusal: { code: 'take-refused' } });
  // A proxy whose web restarts, and web without its database.
  answers('<h1>Not found</h1>', 404);
  await expect(openTake('a-meeting', 'device')).rejects.toThrow();
  answers('{"error":{"code":"database-away"}}', 503);
  await expect(openTake('a-meeting', 'device')).rejects.toThrow('503');
});
