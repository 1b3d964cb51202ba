import { mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it, vi } from 'vitest';
import { diskStore } from './storage';

vi.mock(import('node:fs/promises'), async (original) => {
  const real = await original();
  return { ...real, open: vi.fn(real.open) };
});

it('what is put survives a power cut: its folder is flushed, and those that are new with it', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'parley-storage-'));
  const film = path.join(folder, 'film');
  const flushed = async (key: string): Promise<unknown[]> => {
    await writeFile(film, 'film');
    vi.mocked(open).mockClear();
    await diskStore(path.join(folder, 'recordings')).put(key, film);
    return vi.mocked(open).mock.calls.map(([name]) => path.relative(folder, String(name)));
  };
  try {
    expect(await flushed('take1/a.webm')).toEqual(['recordings/take1', 'recordings', '']);
    expect(await flushed('take2/a.webm')).toEqual(['recordings/take2', 'recordings']);
    expect(await flushed('take2/b.webm')).toEqual(['recordings/take2']);
  } finally {
    await rm(folder, { recursive: true });
  }
});
