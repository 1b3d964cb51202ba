'use client';

import { type Reaction, REACTIONS } from '@parley/protocol/room-state';
import { useEffect, useRef, useState } from 'react';
import { useSession } from './use-room';

/** Names of the reactions, for who does not see them. */
export const REACTION_NAMES = {
  '👍': 'thumbsUp',
  '👏': 'applause',
  '❤️': 'heart',
  '😂': 'laugh',
  '😮': 'surprise',
  '🎉': 'celebrate',
} as const satisfies Record<Reaction, string>;

export { REACTIONS };

export interface ShownReaction {
  readonly key: number;
  readonly participant: string;
  readonly reaction: Reaction;
}

/** More at once than this only hides people. */
const MOST = 20;

/** What people react with just now. */
export function useReactions(): readonly [readonly ShownReaction[], (key: number) => void] {
  const session = useSession();
  const [shown, setShown] = useState<readonly ShownReaction[]>([]);
  const [drop] = useState(() => (key: number) => setShown((now) => now.filter((r) => r.key !== key)));
  useEffect(() => {
    let next = 0;
    return session.onNotice((notice) => {
      if (notice.type !== 'event' || notice.event.type !== 'reacted') return;
      const { participant, reaction } = notice.event;
      setShown((now) => [...now, { key: next++, participant, reaction }].slice(-MOST));
    });
  }, [session]);
  return [shown, drop];
}

const RISE_PX = 160;
const RISE_MS = 2_400;

/** An emoji that rises from the tile and fades; under reduced motion it only fades. */
export function RisingReaction({ reaction, onOver }: { reaction: Reaction; onOver: () => void }) {
  const emoji = useRef<HTMLSpanElement>(null);
  const over = useRef(onOver);
  useEffect(() => {
    over.current = onOver;
  }, [onOver]);
  useEffect(() => {
    const still = matchMedia('(prefers-reduced-motion: reduce)').matches;
    const rising = emoji.current?.animate(
      [
        { opacity: 0, transform: 'translateY(0)' },
        { opacity: 1, transform: `translateY(${still ? 0 : -RISE_PX * 0.15}px)`, offset: 0.15 },
        { opacity: 1, transform: `translateY(${still ? 0 : -RISE_PX * 0.7}px)`, offset: 0.7 },
        { opacity: 0, transform: `translateY(${still ? 0 : -RISE_PX}px)` },
      ],
      { duration: RISE_MS, easing: 'ease-out', fill: 'forwards' },
    );
    if (rising) rising.onfinish = () => over.current();
    return () => rising?.cancel();
  }, []);
  return (
    <span
      ref={emoji}
      aria-hidden
      className="pointer-events-none absolute right-4 bottom-4 z-10 text-[36px]/none opacity-0 select-none"
    >
      {reaction}
    </span>
  );
}
