import { cx } from '@parley/ui/cx';
import Link from 'next/link';
import { getTranslations } from 'next-intl/server';
import { durationText } from '../i18n/times';
import { viewerTimes } from '../i18n/viewer-times';
import { RecordingBadge } from './recording-badge';
import type { OwnMeeting } from './own-meetings';

/** How many the page shows before "All past meetings". */
const SHOWN = 10;

/** What has been, the latest first. A meeting that was made and not used yet stands here by its making. */
export async function PastList({
  meetings,
  hasOlder,
  all,
  first,
}: {
  meetings: readonly OwnMeeting[];
  /** There are more than `meetings`. */
  hasOlder: boolean;
  all: boolean;
  first: boolean;
}) {
  if (meetings.length === 0) return null;
  const t = await getTranslations('pages.meetings');
  const shown = all ? meetings : meetings.slice(0, SHOWN);
  return (
    <section aria-labelledby="past" className={cx(!first && 'mt-14')}>
      <div className="mb-4 flex items-center justify-between gap-3">
        <h2 id="past">{t('past')}</h2>
        {shown.length < meetings.length ? (
          <Link href="/meetings?past=all" className="link text-small">
            {t('showAll')}
          </Link>
        ) : null}
      </div>
      <ul className="border-y border-line">
        {shown.map((meeting) => (
          <Row key={meeting.id} meeting={meeting} />
        ))}
      </ul>
      {hasOlder && shown.length === meetings.length ? (
        <p className="mt-4 text-small text-ink-3">{t('olderNotShown')}</p>
      ) : null}
    </section>
  );
}

async function Row({ meeting }: { meeting: OwnMeeting }) {
  const [t, words, times] = await Promise.all([
    getTranslations('pages.meetings'),
    getTranslations('pages.time'),
    viewerTimes(),
  ]);
  const { activity } = meeting;
  const at = activity?.startedAt ?? meeting.startsAt ?? meeting.createdAt;
  const facts = activity
    ? [
        t('people', { count: activity.people.length }),
        ...(activity.endedAt ? [durationText(words, activity.endedAt.getTime() - activity.startedAt.getTime())] : []),
      ]
    : [t('open')];
  return (
    <li className="relative grid min-h-18 grid-cols-[144px_112px_minmax(0,1fr)_auto] items-center gap-4 py-3 not-first:border-t not-first:border-line phone:grid-cols-[minmax(0,1fr)_auto] phone:gap-x-3 phone:gap-y-0">
      <time
        dateTime={at.toISOString()}
        className="text-small text-ink-2 phone:order-2 phone:row-start-2 phone:text-ink-3"
      >
        {times.shortDay(at)}
      </time>
      <span className="text-small text-ink-3 tabular-nums phone:hidden">{times.time(at)}</span>
      <div className="min-w-0">
        <Link
          href={`/meetings/${meeting.slug}`}
          className="block truncate text-item after:absolute after:inset-0 after:content-['']"
        >
          {meeting.shownTitle}
        </Link>
        <p className="truncate text-small text-ink-3 tabular-nums phone:hidden">{facts.join(' · ')}</p>
      </div>
      <span className="phone:col-start-2 phone:row-span-2 phone:row-start-1">
        {meeting.recording ? <RecordingBadge recording={meeting.recording} /> : null}
      </span>
    </li>
  );
}
