import { NextIntlClientProvider } from 'next-intl';
import { expect, test } from 'vitest';
import { userEvent } from 'vitest/browser';
import { render } from 'vitest-browser-react';
import { MESSAGES } from '../i18n/messages';
import { JoinForm } from './join-form';

const form = (
  <NextIntlClientProvider locale="en" messages={MESSAGES.en} timeZone="UTC">
    <JoinForm />
  </NextIntlClientProvider>
);

test('says what is wrong with a link, keeps it, and stays in the field', async () => {
  const screen = await render(form);
  const field = screen.getByRole('textbox', { name: 'Meeting link', exact: true });
  await field.fill('see you at ten');
  await screen.getByRole('button', { name: 'Join', exact: true }).click();
  await expect.element(field).toHaveAccessibleDescription(/^This is not a meeting link\. It looks like .+\/j\/…\.$/u);
  await expect.element(field).toHaveValue('see you at ten');
  await expect.element(field).toHaveFocus();
  await userEvent.keyboard('!');
  await expect.element(field).not.toHaveAttribute('aria-invalid');
});

test('asks for a link when there is none', async () => {
  const screen = await render(form);
  await screen.getByRole('button', { name: 'Join', exact: true }).click();
  await expect
    .element(screen.getByRole('textbox', { name: 'Meeting link', exact: true }))
    .toHaveAccessibleDescription('Paste the link you were sent, then press Join.');
});

test('offers the way to another server instead of going there', async () => {
  const screen = await render(form);
  const href = `https://other.example/j/${'a'.repeat(22)}.${'b'.repeat(43)}`;
  await screen.getByRole('textbox', { name: 'Meeting link', exact: true }).fill(href);
  await userEvent.keyboard('{Enter}');
  const link = screen.getByRole('link', { name: 'Open other.example' });
  await expect.element(link).toHaveAttribute('href', href);
  await expect.element(link).toHaveAttribute('rel', 'noopener noreferrer');
});
