'use client';

import type { Refusal } from '@parley/protocol/refusal';
import type { Phase, RoomSession } from '@parley/rtc-core';
import { Button } from '@parley/ui/button';
import { buttonClass } from '@parley/ui/button-class';
import { Note } from '@parley/ui/note';
import { useTranslations } from 'next-intl';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { useMeeting } from './meeting-context';
import { SavingStatus, useSaving } from './recording-status';
import { selectRecorder } from './tiles';
import { useReadable } from './use-room';
import { useTrouble } from './use-trouble';

type LeftWhy = Extract<Phase, { name: 'left' }>['why'];

/** Refusals that another try may mend. */
const AGAIN: readonly Refusal['code'][] = [
  'room-full',
  'too-fast',
  'shutting-down',
  'internal',
  'ticket-expired',
  'ticket-missing',
];

/** After the room: why one is out, and the way back. */
export function LeftScreen({
  why,
  session,
  onRejoin,
  onTakeSeat,
}: {
  why: LeftWhy;
  /** Null when one never was in the room. */
  session: RoomSession | null;
  /** Inside the click. */
  onRejoin: () => void;
  onTakeSeat: () => void;
}) {
  const t = useTranslations('call.left');
  const sentence = useTrouble();
  const { meetingPath: path, mine } = useMeeting();
  // Somebody else's meeting has a page only for those who were in it.
  const meetingPath = why.type === 'refused' && !mine ? null : path;
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);

  let title: string;
  let text: string;
  let action: ReactNode = null;
  switch (why.type) {
    case 'left':
      [title, text] = [t('left'), t('leftText')];
      action = <Way onClick={onRejoin}>{t('rejoin')}</Way>;
      break;
    case 'removed':
      [title, text] = [t('removed'), t('removedText')];
      break;
    case 'ended':
      [title, text] = [t('ended'), meetingPath === null ? t('endedTextGuest') : t('endedText')];
      break;
    case 'elsewhere':
      [title, text] = [t('elsewhere'), t('elsewhereText')];
      action = <Way onClick={onTakeSeat}>{t('useItHere')}</Way>;
      break;
    case 'refused':
      title = why.refusal.code === 'room-full' ? t('full') : t('refused');
      text = sentence(why.refusal);
      if (AGAIN.includes(why.refusal.code)) action = <Way onClick={onRejoin}>{t('tryAgain')}</Way>;
      else if (why.refusal.code !== 'removed' && why.refusal.code !== 'room-ended')
        action = <Way onClick={() => location.reload()}>{t('reload')}</Way>;
      break;
  }
  return (
    <main className="mx-auto grid min-h-[calc(100dvh-144px)] w-full max-w-110 content-center gap-6 px-4 text-center">
      <div>
        <h1 ref={heading} tabIndex={-1} className="outline-none">
          {title}
        </h1>
        <p className="mt-2 text-balance text-ink-2">{text}</p>
      </div>
      {session ? <Saving session={session} /> : null}
      <div className="flex flex-wrap justify-center gap-3 phone:flex-col">
        {action}
        <a href={meetingPath ?? '/'} className={buttonClass({ kind: action ? 'plain' : 'ink', size: 'large' })}>
          {meetingPath === null ? t('toStart') : t('toMeeting')}
        </a>
      </div>
    </main>
  );
}

function Way({ onClick, children }: { onClick: () => void; children: ReactNode }) {
  return (
    <Button kind="voice" size="large" onClick={onClick}>
      {children}
    </Button>
  );
}

/** The rest of a recording goes up after one has left, and who waits for it reads how that ended. */
function Saving({ session }: { session: RoomSession }) {
  const t = useTranslations('call.recording');
  const failures = useTranslations('call.failures');
  const sentence = useTrouble();
  const saving = useSaving(session);
  const recorder = useReadable(session.view, selectRecorder);
  const [waited, setWaited] = useState(false);
  if (saving !== null && !waited) setWaited(true);
  if (saving === null) {
    if (waited && recorder.status === 'failed')
      return (
        <Note kind="red" role="alert">
          {failures('recorder')} {sentence(recorder.error)}
        </Note>
      );
    if (waited && recorder.status === 'done')
      return (
        <Note kind="good" role="status">
          {t(recorder.destination === 'server' ? 'saved' : 'savedToDevice')}
        </Note>
      );
    return null;
  }
  return (
    <div className="grid gap-2 text-left">
      <SavingStatus {...saving} />
      <p className="text-small text-ink-2">{t('keepOpen')}</p>
    </div>
  );
}
