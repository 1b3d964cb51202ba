import { afterEach, expect, it, vi } from 'vitest';
import { renderHook } from 'vitest-browser-react';
import { remembered, useSwitch } from './preferences';

afterEach(() => {
  vi.restoreAllMocks();
});

it('is kept by the browser', async () => {
  const { result, act } = await renderHook(() => useSwitch('sounds'));
  expect(result.current[0]).toBe(true);
  await act(() => result.current[1](false));
  expect(result.current[0]).toBe(false);
  expect(localStorage.getItem('parley.sounds')).toBe('off');
});

it('works until the page is closed where the browser keeps nothing', async () => {
  for (const method of ['getItem', 'setItem'] as const)
    vi.spyOn(Storage.prototype, method).mockImplementation(() => {
      throw new DOMException('The operation is insecure.', 'SecurityError');
    });
  const { result, act } = await renderHook(() => useSwitch('shortcuts'));
  expect(result.current[0]).toBe(true);
  await act(() => result.current[1](false));
  expect(result.current[0]).toBe(false);
  expect(remembered('shortcuts')).toBe('off');
});
