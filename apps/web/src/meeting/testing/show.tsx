import '@fontsource-variable/inter/opsz.css';
import '../../app/globals.css';
import axe from 'axe-core';
import { NextIntlClientProvider } from 'next-intl';
import type { ReactNode } from 'react';
import { expect } from 'vitest';
import { page } from 'vitest/browser';
import { render } from 'vitest-browser-react';
import type { Locale } from '../../i18n/locale';
import { MESSAGES } from '../../i18n/messages';
import { Meeting } from '../meeting';
import type { MeetingDoor } from '../visit';
import type { FakeRoom } from './fake-room';

export const DESKTOP = [1_440, 900] as const;
export const PHONE = [390, 664] as const;

export const DOOR: MeetingDoor = {
  slug: 'abcd-efgh-ijkl',
  title: 'Design review',
  hostName: null,
  mine: true,
  userName: 'Sofia Almeida',
  inviteLink: 'https://meet.example.org/j/k3Vq7Lm2.x9Tz',
  meetingPath: '/meetings/abcd-efgh-ijkl',
  signalUrl: 'http://localhost:1',
};

function Speaking({ locale, children }: { locale: Locale; children: ReactNode }) {
  return (
    <NextIntlClientProvider locale={locale} messages={MESSAGES[locale]} timeZone="Europe/Berlin">
      {children}
    </NextIntlClientProvider>
  );
}

/** Shows the meeting's page with a room in memory behind it. */
export async function show(
  room: FakeRoom,
  {
    size = DESKTOP,
    locale = 'en',
    door = {},
    language,
  }: { size?: readonly [number, number]; locale?: Locale; door?: Partial<MeetingDoor>; language?: ReactNode } = {},
): Promise<void> {
  localStorage.clear();
  document.documentElement.lang = locale;
  document.documentElement.dataset.theme = 'light';
  await page.viewport(...size);
  await render(
    <Speaking locale={locale}>
      <Meeting door={{ ...DOOR, ...door }} language={language} rtc={room.rtc} />
    </Speaking>,
  );
}

/** Wants axe to find nothing on the page, or in a part of it that is drawn outside of every landmark. */
export async function expectAccessible(part: string | Document = document): Promise<void> {
  // A fade half-way through has the contrast of neither end.
  await Promise.allSettled(
    document
      .getAnimations()
      .filter((animation) => animation.effect?.getComputedTiming().endTime !== Infinity)
      .map((animation) => animation.finished),
  );
  const { violations } = await axe.run(part);
  expect(
    violations.map(({ id, help, nodes }) => `${id}: ${help}\n  ${nodes.map(({ html }) => html).join('\n  ')}`),
  ).toEqual([]);
}
