'use client';

import type { LocalMediaState, RoomView } from '@parley/rtc-core';
import { Button } from '@parley/ui/button';
import { cx } from '@parley/ui/cx';
import { Dialog } from '@parley/ui/dialog';
import { LoaderCircle, MonitorUp } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useEffect, useState } from 'react';
import { useAsk, ToastStand } from './call-toasts';
import { ChatPanel } from './chat-panel';
import { Clock } from './clock';
import { Controls, type PanelName } from './controls';
import { Devices } from './devices';
import { useMeeting } from './meeting-context';
import { MoreSheet } from './more-menu';
import { PeoplePanel } from './people-panel';
import { EndQuestion, LeaveQuestion } from './questions';
import { RecordingStatus, SavedSoFar, SavingStatus, useSaving } from './recording-status';
import { Stage } from './stage';
import { selectPhase, selectRecorder, selectTitle } from './tiles';
import { useCall } from './use-call';
import { useChat } from './use-chat';
import { useNarrow, usePhone } from './use-media-query';
import { useNotices } from './use-notices';
import { useLocal, useRoom, useSession } from './use-room';
import { useShortcuts } from './use-shortcuts';
import { useTrouble } from './use-trouble';
import { useWakeLock } from './use-wake-lock';

/** The meeting while one is in it. */
export function Call({ onLeave }: { onLeave: () => void }) {
  useStageTheme();
  useWakeLock();
  return (
    <ToastStand>
      <Room onLeave={onLeave} />
    </ToastStand>
  );
}

function Room({ onLeave }: { onLeave: () => void }) {
  const devices = useTranslations('call.devices');
  const controls = useTranslations('call.controls');
  const failures = useTranslations('call.failures');
  const session = useSession();
  const ask = useAsk();
  const call = useCall();
  const phone = usePhone();
  const narrow = useNarrow();
  const recorder = useRoom(selectRecorder);
  const [panel, setPanel] = useState<PanelName | null>(null);
  const [dialog, setDialog] = useState<'devices' | 'leave' | 'end' | null>(null);
  const chat = useChat(session, panel === 'chat');
  const saving = useSaving(session);
  const closeDialog = (): void => setDialog(null);
  const leave = (): void => {
    // A take that was stopped is not asked about, though its last slice is still being written.
    if (recorder.status === 'starting' || (recorder.status === 'recording' && call.recording)) setDialog('leave');
    else onLeave();
  };

  useNotices({ chatOpen: panel === 'chat', onChooseDevice: () => setDialog('devices') });
  useShortcuts({
    M: call.toggleMicrophone,
    V: call.toggleCamera,
    C: () => setPanel((now) => (now === 'chat' ? null : 'chat')),
    S: () => {
      if (call.canShare) call.toggleShare();
    },
  });

  const closePanel = (): void => setPanel(null);
  const open = !phone && panel === 'more' ? null : panel;
  const sheet = phone && open !== null;
  return (
    <div
      data-theme="stage"
      className={cx(
        'relative grid h-dvh w-full overflow-hidden bg-paper text-ink',
        narrow ? 'grid-rows-[44px_minmax(0,1fr)_80px]' : 'grid-rows-[minmax(0,1fr)_80px]',
        open && !phone ? 'grid-cols-[minmax(0,1fr)_376px]' : 'grid-cols-[minmax(0,1fr)]',
        'pb-[env(safe-area-inset-bottom)]',
      )}
    >
      {narrow ? (
        // Not inert under a sheet: there is nothing to press, and that a recording begins is read out.
        <header className="col-span-full flex min-w-0 items-center gap-2 px-4">
          <Where strip />
          {saving === null ? null : <SavingStatus {...saving} className="w-36 flex-none" />}
          <RecordingStatus short={phone} />
        </header>
      ) : null}
      <main
        inert={sheet}
        className={cx(
          'relative flex min-h-0 min-w-0 flex-col gap-3',
          phone ? 'px-4' : narrow ? 'px-5 pt-1' : 'px-5 pt-5',
        )}
      >
        <SharingBar />
        <div className="min-h-0 flex-1">
          <Stage />
        </div>
        <ResumingBanner />
      </main>
      {open && !phone ? (
        <div className={cx('min-h-0 pr-4', narrow ? 'pt-1' : 'pt-5')}>
          {open === 'chat' ? (
            <ChatPanel chat={chat} sheet={false} onClose={closePanel} />
          ) : (
            <PeoplePanel sheet={false} onClose={closePanel} />
          )}
        </div>
      ) : null}
      <footer
        inert={sheet}
        className={cx(
          'col-span-full items-center px-5',
          narrow ? 'flex justify-center' : 'grid grid-cols-[1fr_auto_1fr] gap-5',
        )}
      >
        {narrow ? null : (
          <div className="flex min-w-0 items-center gap-3">
            <Where />
            <RecordingStatus />
          </div>
        )}
        <Controls
          call={call}
          phone={phone}
          panel={open}
          onPanel={setPanel}
          unread={chat.unread}
          onDevices={() => setDialog('devices')}
          onEnd={() => setDialog('end')}
          onLeave={leave}
        />
        {narrow ? null : (
          <div className="flex min-w-0 justify-end">
            {saving === null ? <SavedSoFar /> : <SavingStatus {...saving} className="w-40" />}
          </div>
        )}
      </footer>
      {sheet && open === 'chat' ? <ChatPanel chat={chat} sheet onClose={closePanel} /> : null}
      {sheet && open === 'people' ? <PeoplePanel sheet onClose={closePanel} /> : null}
      {sheet && open === 'more' ? (
        <MoreSheet
          call={call}
          onClose={closePanel}
          onPeople={() => setPanel('people')}
          onDevices={() => setDialog('devices')}
          onEnd={() => setDialog('end')}
        />
      ) : null}
      <Dialog
        open={dialog === 'devices'}
        onOpenChange={(next) => {
          if (!next) closeDialog();
        }}
        title={devices('title')}
        closeLabel={controls('close')}
      >
        <Devices local={session.local} className="mt-4 grid gap-4" />
      </Dialog>
      {dialog === 'leave' ? (
        <LeaveQuestion stop={() => session.stopRecording()} onClose={closeDialog} onLeave={onLeave} />
      ) : null}
      {dialog === 'end' ? (
        <EndQuestion
          onClose={closeDialog}
          onEnd={() => {
            closeDialog();
            void ask(failures('end'), session.endForAll());
          }}
        />
      ) : null}
    </div>
  );
}

