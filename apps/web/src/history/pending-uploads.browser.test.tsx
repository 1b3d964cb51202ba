import type { PendingUpload, ResumedUpload } from '@parley/rtc-core';
import { NextIntlClientProvider } from 'next-intl';
import { beforeEach, expect, test, vi } from 'vitest';
import { page } from 'vitest/browser';
import { render } from 'vitest-browser-react';
import { MESSAGES } from '../i18n/messages';
import { PendingUploads } from './pending-uploads';
import * as uploads from './running-uploads';

vi.mock('./running-uploads', { spy: true });
const refresh = vi.hoisted(() => vi.fn());
vi.mock('next/navigation', () => {
  const router = { refresh };
  const useRouter = () => router;
  return { useRouter, default: { useRouter } };
});
const health = vi.spyOn(window, 'fetch');

const recording = (id: string, title: string, more: Partial<PendingUpload>): PendingUpload => ({
  id,
  take: `take-${id}`,
  title,
  destination: 'device',
  startedAt: Date.UTC(2026, 0, 5, 9, 30),
  recordedMs: 65_000,
  bytes: 2_000_000,
  handed: false,
  ...more,
});
const found = (...all: PendingUpload[]) =>
  vi.mocked(uploads.unfinished).mockResolvedValue(all.map((pending) => ({ pending, upload: null })));

const DONE = { status: 'done' };
const ARRIVED = { uploadedBytes: 2_000_000 };

beforeEach(() => {
  refresh.mockClear();
  health.mockReset();
  vi.mocked(uploads.discard).mockResolvedValue(true);
});

async function show(): Promise<void> {
  await render(
    <NextIntlClientProvider locale="en" messages={MESSAGES.en} timeZone="UTC">
      <PendingUploads account="account-sofia" />
    </NextIntlClientProvider>,
  );
}

test('what was handed over as a file is told apart, and can be saved again or discarded', async () => {
  found(recording('1', 'Weekly', { destination: 'server' }), recording('2', 'Interview', { handed: true }));
  await show();
  await expect.element(page.getByText('A recording in this browser is not finished')).toBeVisible();
  await expect.element(page.getByText('A recording that you saved is still in this browser')).toBeVisible();
  const row = page.getByRole('listitem').filter({ hasText: 'Interview' });
  await expect.element(row.getByRole('button', { name: 'Save again' })).toBeVisible();
  await row.getByRole('button', { name: 'Discard' }).click();
  await page.getByRole('button', { name: 'Discard recording' }).click();
  await expect.element(row).not.toBeInTheDocument();
  expect(uploads.discard).toHaveBeenCalledWith(expect.objectContaining({ id: '2' }));
  await expect.element(page.getByText('A recording in this browser is not finished')).toBeVisible();
});

test('what another tab works on is not said to be discarded', async () => {
  found(recording('1', 'Weekly', { destination: 'server' }));
  vi.mocked(uploads.discard).mockResolvedValue(false);
  await show();
  await page.getByRole('button', { name: 'Discard' }).click();
  await page.getByRole('button', { name: 'Discard recording' }).click();
  await expect
    .element(page.getByRole('alertdialog').getByRole('alert'))
    .toHaveTextContent(MESSAGES.en.errors.rtc['spool-taken']);
});

test('what cannot be taken up or discarded now is said in its row, which stays', async () => {
  found(recording('1', 'Weekly', { destination: 'server' }));
  vi.mocked(uploads.finish).mockRejectedValue(new TypeError('Failed to fetch dynamically imported module'));
  vi.mocked(uploads.discard).mockRejectedValue(new DOMException('', 'UnknownError'));
  await show();
  const row = page.getByRole('listitem').filter({ hasText: 'Weekly' });
  const said = 'That did not work. It is still in this browser; try again in a moment.';
  await row.getByRole('button', { name: 'Finish upload' }).click();
  await expect.element(row.getByRole('alert')).toHaveTextContent(said);
  await row.getByRole('button', { name: 'Discard' }).click();
  await page.getByRole('button', { name: 'Discard recording' }).click();
  await expect.element(page.getByRole('alertdialog').getByRole('alert')).toHaveTextContent(said);
});

test.each([
  ['asks for the page again when everything arrived', 200, 1],
  ['does not, while the server is away', 503, 0],
])('%s', async (_, status, times) => {
  found(recording('1', 'Weekly', { destination: 'server' }));
  health.mockResolvedValue(new Response('', { status }));
  const upload = {
    state: { get: () => DONE, subscribe: () => () => undefined },
    progress: { get: () => ARRIVED, subscribe: () => () => undefined },
  } as unknown as ResumedUpload;
  vi.mocked(uploads.finish).mockResolvedValue(upload);
  await show();
  await page.getByRole('button', { name: 'Finish upload' }).click();
  await expect.element(page.getByText('Everything arrived. It is being made ready.')).toBeVisible();
  await expect.poll(() => health.mock.calls.length).toBe(1);
  // Who waited for the answer before us has gone on by now.
  await health.mock.results[0]?.value;
  expect(refresh).toHaveBeenCalledTimes(times);
});
