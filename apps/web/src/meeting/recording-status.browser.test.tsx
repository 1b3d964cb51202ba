import { expect, test } from 'vitest';
import { page } from 'vitest/browser';
import { fakeRoom } from './testing/fake-room';
import { PHONE, show } from './testing/show';

const MAYA = { id: 'maya-okafor', name: 'Maya Okafor', colour: '#dcb384' } as const;

test('on a phone the notice stands above every sheet: it is only confirmed when it is seen', async () => {
  const room = fakeRoom({ role: 'participant' });
  await show(room, { size: PHONE });
  await page.getByRole('button', { name: 'Join now' }).click();
  room.joins(MAYA);
  await page.getByRole('toolbar').getByRole('button', { name: 'Chat' }).click();
  await page.getByRole('dialog', { name: 'Chat' }).getByRole('textbox').click();
  room.happens({ type: 'take-started', take: 'take-0001', by: MAYA.id, destination: 'server' });
  await expect.poll(() => room.asked.filter(({ name }) => name === 'noticeShown')).toHaveLength(1);

  const sheet = page.getByRole('dialog', { name: 'Chat' }).element();
  // Pulled up by the keyboard it takes all the room it may have.
  await Promise.all(sheet.getAnimations().map((animation) => animation.finished));
  const notice = document.querySelector('header [role=status]')?.getBoundingClientRect();
  expect(notice?.top).toBeGreaterThanOrEqual(0);
  expect(notice?.height).toBeGreaterThan(20);
  for (const cover of [sheet, sheet.previousElementSibling])
    expect(cover?.getBoundingClientRect().top).toBeGreaterThanOrEqual(notice?.bottom ?? Number.NaN);
});
