import { NextIntlClientProvider } from 'next-intl';
import { expect, test, vi } from 'vitest';
import { page } from 'vitest/browser';
import { render } from 'vitest-browser-react';
import { MESSAGES } from '../i18n/messages';
import { DeleteRecording } from './delete-recording';

vi.mock('./actions', () => ({ deleteRecording: () => Promise.resolve({ ok: true, value: null }) }));

test('leaves the focus on the list when what was deleted is gone', async () => {
  await render(
    <NextIntlClientProvider locale="en" messages={MESSAGES.en} timeZone="UTC">
      <h1 id="recordings" tabIndex={-1}>
        Recordings
      </h1>
      <DeleteRecording id="1" title="Weekly" duration={null} />
    </NextIntlClientProvider>,
  );
  await page.getByRole('button', { name: 'Delete recording' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Delete recording' }).click();
  await expect.element(page.getByRole('alertdialog')).not.toBeInTheDocument();
  await expect.element(page.getByRole('heading', { name: 'Recordings' })).toHaveFocus();
});
