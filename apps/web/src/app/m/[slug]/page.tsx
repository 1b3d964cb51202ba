import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';
import { cache } from 'react';
import { LanguageMenu } from '../../../frame/language-menu';
import { NotAnInvite } from '../../../frame/not-an-invite';
import { EarlyTicket } from '../../../meeting/early-ticket';
import { Meeting } from '../../../meeting/meeting';
import { env } from '../../../server/env';
import { meetingForDoor, wasRemoved } from '../../../server/meetings';
import { currentViewer } from '../../../server/viewer';

interface PageProps {
  params: Promise<{ slug: string }>;
}

const doorFor = cache(async (slug: string) => {
  const viewer = await currentViewer();
  const meeting = await meetingForDoor(slug, viewer);
  return { viewer, meeting, removed: !meeting && (await wasRemoved(slug, viewer)) };
});

export async function generateMetadata({ params }: PageProps): Promise<Metadata> {
  const { meeting, removed } = await doorFor((await params).slug);
  const t = await getTranslations();
  const title = meeting
    ? meeting.title || t('call.door.hostsMeeting', { name: meeting.ownerName })
    : t(removed ? 'errors.web.removed' : 'pages.notInvite.title');
  return { title, robots: { index: false, follow: false } };
}

/** The meeting's address: its door for whoever may come in, the same friendly page for everybody else. */
export default async function MeetingPage({ params }: PageProps) {
  const { viewer, meeting, removed } = await doorFor((await params).slug);
  if (!meeting) return <NotAnInvite slug={(await params).slug} removed={removed} />;
  const t = await getTranslations('call.door');
  return (
    <>
      <EarlyTicket slug={meeting.slug} />
      <Meeting
        language={viewer.user ? null : <LanguageMenu />}
        door={{
          slug: meeting.slug,
          title: meeting.title || t('hostsMeeting', { name: meeting.ownerName }),
          hostName: meeting.mine || meeting.title === '' ? null : meeting.ownerName,
          mine: meeting.mine,
          userName: viewer.user?.name ?? null,
          inviteLink: meeting.inviteLink,
          meetingPath: viewer.user ? `/meetings/${meeting.slug}` : null,
          signalUrl: env().SIGNAL_URL,
        }}
      />
    </>
  );
}
