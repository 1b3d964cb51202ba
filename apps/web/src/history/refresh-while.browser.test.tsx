import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { render } from 'vitest-browser-react';
import { RefreshWhile } from './refresh-while';

const refresh = vi.hoisted(() => vi.fn());
vi.mock('next/navigation', () => {
  const router = { refresh };
  const useRouter = () => router;
  // Vite reads it by its name or by `default`, whether it has bundled it yet or not.
  return { useRouter, default: { useRouter } };
});

const health = vi.spyOn(window, 'fetch');
const ok = () => Response.json({ status: 'ok', away: [] });

beforeEach(() => {
  refresh.mockClear();
  health.mockReset();
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] });
});
afterEach(() => vi.useRealTimers());

test('asks for the page only when the server is there to write it, else Next would load the page anew', async () => {
  await render(<RefreshWhile active />);
  health.mockRejectedValueOnce(new TypeError('Failed to fetch'));
  await vi.advanceTimersByTimeAsync(3_000);
  health.mockResolvedValueOnce(new Response('', { status: 503 }));
  await vi.advanceTimersByTimeAsync(3_000);
  expect(health).toHaveBeenCalledTimes(2);
  expect(refresh).not.toHaveBeenCalled();
  health.mockResolvedValueOnce(ok());
  await vi.advanceTimersByTimeAsync(3_000);
  expect(health.mock.lastCall?.[0]).toBe('/api/health');
  expect(refresh).toHaveBeenCalledOnce();
});

test('asks once at a time, and not after it has gone', async () => {
  let answer: (response: Response) => void = () => undefined;
  const screen = await render(<RefreshWhile active />);
  health.mockReturnValueOnce(new Promise((resolve) => (answer = resolve)));
  await vi.advanceTimersByTimeAsync(9_000);
  expect(health).toHaveBeenCalledOnce();
  await screen.unmount();
  answer(ok());
  await vi.advanceTimersByTimeAsync(9_000);
  expect(health).toHaveBeenCalledOnce();
  expect(refresh).not.toHaveBeenCalled();
});
