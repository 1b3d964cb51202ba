import { ChevronLeft } from 'lucide-react';
import type { Metadata } from 'next';
import Link from 'next/link';
import { getNow, getTimeZone, getTranslations } from 'next-intl/server';
import { Page } from '../../../../frame/frame';
import { ScheduleForm } from '../../../../scheduling/schedule-form';
import { timeZones } from '../../../../scheduling/time-zones';
import { wallClock } from '../../../../server/local-time';
import { requireUser } from '../../../../server/viewer';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('pages.schedule'))('title') };
}

const HOUR_MS = 3_600_000;

export default async function SchedulePage() {
  await requireUser('/meetings/new');
  const [t, m, now, timeZone] = await Promise.all([
    getTranslations('pages.schedule'),
    getTranslations('pages.meeting'),
    getNow(),
    getTimeZone(),
  ]);
  // The next full hour that leaves at least half an hour to send the link.
  const soon = new Date(Math.ceil((now.getTime() + HOUR_MS / 2) / HOUR_MS) * HOUR_MS);
  return (
    <Page>
      <Link href="/meetings" className="mb-4 flex w-fit items-center gap-1 rounded-[4px] text-small text-ink-2">
        <ChevronLeft aria-hidden className="size-3.5! stroke-2!" />
        {m('back')}
      </Link>
      <h1 className="mb-8 phone:mb-6">{t('title')}</h1>
      <ScheduleForm starts={wallClock(soon, timeZone)} timeZone={timeZone} timeZones={timeZones(timeZone)} />
    </Page>
  );
}
