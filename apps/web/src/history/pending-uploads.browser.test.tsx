import type { PendingUpload } from '@parley/rtc-core';
import { NextIntlClientProvider } from 'next-intl';
import { beforeEach, expect, test, vi } from 'vitest';
import { page } from 'vitest/browser';
import { render } from 'vitest-browser-react';
import { MESSAGES } from '../i18n/messages';
import { PendingUploads } from './pending-uploads';
import * as uploads from './running-uploads';

vi.mock('./running-uploads', { spy: true });
vi.mock('next/navigation', () => ({ default: { useRouter: () => ({ refresh: () => undefined }) } }));

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

beforeEach(() => {
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
  await expect.element(page.getByRole('alert')).toHaveTextContent(MESSAGES.en.errors.rtc['spool-taken']);
  await expect.element(page.getByRole('listitem').filter({ hasText: 'Weekly' })).toBeVisible();
});
