'use client';

import { Hand, MicOff, MonitorUp } from 'lucide-react';
import { type CSSProperties, type ReactNode, useEffect, useRef, useState } from 'react';
import { cx } from './cx';
import { initials, whoClass } from './face';

/** The ring stays this long after the voice, ms, so that it does not flicker between words. */
const RING_HOLD_MS = 500;
/** Speech level from which a person counts as speaking: about -43 dBFS, over a fan and under a quiet voice. */
const SPEAKING = 0.35;

export interface VideoTileProps {
  /** Names the group: the person, or whose screen it is. */
  label: string;
  /** What the pill says, when that is shorter. */
  pill?: string;
  /** Whose: chooses the colour of the initials. */
  person: { readonly id: string; readonly name: string };
  kind?: 'person' | 'screen';
  /** The picture; null while there is none. The `<video>` is there all the same. */
  track: MediaStreamTrack | null;
  /** Whether the person offers a picture now: a track may outlive the wish to be seen. */
  shown: boolean;
  mirrored?: boolean;
  /** A smaller tile over another one. */
  floating?: boolean;
  /** No name: the tile is small and one's own. */
  bare?: boolean;
  /** Says that the microphone is off; absent while it is on. */
  muted?: string | undefined;
  /** A raised hand: its number in the order of hands, and how that is read out. */
  hand?: { readonly number: number; readonly label: string } | undefined;
  /** A word on the line: shown as a sign alone when the tile is small. */
  trouble?: string | undefined;
  /** Why there is trouble, in a sentence: for who points at it or has the tile read out. */
  troubleWhy?: string | undefined;
  /** The person's seat is kept but their line is gone: said over the picture. */
  away?: string | undefined;
  /** Going: fades. */
  leaving?: boolean;
  /** Subscribes to the speech level, 0..1; written to the DOM without a render. Keep it the same between renders. */
  onLevel?: ((listener: (level: number) => void) => () => void) | undefined;
  className?: string;
  style?: CSSProperties;
  children?: ReactNode;
}

const streams = new WeakMap<MediaStreamTrack, MediaStream>();

/** The one stream of a track: a new one would make the video start over. */
function streamOf(track: MediaStreamTrack): MediaStream {
  const known = streams.get(track);
  if (known) return known;
  const made = new MediaStream([track]);
  streams.set(track, made);
  return made;
}

