import { Badge } from '@parley/ui/badge';
import { buttonClass } from '@parley/ui/button-class';
import { cx } from '@parley/ui/cx';
import { Faces } from '@parley/ui/faces';
import Link from 'next/link';
import { getFormatter, getNow, getTranslations } from 'next-intl/server';
import { durationText } from '../i18n/times';
import type { OwnMeeting } from './own-meetings';

/** A meeting that goes on now: the one thing to do is to join it. */
export async function LiveCard({ meeting }: { meeting: OwnMeeting }) {
  const [t, time, format, now] = await Promise.all([
    getTranslations('pages.meetings'),
    getTranslations('pages.time'),
    getFormatter(),
    getNow(),
  ]);
  const { activity } = meeting;
  if (!activity) return null;
  const { people, startedAt } = activity;
  return (
    <section
      aria-label={t('live')}
      className="mb-4 grid grid-cols-[minmax(0,1fr)_auto] items-center gap-6 rounded-card border border-line bg-surface p-6 shadow-raised phone:grid-cols-[minmax(0,1fr)] phone:gap-4 phone:p-4"
    >
      <div className="grid min-w-0 gap-2">
        <p className="flex items-center gap-2">
          <Badge kind="live" dot>
            {t('live')}
          </Badge>
          <span className="text-small text-ink-3 tabular-nums">
            {t('liveFor', { duration: durationText(time, now.getTime() - startedAt.getTime()) })}
          </span>
        </p>
        <h2 className="truncate">
          <Link href={`/meetings/${meeting.slug}`} className="rounded-[4px] hover:underline hover:underline-offset-3">
            {meeting.shownTitle}
          </Link>
        </h2>
        <p className="flex min-w-0 items-center gap-2 text-small text-ink-2">
          <Faces people={people} on="surface" />
          <span className="truncate">
            {t('inRoom', {
              names: format.list(
                people.map(({ name }) => name),
                { type: 'conjunction' },
              ),
              count: people.length,
            })}
          </span>
        </p>
      </div>
      {/* A whole page load: the door must be the first page of its own, with nothing of this one left. */}
      <a
        href={`/m/${meeting.slug}`}
        aria-label={t('joinNamed', { title: meeting.shownTitle })}
        className={cx(buttonClass({ kind: 'voice', size: 'large' }), 'phone:w-full')}
      >
        {t('join')}
      </a>
    </section>
  );
}
