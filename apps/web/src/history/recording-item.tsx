'use client';

import { Button } from '@parley/ui/button';
import { buttonClass } from '@parley/ui/button-class';
import { cx } from '@parley/ui/cx';
import { Note } from '@parley/ui/note';
import { ProgressBar } from '@parley/ui/progress-bar';
import { Download, LoaderCircle, Play, TriangleAlert } from 'lucide-react';
import Link from 'next/link';
import { useTimeZone, useTranslations } from 'next-intl';
import { useId, useRef, useState } from 'react';
import { durationText, filmClock } from '../i18n/times';
import { useTimes } from '../i18n/use-times';
import type { RecordingView } from '../server/recordings';
import { DeleteRecording } from './delete-recording';
import { GapNote } from './gap-note';

/**
 * One recording: poster, what it is, how far it is, what one may do with it. The poster is the video itself; when it
 * plays it grows to the full column. `within`: the page is that of its meeting, so the day is its title.
 */
export function RecordingItem({
  recording,
  within,
  title,
}: {
  recording: RecordingView;
  within: 'meeting' | 'list';
  /** The meeting's title, or what stands for it. */
  title: string;
}) {
  const t = useTranslations('pages.take');
  const words = useTranslations('pages.time');
  const times = useTimes();
  const timeZone = useTimeZone() ?? 'UTC';
  const titleId = useId();
  const video = useRef<HTMLVideoElement>(null);
  const [large, setLarge] = useState(false);

  const { startedAt, durationMs, people, bytes, videoUrl, downloadUrl } = recording;
  const Heading = within === 'meeting' ? 'h3' : 'h2';
  const near = times.near(startedAt);
  const day = near ? words(near) : times.longDay(startedAt);
  const end = durationMs === null ? null : new Date(startedAt.getTime() + durationMs);
  const facts = [
    ...(within === 'list' ? [day] : []),
    end ? words('range', { from: times.time(startedAt), to: times.time(end) }) : times.time(startedAt),
    ...(people.length > 0 ? [t('people', { count: people.length })] : []),
    ...(videoUrl ? [times.bytes(bytes)] : []),
    ...(recording.by ? [t('recordedBy', { name: recording.by })] : []),
  ];
  const watch = () => {
    setLarge(true);
    // Refused without a gesture, or ended before it began: the controls are there.
    void video.current?.play().catch(() => undefined);
    video.current?.focus();
  };
  return (
    <article
      aria-labelledby={titleId}
      className={cx(
        'grid gap-5 border-b border-line py-5 first:pt-0 phone:gap-3',
        large ? 'grid-cols-1' : 'grid-cols-[208px_minmax(0,1fr)] phone:grid-cols-[120px_minmax(0,1fr)]',
      )}
    >
      <Picture
        recording={recording}
        label={t('video', { title: t('named', { title, day }) })}
        large={large}
        video={video}
        onPlay={() => setLarge(true)}
      />
      <div className="grid content-start gap-1">
        <Heading id={titleId} className="text-item wrap-anywhere">
          {within === 'meeting' ? (
            <>
              <span className="sr-only">{title} </span>
              {day}
            </>
          ) : (
            <Link href={`/meetings/${recording.meetingSlug}`} className="rounded-[4px] hover:underline">
              {title}
            </Link>
          )}
        </Heading>
        <p className="text-small text-ink-3 tabular-nums">{facts.join(' · ')}</p>
        <State recording={recording} />
        {downloadUrl || recording.mayDelete ? (
          <div className="-ml-2 flex flex-wrap items-center gap-2 phone:gap-0.5">
            {videoUrl ? (
              <Button
                kind="quiet"
                size="small"
                icon={<Play aria-hidden className="size-4!" />}
                className="phone:px-2"
                onClick={watch}
              >
                {t('watch')}
              </Button>
            ) : null}
            {downloadUrl ? (
              <a
                href={`${downloadUrl}?tz=${encodeURIComponent(timeZone)}`}
                download
                className={cx(buttonClass({ kind: 'quiet', size: 'small' }), 'phone:px-2')}
              >
                <Download aria-hidden className="size-4!" />
                {t('download')}
              </a>
            ) : null}
            {recording.mayDelete ? (
              <DeleteRecording
                id={recording.id}
                title={t('named', { title, day })}
                duration={durationMs === null ? null : durationText(words, durationMs)}
              />
            ) : null}
          </div>
        ) : null}
      </div>
    </article>
  );
}

