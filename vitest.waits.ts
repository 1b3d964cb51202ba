import { vi } from 'vitest';

// What is waited for comes late on a busy machine, and that is no failure. Vitest's own second for these two cannot be
// configured, as it can for expect.poll.
const PATIENCE_MS = 20_000;
const { waitFor, waitUntil } = vi;
const patient = <T extends object>(options: number | T = PATIENCE_MS) =>
  typeof options === 'number' ? { timeout: options } : { timeout: PATIENCE_MS, ...options };
vi.waitFor = (callback, options) => waitFor(callback, patient(options));
vi.waitUntil = (callback, options) => waitUntil(callback, patient(options));
