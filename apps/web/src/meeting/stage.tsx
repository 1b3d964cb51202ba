'use client';

import { CallKey } from '@parley/ui/call-key';
import { ChevronLeft, ChevronRight, Volume2 } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useEffect, useMemo, useRef, useState } from 'react';
import type { RoomView } from '@parley/rtc-core';
import { Button } from '@parley/ui/button';
import { AloneCard } from './alone-card';
import { useReactions } from './reactions';
import { planStage } from './stage-layout';
import { StageTile } from './stage-tile';
import { selectHands, selectPeopleTiles, selectScreenTiles, selectYou, type TileKey } from './tiles';
import { useLeavers } from './use-leavers';
import { usePhone } from './use-media-query';
import { useRoom, useSession } from './use-room';
import { useSize } from './use-size';

/** The transport is told at most this often how large pictures are, ms. */
const SHOW_EVERY_MS = 250;

const selectRefused = ({ playbackRefused }: RoomView): boolean => playbackRefused;

/** Everybody, and what they share. */
export function Stage() {
  const t = useTranslations('call.stage');
  const session = useSession();
  const phone = usePhone();
  const room = useRef<HTMLDivElement>(null);
  const { width, height } = useSize(room);
  const [page, setPage] = useState(0);
  const you = useRoom(selectYou);
  const present = useRoom(selectPeopleTiles);
  const presentScreens = useRoom(selectScreenTiles);
  const hands = useRoom(selectHands);
  const playbackRefused = useRoom(selectRefused);
  const people = useLeavers(present);
  const screens = useLeavers(presentScreens);
  const [reactions, dropReaction] = useReactions();

  const shownPeople = people.shown.join(' ');
  const shownScreens = screens.shown.join(' ');
  const self = `${you ?? ''}/camera`;
  const plan = useMemo(
    () =>
      planStage({
        width,
        height,
        phone,
        page,
        self,
        people: shownPeople === '' ? [] : shownPeople.split(' '),
        screens: shownScreens === '' ? [] : shownScreens.split(' '),
      }),
    [width, height, phone, page, self, shownPeople, shownScreens],
  );

  useEffect(() => {
    if (width === 0) return;
    const timer = setTimeout(() => {
      const tiles = [...plan.places].filter(([key]) => !key.startsWith(`${you ?? ''}/`));
      session.show(new Map(tiles.map(([key, place]) => [key as TileKey, Math.round(place.height)])));
    }, SHOW_EVERY_MS);
    return () => clearTimeout(timer);
  }, [session, plan, you, width]);

  // Who comes is put between, nobody is moved: no video starts over.
  const all = [...screens.shown, ...people.shown];
  return (
    <section aria-label={t('label')} className="relative size-full min-h-0 min-w-0">
      <div ref={room} className="absolute inset-0">
        {all.map((key) => {
          const place = plan.places.get(key);
          const id = key.slice(0, key.lastIndexOf('/'));
          const hand = hands.indexOf(id);
          if (!place) return null;
          return (
            <StageTile
              key={key}
              id={id}
              kind={key.endsWith('/screen') ? 'screen' : 'person'}
              you={id === you}
              place={place}
              phone={phone}
              hand={hand + 1}
              leaving={people.leaving.has(key) || screens.leaving.has(key)}
              reactions={key.endsWith('/camera') ? reactions.filter((r) => r.participant === id) : []}
              onReactionOver={dropReaction}
            />
          );
        })}
      </div>
      {present.length === 1 && presentScreens.length === 0 ? <AloneCard /> : null}
      {plan.pages > 1 ? (
        <div className="absolute inset-x-0 bottom-3 z-10 flex items-center justify-center gap-3">
          <CallKey
            label={t('previousPage')}
            icon={ChevronLeft}
            disabled={plan.page === 0}
            onClick={() => setPage(plan.page - 1)}
          />
          <span className="rounded-control bg-pill px-2.5 py-1 text-small font-medium tabular-nums">
            {t('page', { page: plan.page + 1, pages: plan.pages })}
          </span>
          <CallKey
            label={t('nextPage')}
            icon={ChevronRight}
            disabled={plan.page === plan.pages - 1}
            onClick={() => setPage(plan.page + 1)}
          />
        </div>
      ) : null}
      {playbackRefused ? (
        <div role="alert" className="absolute inset-0 z-20 grid place-items-center">
          <Button kind="voice" size="large" icon={<Volume2 aria-hidden />} onClick={() => session.resumePlayback()}>
            {t('tapToHear')}
          </Button>
        </div>
      ) : null}
    </section>
  );
}