/** Which meeting, and what time it is. */
function Where({ strip = false }: { strip?: boolean }) {
  const door = useMeeting();
  const title = useRoom(selectTitle) || door.title;
  return strip ? (
    <div className="flex min-w-0 flex-1 items-baseline gap-2">
      <h1 className="truncate text-small font-semibold tracking-normal">{title}</h1>
      <Clock className="flex-none text-small text-ink-3" />
    </div>
  ) : (
    <div className="min-w-0">
      <h1 className="truncate text-button font-semibold tracking-normal" title={title}>
        {title}
      </h1>
      <Clock className="block text-[13px]/4.5 text-ink-2" />
    </div>
  );
}

const selectSharing = ({ captures }: LocalMediaState): 'screen' | 'sound' | null =>
  captures.screen.status === 'on' ? 'screen' : captures['screen-audio'].status === 'on' ? 'sound' : null;

/** Whether sound and picture come from anybody: what is said while signaling is away must be true. */
const selectMediaFlows = ({ links }: RoomView): boolean =>
  Array.from(links.values()).some(({ status }) => status === 'connected');

const BAR =
  'flex max-w-full items-center gap-3 rounded-card bg-surface px-4 text-button font-medium shadow-[0_0_0_1px_var(--line),var(--elevation)]';

/** The line is gone: stands over the stage as long as it is so. */
function ResumingBanner() {
  const t = useTranslations('call.resuming');
  const sentence = useTrouble();
  const phase = useRoom(selectPhase);
  const mediaFlows = useRoom(selectMediaFlows);
  return (
    <div className="pointer-events-none absolute inset-x-0 top-8 z-20 grid justify-items-center px-8 phone:top-4 phone:px-6">
      <div role="status" className="max-w-full">
        {phase.name === 'resuming' ? (
          <div className={cx(BAR, 'pointer-events-auto py-2.5')}>
            <LoaderCircle aria-hidden className="animate-turn text-trouble" />
            <p className="min-w-0">
              {t('title')}{' '}
              <span className="font-normal text-ink-2">
                {t(mediaFlows ? 'text' : 'textAlone')} {phase.error ? sentence(phase.error) : null}
              </span>
            </p>
          </div>
        ) : null}
      </div>
    </div>
  );
}

/** Says that one shares, as long as one does: above the stage, not on it, where it would cover a face. */
function SharingBar() {
  const t = useTranslations('call.sharing');
  const session = useSession();
  const sharing = useLocal(selectSharing);
  // The status is there before its words: a live region that comes with them is not read out.
  return (
    <div className={sharing ? cx(BAR, 'self-center py-1.5') : 'sr-only'}>
      {sharing ? <MonitorUp aria-hidden className="text-ink-2" /> : null}
      <span role="status">{sharing ? t(sharing === 'screen' ? 'you' : 'sound') : null}</span>
      {sharing ? (
        <Button kind="danger" size="small" onClick={() => void session.stopSharing()}>
          {t('stop')}
        </Button>
      ) : null}
    </div>
  );
}

/** Menus and questions are drawn at the end of the page: while the call lasts the whole page is stage. */
function useStageTheme(): void {
  useEffect(() => {
    const { body } = document;
    body.dataset.theme = 'stage';
    return () => {
      delete body.dataset.theme;
    };
  }, []);
}
