'use client';

import type { Participant } from '@parley/protocol/room-state';
import { type LinkState, type LocalMediaState, mediaKey, type RoomView } from '@parley/rtc-core';
import { cx } from '@parley/ui/cx';
import { VideoTile } from '@parley/ui/video-tile';
import { useTranslations } from 'next-intl';
import { memo, useCallback, useState } from 'react';
import { RisingReaction, type ShownReaction } from './reactions';
import type { Place } from './stage-layout';
import { useLocal, useRoom, useSession } from './use-room';
import { useTrouble } from './use-trouble';

interface StageTileProps {
  id: string;
  kind: 'person' | 'screen';
  you: boolean;
  place: Place;
  phone: boolean;
  /** Place in the order of hands, from 1; 0 while the hand is down. */
  hand: number;
  leaving: boolean;
  reactions: readonly ShownReaction[];
  onReactionOver: (id: number) => void;
}

/** One tile, bound to its participant. */
export const StageTile = memo(function StageTile({
  id,
  kind,
  you,
  place,
  phone,
  hand,
  leaving,
  reactions,
  onReactionOver,
}: StageTileProps) {
  const t = useTranslations('call.stage');
  const sentence = useTrouble();
  const session = useSession();
  const source = kind === 'screen' ? 'screen' : 'camera';
  const now = useRoom(useCallback((view: RoomView) => view.room?.participants[id], [id]));
  const link = useRoom(useCallback((view: RoomView) => view.links.get(id), [id]));
  const arrived = useRoom(useCallback((view: RoomView) => view.arrivals.get(mediaKey(id, source)), [id, source]));
  const own = useLocal(
    useCallback(
      ({ captures }: LocalMediaState) => {
        const capture = captures[source];
        return you && capture.status === 'on' ? capture.track : null;
      },
      [you, source],
    ),
  );
  const facing = useLocal(selectFacing);
  const [last, setLast] = useState<Participant | undefined>(now);
  if (now && now !== last) setLast(now);
  const person = now ?? last;

  const onLevel = useCallback(
    (listener: (level: number) => void) => (you ? session.local.onLevel(listener) : session.onLevel(id, listener)),
    [session, id, you],
  );

  if (!person) return null;
  const named = you ? t('you', { name: person.name }) : person.name;
  const publication = person.publications[source];
  const microphone = person.publications.microphone;
  const away = person.presence.status === 'away';
  return (
    <VideoTile
      label={kind === 'screen' ? t('screenOf', { name: person.name }) : named}
      {...(you && phone && kind === 'person' ? { pill: t('youShort') } : {})}
      person={person}
      kind={kind}
      track={you ? own : (arrived ?? null)}
      shown={you ? own !== null : publication !== undefined && !publication.muted}
      mirrored={you && kind === 'person' && facing === 'user'}
      floating={place.floating}
      bare={place.floating && phone}
      leaving={leaving}
      className={cx(
        'absolute top-0 left-0 transition-[transform,opacity] duration-240 ease-move motion-reduce:transition-none',
        leaving && 'opacity-0 duration-150',
        place.floating && 'z-10',
      )}
      style={{ width: place.width, height: place.height, transform: `translate(${place.x}px, ${place.y}px)` }}
      {...(kind === 'person'
        ? {
            muted: microphone && !microphone.muted ? undefined : t('muted'),
            hand: hand > 0 ? { number: hand, label: t('hand', { number: hand }) } : undefined,
            trouble: you || away ? undefined : trouble(link, t),
            troubleWhy: link?.status === 'failed' ? sentence(link.error) : undefined,
            away: away ? t('away') : undefined,
            onLevel,
          }
        : {})}
    >
      {reactions.map(({ key, reaction }) => (
        <RisingReaction key={key} reaction={reaction} onOver={() => onReactionOver(key)} />
      ))}
    </VideoTile>
  );
});

const selectFacing = ({ facing }: LocalMediaState): LocalMediaState['facing'] => facing;

function trouble(link: LinkState | undefined, t: (key: 'poor' | 'noLink') => string): string | undefined {
  switch (link?.status) {
    case 'interrupted':
      return t('poor');
    case 'failed':
      return t('noLink');
    case 'connected':
      return link.quality === 'poor' ? t('poor') : undefined;
    case 'connecting':
    case undefined:
      return undefined;
  }
}
