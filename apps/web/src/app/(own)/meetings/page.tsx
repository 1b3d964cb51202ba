import { buttonClass } from '@parley/ui/button-class';
import { Empty } from '@parley/ui/empty';
import { Skeleton } from '@parley/ui/skeleton';
import { CalendarPlus } from 'lucide-react';
import type { Metadata } from 'next';
import Link from 'next/link';
import { getTranslations } from 'next-intl/server';
import { Suspense } from 'react';
import { Page } from '../../../frame/frame';
import { PendingUploads } from '../../../history/pending-uploads';
import { JoinForm } from '../../../meetings/join-form';
import { LiveCard } from '../../../meetings/live-card';
import { MeetingListSkeleton } from '../../../meetings/meeting-list-skeleton';
import { NewMeetingButton } from '../../../meetings/new-meeting-button';
import { listOwnMeetings, type OwnMeetings } from '../../../meetings/own-meetings';
import { PastList } from '../../../meetings/past-list';
import { UpcomingList } from '../../../meetings/upcoming-list';
import { requireUser } from '../../../server/viewer';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('pages.meetings'))('title') };
}

export default async function MeetingsPage({ searchParams }: { searchParams: Promise<{ past?: string | string[] }> }) {
  const user = await requireUser('/meetings');
  const allPast = (await searchParams).past === 'all';
  const lists = listOwnMeetings(user);
  return (
    <Page>
      <Suspense
        fallback={
          <>
            <Head fill={false} empty={false} waiting />
            <MeetingListSkeleton />
          </>
        }
      >
        <Lists account={user.id} lists={lists} allPast={allPast} />
      </Suspense>
    </Page>
  );
}

/**
 * The heading with what one can begin. `waiting`: it only keeps the place of the one that comes with the lists. A press that the
 * exchange falls into would be lost, and what was typed with it.
 */
async function Head({ fill, empty, waiting = false }: { fill: boolean; empty: boolean; waiting?: boolean }) {
  const t = await getTranslations('pages.meetings');
  return (
    <div className="mb-8 flex flex-wrap items-start gap-3 phone:mb-6">
      <h1 className="flex-1 phone:flex-[1_0_100%]">{t('title')}</h1>
      <div className="contents" inert={waiting}>
        {empty ? null : (
          <div className="mr-1 phone:order-3 phone:mr-0 phone:w-full">
            {waiting ? <Skeleton className="h-10 w-68 phone:h-12 phone:w-full" /> : <JoinForm compact />}
          </div>
        )}
        <Link href="/meetings/new" className={buttonClass({ kind: empty ? 'plain' : 'quiet' })}>
          <CalendarPlus aria-hidden />
          {t('schedule')}
        </Link>
        <NewMeetingButton fill={fill} />
      </div>
    </div>
  );
}

async function Lists({ account, lists, allPast }: { account: string; lists: Promise<OwnMeetings>; allPast: boolean }) {
  const { live, upcoming, past, hasOlderPast } = await lists;
  const empty = live.length + upcoming.length + past.length === 0;
  const t = await getTranslations('pages.meetings');
  return (
    <>
      <Head fill={live.length === 0} empty={empty} />
      <PendingUploads account={account} />
      {empty ? (
        <>
          <Empty mark title={t('empty')}>
            {t('emptyText')}
          </Empty>
          <div className="mx-auto mt-8 max-w-100">
            <JoinForm />
          </div>
        </>
      ) : (
        <>
          {live.map((meeting) => (
            <LiveCard key={meeting.id} meeting={meeting} />
          ))}
          <UpcomingList meetings={upcoming} first={live.length === 0} />
          <PastList meetings={past} hasOlder={hasOlderPast} all={allPast} first={live.length + upcoming.length === 0} />
        </>
      )}
    </>
  );
}