/** A person, or a screen, on the stage. Sound is played elsewhere: this video is always muted. */
export function VideoTile({
  label,
  pill = label,
  person,
  kind = 'person',
  track,
  shown,
  mirrored = false,
  floating = false,
  bare = false,
  muted,
  hand,
  trouble,
  troubleWhy,
  away,
  leaving = false,
  onLevel,
  className,
  style,
  children,
}: VideoTileProps) {
  const ring = useRef<HTMLSpanElement>(null);
  const video = useRef<HTMLVideoElement>(null);
  const [painted, setPainted] = useState<MediaStreamTrack | null>(null);

  useEffect(() => {
    const element = video.current;
    if (!element) return;
    element.srcObject = track ? streamOf(track) : null;
    // Refused only for sound, which this element never has; interrupted by the next track, which plays itself.
    if (track) element.play().catch(() => undefined);
  }, [track]);

  useEffect(() => {
    if (!onLevel) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const quiet = () => ring.current?.removeAttribute('data-speaking');
    const stop = onLevel((level) => {
      if (level < SPEAKING) return;
      ring.current?.setAttribute('data-speaking', '');
      clearTimeout(timer);
      timer = setTimeout(quiet, RING_HOLD_MS);
    });
    return () => {
      stop();
      clearTimeout(timer);
      quiet();
    };
  }, [onLevel]);

  const visible = shown && track !== null && painted === track;
  return (
    <div
      role="group"
      aria-label={label}
      data-leaving={leaving || undefined}
      className={cx(
        'bg-[#1b201e] [container-type:size]',
        floating ? 'rounded-card shadow-[0_0_0_1px_rgb(244_244_240/.16),var(--elevation)]' : 'rounded-tile',
        kind === 'screen' && 'bg-surface',
        className,
      )}
      style={style}
    >
      <video
        ref={video}
        autoPlay
        muted
        playsInline
        disablePictureInPicture
        aria-hidden
        tabIndex={-1}
        onLoadedData={() => setPainted(track)}
        onResize={() => setPainted(track)}
        className={cx(
          'absolute inset-0 size-full rounded-[inherit]',
          kind === 'screen' ? 'object-contain' : 'object-cover',
          mirrored && '-scale-x-100',
          !visible && 'opacity-0',
        )}
      />
      {kind === 'person' && !visible && !away ? (
        <span
          aria-hidden
          className={cx(
            'absolute inset-0 m-auto grid aspect-square h-[50cqmin] place-items-center rounded-full text-[18cqmin]/none font-medium tracking-tight text-white select-none',
            whoClass(person.id),
          )}
        >
          {initials(person.name)}
        </span>
      ) : null}
      {away ? (
        <span className="absolute inset-0 grid place-items-center rounded-[inherit] bg-scrim p-3 text-center text-small font-medium">
          {away}
        </span>
      ) : null}
      {hand ? (
        <span className="absolute top-3 left-3 flex h-7 items-center gap-1.5 rounded-control bg-[#f4f4f0] pr-2.5 pl-2 text-small font-semibold text-[#171b19] tabular-nums phone:top-2 phone:left-2 phone:h-6.5">
          <Hand aria-hidden className="size-3.75!" />
          <span aria-hidden>{hand.number}</span>
          <span className="sr-only">{hand.label}</span>
        </span>
      ) : null}
      {trouble ? (
        <span
          className="absolute top-3 right-3 flex h-7 items-center gap-1.5 rounded-control bg-pill pr-2.5 pl-2 text-small font-medium text-trouble @max-[240px]:pr-2 phone:top-2 phone:right-2 phone:h-6.5"
          title={troubleWhy}
        >
          <PoorLine />
          <span className="@max-[240px]:sr-only">{trouble}</span>
          {troubleWhy ? <span className="sr-only">{troubleWhy}</span> : null}
        </span>
      ) : null}
      {bare ? null : (
        <span
          className={cx(
            'absolute flex items-center gap-1.5 bg-pill font-medium text-ink',
            floating
              ? 'bottom-2 left-2 h-6 max-w-[calc(100%-16px)] rounded-[6px] px-2 text-micro'
              : 'bottom-3 left-3 h-7 max-w-[calc(100%-24px)] rounded-control px-2.5 text-small phone:bottom-2 phone:left-2 phone:h-6.5 phone:max-w-[calc(100%-16px)] phone:px-2',
          )}
          title={label}
        >
          {kind === 'screen' ? <MonitorUp aria-hidden className="size-3.75!" /> : null}
          {muted ? (
            <>
              <MicOff aria-hidden className="size-3.75! text-danger" />
              <span className="sr-only">{muted}</span>
            </>
          ) : null}
          <span className="truncate">{pill}</span>
        </span>
      )}
      {children}
      <span
        ref={ring}
        aria-hidden
        className="pointer-events-none absolute inset-0 rounded-[inherit] opacity-0 shadow-[0_0_0_3px_var(--voice)] transition-opacity duration-250 data-speaking:opacity-100 data-speaking:duration-150"
      />
    </div>
  );
}

/** A poor line: three bars, the lower one lit. */
export function PoorLine() {
  return (
    <svg
      aria-hidden
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeLinecap="round"
      strokeWidth="3.5"
      className="size-4 flex-none"
    >
      <path d="M5 20v-4" />
      <path d="M12 20V11M19 20V5" opacity=".35" />
    </svg>
  );
}
