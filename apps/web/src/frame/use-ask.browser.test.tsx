import { NextIntlClientProvider } from 'next-intl';
import { beforeEach, expect, test, vi } from 'vitest';
import { page } from 'vitest/browser';
import { render } from 'vitest-browser-react';
import { DeleteRecording } from '../history/delete-recording';
import { MESSAGES } from '../i18n/messages';
import { NewMeetingButton } from '../meetings/new-meeting-button';
import { LanguageMenu } from './language-menu';
import { ScheduleForm } from '../scheduling/schedule-form';

const unanswered = vi.hoisted(() => vi.fn(() => Promise.reject(new TypeError('Failed to fetch'))));
beforeEach(() => void unanswered.mockClear());
vi.mock('../meetings/actions', () => ({ newMeeting: unanswered, scheduleMeeting: unanswered }));
vi.mock('./preferences', () => ({ chooseLocale: unanswered }));
vi.mock('../history/actions', () => ({ deleteRecording: unanswered }));
vi.mock('next/link', async () => {
  const { memo } = await import('react');
  const Link = memo(() => null);
  // Vite hands over `default`, or all of it once it has bundled it: either is a component.
  return { ...Link, default: Link };
});

const SAID = 'The server does not answer. Try again in a moment.';
const show = (what: React.ReactNode) =>
  render(
    <NextIntlClientProvider locale="en" messages={MESSAGES.en} timeZone="UTC">
      {what}
    </NextIntlClientProvider>,
  );

test('a button that is not answered says so, and can be pressed again', async () => {
  await show(<NewMeetingButton fill />);
  const button = page.getByRole('button', { name: 'New meeting' });
  await button.click();
  await expect.element(page.getByRole('alert')).toHaveTextContent(SAID);
  const first = page.getByRole('alert').element();
  await expect.element(button).not.toHaveAttribute('aria-busy');
  await button.click();
  // Another one, so that it is read out again.
  await vi.waitFor(() => expect(page.getByRole('alert').element()).not.toBe(first));
  await expect.element(page.getByRole('alert')).toHaveTextContent(SAID);
  expect(unanswered).toHaveBeenCalledTimes(2);
});

test('a choice that is not answered says so each time', async () => {
  await show(<LanguageMenu />);
  const choose = async () => {
    await page.getByRole('button', { name: 'Language' }).click();
    await page.getByRole('menuitem', { name: '简体中文' }).click();
  };
  await choose();
  await expect.element(page.getByRole('alert')).toHaveTextContent(SAID);
  const first = page.getByRole('alert').element();
  await choose();
  await vi.waitFor(() => expect(page.getByRole('alert').element()).not.toBe(first));
  await expect.element(page.getByRole('alert')).toHaveTextContent(SAID);
  expect(unanswered).toHaveBeenCalledTimes(2);
});

test('a question that is not answered says so, and stays', async () => {
  await show(<DeleteRecording id="1" title="Weekly" duration={null} />);
  await page.getByRole('button', { name: 'Delete recording' }).click();
  const question = page.getByRole('alertdialog');
  await question.getByRole('button', { name: 'Delete recording' }).click();
  await expect.element(question.getByRole('alert')).toHaveTextContent(SAID);
});

test('a form that is not answered says so, and keeps what was typed', async () => {
  await show(<ScheduleForm starts="2026-12-01T09:00" timeZone="UTC" timeZones={['UTC', 'Europe/Berlin']} />);
  await page.getByLabelText('Title').fill('Weekly');
  await page.getByLabelText('Time zone').selectOptions('Europe/Berlin');
  await page.getByLabelText('Description').fill('Long notes');
  await page.getByRole('button', { name: 'Schedule' }).click();
  await expect.element(page.getByRole('alert')).toHaveTextContent(SAID);
  await expect.element(page.getByLabelText('Title')).toHaveValue('Weekly');
  await expect.element(page.getByLabelText('Time zone')).toHaveValue('Europe/Berlin');
  await expect.element(page.getByLabelText('Description')).toHaveValue('Long notes');
});
