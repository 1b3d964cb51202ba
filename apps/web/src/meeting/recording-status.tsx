'use client';

import type { RecordingProgress, RoomSession, RoomView } from '@parley/rtc-core';
import { ProgressBar } from '@parley/ui/progress-bar';
import { cx } from '@parley/ui/cx';
import { useTranslations } from 'next-intl';
import { useEffect, useState } from 'react';
import { runningTime, useNow } from './clock';
import { selectTake } from './tiles';
import { useReadable, useRoom, useSession } from './use-room';

const selectOffset = ({ clockOffset }: RoomView): number => clockOffset;

/** Tells everybody that the meeting is recorded and for how long; tells the room that it is told. */
export function RecordingStatus({ short = false }: { short?: boolean }) {
  const t = useTranslations('call.recording');
  const take = useRoom(selectTake);
  const shown = useNoticeShown(take?.id ?? null);
  return (
    <>
      {/* Read out also to who comes in while it runs: of a status that comes with its words, as the one below, only some would. */}
      <span aria-live="polite" className="sr-only">
        {shown ? t('status') : null}
      </span>
      {take ? (
        <span
          role="status"
          aria-live="off"
          aria-label={t('status')}
          className={cx(
            'inline-flex flex-none items-center gap-2 rounded-control bg-danger-tint font-semibold whitespace-nowrap text-danger-tint-ink tabular-nums',
            short ? 'h-7 px-2.5 text-micro' : 'h-8 px-3 text-small',
          )}
        >
          <span aria-hidden className="size-2.5 flex-none rounded-full bg-danger" />
          {t('status')}
          <RunningTime since={take.startedAt} hidden={short} />
        </span>
      ) : null}
    </>
  );
}

/** Not read out: a status that speaks every second says nothing. */
function RunningTime({ since, hidden }: { since: number; hidden: boolean }) {
  const offset = useRoom(selectOffset);
  const now = useNow();
  return (
    <span aria-hidden className={hidden ? 'sr-only' : 'font-medium'}>
      {runningTime(now + offset - since)}
    </span>
  );
}

/** Confirms the notice of a take once it has been painted, and says so. A hidden page paints nothing and confirms nothing. */
function useNoticeShown(take: string | null): boolean {
  const session = useSession();
  const [shown, setShown] = useState<string | null>(null);
  useEffect(() => {
    if (take === null) return;
    // The first frame is drawn with the notice in it; when the second begins, the first is on screen.
    let frame = requestAnimationFrame(() => {
      frame = requestAnimationFrame(() => {
        session.noticeShown();
        setShown(take);
      });
    });
    return () => cancelAnimationFrame(frame);
  }, [session, take]);
  return take !== null && shown === take;
}

const whole = (progress: RecordingProgress): RecordingProgress => progress;

/** How much of a stopped recording is with the server; null when nobody can tell, as of one that goes to this device. */
export function SavingStatus({ share, className }: { share: number | null; className?: string }) {
  const t = useTranslations('call.recording');
  return (
    <span role="status" aria-label={t('keepOpen')} className={cx('grid gap-1 text-small', className)}>
      <span aria-hidden className="whitespace-nowrap tabular-nums">
        {share === null ? t('savingSoon') : t('saving', { percent: Math.floor(share * 100) })}
      </span>
      <ProgressBar value={share} label={t('progress')} />
    </span>
  );
}

/** A stopped recording that is on its way, and how far (0..1, or null before any of it has arrived); null when there is none. */
export function useSaving(session: Pick<RoomSession, 'view' | 'recordingProgress'>): { share: number | null } | null {
  const saving = useReadable(session.view, selectSaving);
  const { recordedBytes, uploadedBytes } = useReadable(session.recordingProgress, whole);
  if (!saving) return null;
  return { share: uploadedBytes === 0 ? null : Math.min(1, uploadedBytes / recordedBytes) };
}

const selectSaving = ({ recorder }: RoomView): boolean => recorder.status === 'uploading';

/** While one records for the server: how much of it is there already. Null otherwise, and before there is anything. */
export function useSavedSoFar(): string | null {
  const t = useTranslations('call.recording');
  const recording = useRoom(selectRecordingForServer);
  const { recordedBytes, uploadedBytes } = useReadable(useSession().recordingProgress, whole);
  if (!recording || recordedBytes === 0) return null;
  return t('savedSoFar', { done: megabytes(uploadedBytes), total: megabytes(recordedBytes) });
}

const selectRecordingForServer = ({ recorder }: RoomView): boolean =>
  recorder.status === 'recording' && recorder.destination === 'server';

/** To one tenth. */
const megabytes = (bytes: number): number => Math.round(bytes / 100_000) / 10;

/** The same in words beside the keys. Not a status: one that speaks every second says nothing. */
export function SavedSoFar() {
  const words = useSavedSoFar();
  return words ? <p className="text-small text-ink-3 tabular-nums">{words}</p> : null;
}
