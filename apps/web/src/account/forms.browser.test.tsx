import { NextIntlClientProvider } from 'next-intl';
import type { ReactNode } from 'react';
import { expect, test, vi } from 'vitest';
import { page } from 'vitest/browser';
import { render } from 'vitest-browser-react';
import { MESSAGES } from '../i18n/messages';
import type { FormState } from '../server/answer';
import { PasswordForm } from './password-form';
import { SignUpForm } from './sign-up-form';

const answers: FormState[] = [];
vi.mock('./actions', () => {
  const action = () => Promise.resolve(answers.shift());
  return { signUp: action, changePassword: action };
});

const show = (form: ReactNode) =>
  render(
    <NextIntlClientProvider locale="en" messages={MESSAGES.en} timeZone="UTC">
      {form}
    </NextIntlClientProvider>,
  );

test('signing up says all that is wrong at once, and keeps what was typed', async () => {
  answers.push({
    status: 'refused',
    id: '1',
    code: 'name-invalid',
    also: ['email-invalid', 'password-short'],
    values: { name: '', email: 'nobody' },
  });
  await show(<SignUpForm next="/meetings" />);
  const [name, email, password] = ['Name', 'Email', 'Password'].map((label) => page.getByLabelText(label));
  await email?.fill('nobody');
  await password?.fill('short');
  await page.getByRole('button', { name: 'Create account' }).click();
  await expect.element(page.getByText('Type a name of 1 to 80 characters.')).toBeVisible();
  await expect.element(page.getByText('This is not a whole address. It looks like name@example.org.')).toBeVisible();
  await expect.element(page.getByText('Too short. Use 10 characters or more.')).toBeVisible();
  expect(page.getByRole('alert').query()).toBeNull();
  await expect.element(page.getByLabelText('Name')).toHaveFocus();
  expect([name, email, password].map((field) => (field?.element() as HTMLInputElement).value)).toEqual([
    '',
    'nobody',
    'short',
  ]);
});

test('changing the password keeps what was typed until it is changed', async () => {
  answers.push({ status: 'refused', id: '1', code: 'password-short', values: {} }, { status: 'done', id: '2' });
  await show(<PasswordForm email="ada@example.org" />);
  const fields = () => [...document.querySelectorAll<HTMLInputElement>('input[type=password]')];
  const values = () => fields().map((field) => field.value);
  const save = page.getByRole('button', { name: 'Change password' });
  for (const field of fields()) await page.elementLocator(field).fill(`${field.name} words`);
  await save.click();
  await expect.element(page.getByText('Too short. Use 10 characters or more.')).toBeVisible();
  expect(values()).toEqual(['current words', 'password words']);
  await save.click();
  await expect.element(page.getByRole('status')).toBeVisible();
  expect(values()).toEqual(['', '']);
});
