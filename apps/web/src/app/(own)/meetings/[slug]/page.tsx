import { Badge } from '@parley/ui/badge';
import { buttonClass } from '@parley/ui/button-class';
import { cx } from '@parley/ui/cx';
import { Empty } from '@parley/ui/empty';
import { ChevronLeft, Video } from 'lucide-react';
import type { Metadata } from 'next';
import Link from 'next/link';
import { notFound } from 'next/navigation';
import { getTimeZone, getTranslations } from 'next-intl/server';
import { cache } from 'react';
import { Page } from '../../../../frame/frame';
import { PendingUploads } from '../../../../history/pending-uploads';
import { RecordingList } from '../../../../history/recording-list';
import { SessionList } from '../../../../history/session-list';
import { viewerTimes } from '../../../../i18n/viewer-times';
import { InviteCard } from '../../../../meetings/invite-card';
import { MeetingMenu } from '../../../../meetings/meeting-menu';
import { PeopleList } from '../../../../meetings/people-list';
import { meetingPage, type MeetingPage, SESSIONS_SHOWN } from '../../../../server/history';
import { recordingsOfMeeting } from '../../../../server/recordings';
import { type CurrentUser, currentViewer, requireUser } from '../../../../server/viewer';

interface Props {
  params: Promise<{ slug: string }>;
  searchParams: Promise<{ sessions?: string | string[] }>;
}

/** Most sessions on one page, however many are asked for. */
const MOST_SESSIONS = 200;

async function sessionsWanted({ searchParams }: Props): Promise<number> {
  const wanted = Math.floor(Number((await searchParams).sessions));
  return wanted > SESSIONS_SHOWN ? Math.min(wanted, MOST_SESSIONS) : SESSIONS_SHOWN;
}

/** The meeting as this viewer may see it; anything else is not there. */
const load = cache(
  async (slug: string, sessions: number): Promise<{ user: CurrentUser; meeting: MeetingPage; title: string }> => {
    const user = await requireUser(`/meetings/${encodeURIComponent(slug)}`);
    const meeting = await meetingPage(await currentViewer(), slug, sessions);
    if (!meeting) notFound();
    const t = await getTranslations('pages.meetings');
    return { user, meeting, title: meeting.title || t('untitled', { name: meeting.ownerName }) };
  },
);

export async function generateMetadata(props: Props): Promise<Metadata> {
  return { title: (await load((await props.params).slug, await sessionsWanted(props))).title };
}

export default async function MeetingOfMine(props: Props) {
  const sessions = await sessionsWanted(props);
  const { user, meeting, title } = await load((await props.params).slug, sessions);
  const more =
    sessions < MOST_SESSIONS
      ? (`/meetings/${meeting.slug}?sessions=${sessions + SESSIONS_SHOWN}` as const)
      : 'not-shown';
  const [{ recordings, total }, t] = await Promise.all([
    recordingsOfMeeting(await currentViewer(), meeting.id),
    getTranslations('pages.meeting'),
  ]);
  const live = meeting.sessions.some(({ endedAt, people }) => !endedAt && people.some(({ leftAt }) => !leftAt));
  return (
    <Page>
      <Link href="/meetings" className="mb-4 flex w-fit items-center gap-1 rounded-[4px] text-small text-ink-2">
        <ChevronLeft aria-hidden className="size-3.5! stroke-2!" />
        {t('back')}
      </Link>
      <div className="mb-10 flex flex-wrap items-start gap-3">
        <div className="min-w-0 flex-1">
          <div className="flex flex-wrap items-center gap-3">
            <h1 className="wrap-anywhere">{title}</h1>
            {live ? (
              <Badge kind="live" dot>
                {t('live')}
              </Badge>
            ) : null}
          </div>
          <When meeting={meeting} />
          {meeting.description ? (
            <p className="mt-3 max-w-160 whitespace-pre-wrap text-ink-2">{meeting.description}</p>
          ) : null}
        </div>
        {meeting.mine ? <MeetingMenu id={meeting.id} title={title} recordings={total} /> : null}
        {/* A whole page load: the door must be the first page of its own, with nothing of this one left. */}
        <a href={`/m/${meeting.slug}`} className={cx(buttonClass({ kind: 'voice' }), 'phone:h-12 phone:w-full')}>
          <Video aria-hidden />
          {t('join')}
        </a>
      </div>
      <div className="grid grid-cols-[minmax(0,1fr)_320px] grid-rows-[auto_1fr] gap-x-12 gap-y-8 max-[900px]:grid-cols-1 max-[900px]:grid-rows-none">
        <div className="row-span-2 max-[900px]:order-2 max-[900px]:row-span-1">
          <section aria-labelledby="recordings">
            <h2 id="recordings" tabIndex={-1} className="mb-5 outline-none">
              {t('recordings')}
            </h2>
            <PendingUploads account={user.id} takes={recordings.map(({ take }) => take)} />
            {recordings.length === 0 ? (
              <Empty small title={t('noRecordings')}>
                {t('noRecordingsText')}
              </Empty>
            ) : null}
            <RecordingList recordings={recordings} within="meeting" untitled={title} />
            {total > recordings.length ? (
              <p className="mt-4 text-small text-ink-3">
                {t.rich('olderRecordings', {
                  link: (words) => (
                    <Link href="/recordings" className="link">
                      {words}
                    </Link>
                  ),
                })}
              </p>
            ) : null}
          </section>
          <section aria-labelledby="sessions" className="mt-14">
            <h2 id="sessions" className="mb-3">
              {t('sessions')}
            </h2>
            <SessionList sessions={meeting.sessions} older={meeting.hasOlderSessions ? more : null} />
          </section>
        </div>
        {meeting.inviteLink ? (
          <div className="max-[900px]:order-1">
            <InviteCard meetingId={meeting.id} link={meeting.inviteLink} />
          </div>
        ) : null}
        <div className="max-[900px]:order-3">
          <PeopleList meeting={meeting} />
        </div>
      </div>
    </Page>
  );
}

async function When({ meeting }: { meeting: MeetingPage }) {
  const { startsAt, durationMinutes, mine, ownerName } = meeting;
  const [t, times, timeZone] = await Promise.all([getTranslations('pages.meeting'), viewerTimes(), getTimeZone()]);
  if (!startsAt) return mine ? null : <p className="mt-1 text-ink-2">{t('owner', { name: ownerName })}</p>;
  const end = new Date(startsAt.getTime() + (durationMinutes ?? 0) * 60_000);
  return (
    <p className="mt-1 flex flex-wrap gap-x-2 text-ink-2">
      <time dateTime={startsAt.toISOString()}>
        {t('scheduled', { day: times.day(startsAt), from: times.time(startsAt), to: times.time(end) })}
      </time>
      <span className="text-ink-3">{timeZone}</span>
      {mine ? null : <span>{t('owner', { name: ownerName })}</span>}
    </p>
  );
}
