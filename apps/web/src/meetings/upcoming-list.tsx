import { cx } from '@parley/ui/cx';
import { Faces } from '@parley/ui/faces';
import Link from 'next/link';
import { getTranslations } from 'next-intl/server';
import { viewerTimes } from '../i18n/viewer-times';
import type { OwnMeeting } from './own-meetings';

/** What is to come, by day. */
export async function UpcomingList({ meetings, first }: { meetings: readonly OwnMeeting[]; first: boolean }) {
  if (meetings.length === 0) return null;
  const [t, words, times] = await Promise.all([
    getTranslations('pages.meetings'),
    getTranslations('pages.time'),
    viewerTimes(),
  ]);
  const days = new Map<string, { day: Date; meetings: OwnMeeting[] }>();
  for (const meeting of meetings) {
    const day = meeting.startsAt ?? meeting.createdAt;
    const key = times.dayKey(day);
    const found = days.get(key);
    if (found) found.meetings.push(meeting);
    else days.set(key, { day, meetings: [meeting] });
  }
  return (
    <section aria-labelledby="upcoming" className={cx(!first && 'mt-12')}>
      <h2 id="upcoming" className="mb-4">
        {t('upcoming')}
      </h2>
      {[...days].map(([key, { day, meetings: ofDay }]) => {
        const near = times.near(day);
        return (
          <div
            key={key}
            className="grid grid-cols-[136px_minmax(0,1fr)] gap-6 border-t border-line last:border-b phone:grid-cols-1 phone:gap-2 phone:pt-3"
          >
            <h3 className="grid min-h-18 content-center self-start text-ink-2 phone:flex phone:min-h-0 phone:items-baseline phone:gap-2">
              {near ? words(near) : times.day(day)}
              {near ? (
                <span className="block text-small font-normal tracking-normal text-ink-3">{times.day(day)}</span>
              ) : null}
            </h3>
            <ul>
              {ofDay.map((meeting) => (
                <Row key={meeting.id} meeting={meeting} time={times.time} by={t('by', { name: meeting.ownerName })} />
              ))}
            </ul>
          </div>
        );
      })}
    </section>
  );
}

function Row({ meeting, time, by }: { meeting: OwnMeeting; time: (at: Date) => string; by: string }) {
  const { startsAt, durationMinutes, activity } = meeting;
  const end = startsAt && durationMinutes ? new Date(startsAt.getTime() + durationMinutes * 60_000) : null;
  return (
    <li className="relative grid min-h-18 grid-cols-[112px_minmax(0,1fr)_auto] items-center gap-4 py-3 not-first:border-t not-first:border-line phone:grid-cols-[56px_minmax(0,1fr)] phone:gap-3">
      <p className="text-small tabular-nums">
        {startsAt ? (
          <time dateTime={startsAt.toISOString()} className="font-semibold">
            {time(startsAt)}
          </time>
        ) : null}
        {end ? <span className="text-ink-3 phone:hidden"> – {time(end)}</span> : null}
      </p>
      <div className="min-w-0">
        <Link
          href={`/meetings/${meeting.slug}`}
          className="block truncate text-item after:absolute after:inset-0 after:content-['']"
        >
          {meeting.shownTitle}
        </Link>
        {meeting.mine ? null : <p className="truncate text-small text-ink-3">{by}</p>}
      </div>
      <span className="phone:hidden">{activity ? <Faces people={activity.people} /> : null}</span>
    </li>
  );
}
