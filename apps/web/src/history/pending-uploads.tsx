'use client';

import type { PendingUpload, Readable, ResumedUpload } from '@parley/rtc-core';
import { Button } from '@parley/ui/button';
import { Question } from '@parley/ui/dialog';
import { Note } from '@parley/ui/note';
import { ProgressBar } from '@parley/ui/progress-bar';
import { CloudUpload } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { useTranslations } from 'next-intl';
import { useEffect, useState, useSyncExternalStore, useTransition } from 'react';
import { durationText } from '../i18n/times';
import { useTimes } from '../i18n/use-times';
import { refreshIfUp } from './refresh-if-up';
import { discard, finish, saveToDevice, unfinished } from './running-uploads';

type Found = Awaited<ReturnType<typeof unfinished>>[number];

/**
 * What a closed page of this account left in this browser: offers to finish it, after a refusal to keep it as a file. What
 * was handed over as a file is offered once more: whether that was saved no page is told. `takes`: only recordings of these
 * takes (the page of one meeting); otherwise all.
 */
export function PendingUploads({ account, takes }: { account: string; takes?: readonly string[] }) {
  const t = useTranslations('pages.pending');
  const [found, setFound] = useState<readonly Found[]>([]);
  useEffect(() => {
    let here = true;
    // Never rejects; without a private file system there is nothing.
    void unfinished(account).then((all) => {
      if (here) setFound(all);
    });
    return () => void (here = false);
  }, [account]);
  const shown = takes ? found.filter(({ pending }) => takes.includes(pending.take)) : found;
  if (shown.length === 0) return null;
  const rows = (handed: boolean) =>
    shown
      .filter(({ pending }) => pending.handed === handed)
      .map(({ pending, upload }) => (
        <Row
          key={pending.id}
          account={account}
          pending={pending}
          started={upload}
          onGone={() => setFound((all) => all.filter((one) => one.pending.id !== pending.id))}
        />
      ));
  const [open, handed] = [rows(false), rows(true)];
  return (
    <div className="mb-8 grid gap-3">
      {open.length > 0 ? (
        <Note kind="amber" icon={<CloudUpload aria-hidden />}>
          <p>
            <b>{t('title', { count: open.length })}</b>
          </p>
          <p>{t('text')}</p>
          <ul className="mt-3 grid gap-4">{open}</ul>
        </Note>
      ) : null}
      {handed.length > 0 ? (
        <Note>
          <p>
            <b>{t('handedTitle', { count: handed.length })}</b>
          </p>
          <p>{t('handedText')}</p>
          <ul className="mt-3 grid gap-4">{handed}</ul>
        </Note>
      ) : null}
    </div>
  );
}

function Row({
  account,
  pending,
  started,
  onGone,
}: {
  account: string;
  pending: PendingUpload;
  started: ResumedUpload | null;
  onGone: () => void;
}) {
  const t = useTranslations('pages.pending');
  const errors = useTranslations('errors.rtc');
  const words = useTranslations('pages.time');
  const times = useTimes();
  const [upload, setUpload] = useState(started);
  const [asking, setAsking] = useState(false);
  const [failed, setFailed] = useState<string>();
  const [busy, start] = useTransition();
  // What fails here (its code did not come, the disk refuses) is said here: the page stays.
  const attempt = (act: () => Promise<void>) => {
    setFailed(undefined);
    start(() => act().catch(() => setFailed(t('notDone'))));
  };
  const at = new Date(pending.startedAt);
  const title = pending.title || t('untitled');
  return (
    <li className="grid gap-2">
      <p className="font-medium">
        {t('item', { title, day: times.shortDay(at), time: times.time(at) })}{' '}
        <span className="font-normal">
          ({t('facts', { duration: durationText(words, pending.recordedMs), size: times.bytes(pending.bytes) })})
        </span>
      </p>
      {upload ? (
        <Progress pending={pending} upload={upload} onAgain={() => setUpload(null)} />
      ) : (
        <div className="flex flex-wrap gap-2">
          <Button
            size="small"
            busy={busy}
            onClick={() => attempt(async () => setUpload(await finish(pending, account)))}
          >
            {pending.handed ? t('handAgain') : pending.destination === 'server' ? t('finish') : t('hand')}
          </Button>
          <Button
            size="small"
            kind="quiet"
            className="text-current!"
            onClick={() => {
              setFailed(undefined);
              setAsking(true);
            }}
          >
            {t('discard')}
          </Button>
        </div>
      )}
      {failed && !asking ? <p role="alert">{failed}</p> : null}
      <Question
        open={asking}
        onOpenChange={setAsking}
        title={t('discardTitle')}
        keep={t('keep')}
        go={t('discardGo')}
        busy={busy}
        error={failed}
        onGo={() =>
          attempt(async () => {
            if (await discard(pending)) onGone();
            else setFailed(errors('spool-taken'));
          })
        }
      >
        {t('discardText', { title })}
      </Question>
    </li>
  );
}

function Progress({
  pending,
  upload,
  onAgain,
}: {
  pending: PendingUpload;
  upload: ResumedUpload;
  onAgain: () => void;
}) {
  const t = useTranslations('pages.pending');
  const errors = useTranslations('errors.rtc');
  const times = useTimes();
  const router = useRouter();
  const state = useReadable(upload.state);
  const { uploadedBytes } = useReadable(upload.progress);
  const done = state.status === 'done';
  useEffect(() => {
    if (!done) return;
    // The list of recordings knows more now.
    const gone = new AbortController();
    void refreshIfUp(router, gone.signal);
    return () => gone.abort();
  }, [done, router]);
  if (state.status === 'failed')
    return (
      <div className="grid justify-items-start gap-2">
        <p role="alert">
          {state.error.code === 'spool-taken'
            ? errors('spool-taken')
            : t('failed', { reason: errors(state.error.code) })}
        </p>
        <div className="flex flex-wrap gap-2">
          <Button size="small" onClick={onAgain}>
            {t('finish')}
          </Button>
          <Button
            size="small"
            kind="quiet"
            className="text-current!"
            onClick={() => void saveToDevice(pending).catch(() => onAgain())}
          >
            {t('hand')}
          </Button>
        </div>
      </div>
    );
  if (pending.destination === 'device') return <p role="status">{done ? t('saved') : t('saving')}</p>;
  const total = Math.max(pending.bytes, uploadedBytes);
  return (
    <>
      <p role={done ? 'status' : undefined}>
        {done ? t('done') : t('running', { done: times.bytes(uploadedBytes), total: times.bytes(total) })}
      </p>
      {done ? null : <ProgressBar label={t('progress')} value={total > 0 ? uploadedBytes / total : null} />}
    </>
  );
}

function useReadable<T>(readable: Readable<T>): T {
  return useSyncExternalStore(
    (listener) => readable.subscribe(listener),
    () => readable.get(),
    () => readable.get(),
  );
}
