import { NextIntlClientProvider } from 'next-intl';
import { expect, test } from 'vitest';
import { page } from 'vitest/browser';
import { render } from 'vitest-browser-react';
import { MESSAGES } from '../i18n/messages';
import { remember, remembered } from '../meeting/preferences';
import { CallForm } from './call-form';

test('switches here what the call asks for', async () => {
  remember('sounds', 'off');
  await render(
    <NextIntlClientProvider locale="en" messages={MESSAGES.en} timeZone="UTC">
      <CallForm />
    </NextIntlClientProvider>,
  );
  await expect.element(page.getByRole('switch', { name: 'Sounds' })).not.toBeChecked();
  const shortcuts = page.getByRole('switch', { name: 'Keyboard shortcuts' });
  await expect.element(shortcuts).toBeChecked();
  await shortcuts.click();
  await expect.element(shortcuts).not.toBeChecked();
  expect(remembered('shortcuts')).toBe('off');
});