function Picture({
  recording: { videoUrl, posterUrl, durationMs, state },
  label,
  large,
  video,
  onPlay,
}: {
  recording: RecordingView;
  label: string;
  large: boolean;
  video: React.RefObject<HTMLVideoElement | null>;
  onPlay: () => void;
}) {
  const t = useTranslations('pages.take');
  const [broken, setBroken] = useState(false);
  if (!videoUrl) {
    const failed = state === 'failed';
    return (
      <div className="grid aspect-video place-items-center rounded-control bg-sunken text-ink-3">
        {failed ? (
          <TriangleAlert aria-hidden className="size-5.5!" />
        ) : (
          <LoaderCircle aria-hidden className="size-5.5! animate-turn" />
        )}
      </div>
    );
  }
  return (
    <div className="relative h-fit">
      <video
        ref={video}
        controls
        playsInline
        preload="none"
        src={videoUrl}
        poster={posterUrl ?? undefined}
        aria-label={label}
        onPlay={onPlay}
        onError={() => setBroken(true)}
        className={cx(
          'block aspect-video w-full bg-[#0e1110] object-contain',
          // Small, its keys would cover the picture; the keyboard reaches them there, so they show while it does.
          large ? 'rounded-tile' : 'rounded-control [&:not(:focus-within)::-webkit-media-controls]:opacity-0',
        )}
      />
      {!large && durationMs !== null ? (
        <span className="pointer-events-none absolute right-1.5 bottom-1.5 rounded-[5px] bg-[rgb(14_17_16/0.82)] px-1.5 py-px text-[12px]/[18px] font-medium text-[#f4f4f0] tabular-nums">
          <span className="sr-only">{t('length', { duration: '' })}</span>
          {filmClock(durationMs)}
        </span>
      ) : null}
      {broken ? (
        <div className="mt-2">
          <Note kind="red" role="alert" compact>
            {t('playFailed')}
          </Note>
        </div>
      ) : null}
    </div>
  );
}

function State({ recording }: { recording: RecordingView }) {
  const t = useTranslations('pages.take');
  const times = useTimes();
  switch (recording.state) {
    case 'receiving':
      return (
        <p role="status" className="mt-1.5 text-small text-ink-2 tabular-nums">
          {t('receiving', { done: times.bytes(recording.bytes) })}
        </p>
      );
    case 'getting-ready': {
      const { progressMs, ofMs } = recording;
      const minutes = (ms: number) => Math.ceil(ms / 60_000);
      return (
        <div className="mt-1.5 grid max-w-80 gap-2">
          <p className="text-small text-ink-2 tabular-nums">
            {ofMs
              ? t('gettingReady', { done: Math.floor(Math.min(progressMs, ofMs) / 60_000), total: minutes(ofMs) })
              : t('gettingReadySoon')}
          </p>
          <ProgressBar label={t('progress')} value={ofMs ? progressMs / ofMs : null} />
        </div>
      );
    }
    case 'ready':
      return <p className="text-small text-ink-2">{t('complete')}</p>;
    case 'incomplete':
      return <GapNote gaps={recording.gaps} by={recording.by} />;
    case 'failed':
      return (
        <div className="mt-1.5">
          <Note compact icon={<TriangleAlert aria-hidden />}>
            {t(`failure.${recording.failure}`)}
          </Note>
        </div>
      );
  }
}
