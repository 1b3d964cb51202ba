'use client';

import { isHost, type Participant } from '@parley/protocol/room-state';
import { Button } from '@parley/ui/button';
import { CopyButton } from '@parley/ui/copy-button';
import { Face } from '@parley/ui/face';
import { Panel } from '@parley/ui/panel';
import { Hand, Mic, MicOff, UserX } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { useAsk } from './call-toasts';
import { useMeeting } from './meeting-context';
import { CallQuestion } from './questions';
import { selectHands, selectPeople, selectRole, selectYou } from './tiles';
import { useRoom, useSession } from './use-room';

/** Who is here, and what a host may do about it. */
export function PeoplePanel({ sheet, onClose }: { sheet: boolean; onClose: () => void }) {
  const t = useTranslations('call.people');
  const toasts = useTranslations('call.toasts');
  const alone = useTranslations('call.alone');
  const controls = useTranslations('call.controls');
  const failures = useTranslations('call.failures');
  const dialogs = useTranslations('call.dialogs');
  const session = useSession();
  const ask = useAsk();
  const { inviteLink } = useMeeting();
  const people = useRoom(selectPeople);
  const hands = useRoom(selectHands);
  const you = useRoom(selectYou);
  const host = isHost(useRoom(selectRole));
  const [removing, setRemoving] = useState<Participant | null>(null);
  return (
    <Panel title={t('title')} closeLabel={controls('close')} onClose={onClose} sheet={sheet}>
      <ul aria-label={t('title')} tabIndex={0} className="min-h-0 flex-1 overflow-y-auto -outline-offset-2">
        {people.map((person) => (
          <Person
            key={person.id}
            person={person}
            you={person.id === you}
            hand={hands.indexOf(person.id) + 1}
            // One is not one's own host, and nobody removes the owner.
            mayAct={host && person.id !== you && person.role !== 'host'}
            onMute={() => void ask(failures('mute'), session.muteParticipant(person.id, 'microphone'))}
            onRemove={() => setRemoving(person)}
          />
        ))}
      </ul>
      {inviteLink === null ? null : (
        <div className="flex-none px-5 py-4">
          <CopyButton
            text={inviteLink}
            label={t('copyInvite')}
            done={alone('copied')}
            failed={toasts('copyFailed')}
            block
          />
        </div>
      )}
      {removing ? (
        <CallQuestion
          title={dialogs('removeTitle', { name: removing.name })}
          text={dialogs('removeText')}
          keep={dialogs('removeKeep')}
          go={dialogs('remove')}
          onClose={() => setRemoving(null)}
          onGo={() => {
            setRemoving(null);
            void ask(failures('remove'), session.removeParticipant(removing.id));
          }}
        />
      ) : null}
    </Panel>
  );
}

function Person({
  person,
  you,
  hand,
  mayAct,
  onMute,
  onRemove,
}: {
  person: Participant;
  you: boolean;
  hand: number;
  mayAct: boolean;
  onMute: () => void;
  onRemove: () => void;
}) {
  const t = useTranslations('call.people');
  const stage = useTranslations('call.stage');
  const { name, role, guest } = person;
  const microphone = person.publications.microphone;
  const on = microphone !== undefined && !microphone.muted;
  const mark = role === 'host' ? t('host') : role === 'cohost' ? t('cohost') : guest ? t('guest') : null;
  return (
    <li className="flex h-13 items-center gap-3 pr-3 pl-5 text-button">
      <Face name={name} id={person.id} />
      <span className="flex min-w-0 flex-1 items-baseline gap-1.5">
        <span className="truncate" title={name}>
          {you ? stage('you', { name }) : name}
        </span>
        {mark ? <span className="flex-none text-small text-ink-3">{mark}</span> : null}
        {person.presence.status === 'away' ? (
          <span className="flex-none truncate text-small text-trouble">{stage('away')}</span>
        ) : null}
      </span>
      {hand > 0 ? (
        <span className="flex items-center gap-1 text-small font-semibold tabular-nums">
          <Hand aria-hidden className="size-4! text-ink-2" />
          <span aria-hidden>{hand}</span>
          <span className="sr-only">{stage('hand', { number: hand })}</span>
        </span>
      ) : null}
      {mayAct && on ? (
        <Button
          kind="quiet"
          size="small"
          iconOnly
          aria-label={t('mute', { name })}
          title={t('mute', { name })}
          icon={<Mic aria-hidden className="size-4!" />}
          onClick={onMute}
        />
      ) : (
        <span className="grid size-8 flex-none place-items-center">
          {on ? (
            <Mic aria-hidden className="size-4! text-ink-2" />
          ) : (
            <MicOff aria-hidden className="size-4! text-danger" />
          )}
          <span className="sr-only">{on ? t('microphoneOn') : t('microphoneOff')}</span>
        </span>
      )}
      {mayAct ? (
        <Button
          kind="quiet"
          size="small"
          iconOnly
          aria-label={t('remove', { name })}
          title={t('remove', { name })}
          icon={<UserX aria-hidden className="size-4!" />}
          onClick={onRemove}
        />
      ) : null}
    </li>
  );
}
