'use client';

import type { ChatMessage } from '@parley/protocol/room-state';
import type { RoomSession, RoomView } from '@parley/rtc-core';
import type { Refusal } from '@parley/protocol/refusal';
import { useEffect, useMemo, useState } from 'react';
import { watchNames } from './names';
import { useRoom } from './use-room';

/** Somebody came or went while this page was in the room. */
export interface Passing {
  readonly key: string;
  readonly type: 'joined' | 'left';
  readonly name: string;
  readonly at: number;
}

/** A message that the room has not taken yet. */
export interface Outgoing {
  /** The message's id: sent again under the same one, the room takes it once. */
  readonly id: string;
  readonly text: string;
  readonly status: 'sending' | 'failed';
  readonly refusal: Refusal | null;
}

export interface Chat {
  readonly messages: readonly ChatMessage[];
  readonly passings: readonly Passing[];
  readonly outgoing: readonly Outgoing[];
  /** Messages of others since `markRead`. */
  readonly unread: number;
  /** What is half written: it outlives its panel. */
  readonly draft: { get(): string; set(text: string): void };
  send(text: string): void;
  retry(id: string): void;
}

const PASSINGS_KEPT = 200;
const NO_MESSAGES: readonly ChatMessage[] = [];
const selectMessages = ({ room }: RoomView): readonly ChatMessage[] => room?.chat ?? NO_MESSAGES;
/** The line was gone: the message waits for it instead of failing. */
const waits = ({ code }: Refusal): boolean => code === 'not-joined' || code === 'shutting-down';

/** The conversation for as long as the call lasts, whether or not its panel is open. */
export function useChat(session: RoomSession, open: boolean): Chat {
  const messages = useRoom(selectMessages);
  const [outgoing, setOutgoing] = useState<readonly Outgoing[]>([]);
  const [passings, setPassings] = useState<readonly Passing[]>([]);
  const [readTo, setReadTo] = useState<string | null>(messages.at(-1)?.id ?? null);
  const [draft] = useState(newDraft);
  const you = session.view.get().you;

  const newest = messages.at(-1)?.id ?? null;
  if (open && readTo !== newest) setReadTo(newest);
  const unread = useMemo(() => {
    if (open) return 0;
    const from = messages.findIndex(({ id }) => id === readTo) + 1;
    return messages.slice(from).filter((message) => message.from !== you).length;
  }, [open, messages, readTo, you]);

  useEffect(() => {
    const names = watchNames(session);
    const stop = session.onNotice((notice) => {
      if (notice.type !== 'event') return;
      const { event, at } = notice;
      const add = (type: Passing['type'], id: string, name: string): void =>
        setPassings((now) => [...now, { key: `${type} ${id} ${at}`, type, name, at }].slice(-PASSINGS_KEPT));
      if (event.type === 'joined' && event.participant.id !== session.view.get().you)
        add('joined', event.participant.id, event.participant.name);
      if (event.type === 'left') add('left', event.participant, names.of(event.participant));
    });
    return () => {
      names.stop();
      stop();
    };
  }, [session]);

  const deliver = async (id: string, text: string): Promise<void> => {
    for (;;) {
      const result = await session.chat(text, id);
      if (result.ok) {
        setOutgoing((now) => now.filter((message) => message.id !== id));
        return;
      }
      if (!waits(result.refusal) || !(await connectedAgain(session))) {
        const { refusal } = result;
        setOutgoing((now) =>
          now.map((message) => (message.id === id ? { ...message, status: 'failed', refusal } : message)),
        );
        return;
      }
    }
  };

  return {
    messages,
    passings,
    // The event may come before the answer: then the message is already in the log.
    outgoing: outgoing.filter(({ id }) => !messages.some((message) => message.id === id)),
    unread,
    draft,
    send(text) {
      const id = newId();
      setOutgoing((now) => [...now, { id, text, status: 'sending', refusal: null }]);
      void deliver(id, text);
    },
    retry(id) {
      const message = outgoing.find((m) => m.id === id);
      if (!message) return;
      setOutgoing((now) => now.map((m) => (m.id === id ? { ...m, status: 'sending', refusal: null } : m)));
      void deliver(id, message.text);
    },
  };
}

/** Waits for the line, half a second at least. False when one has left instead. */
function connectedAgain(session: RoomSession): Promise<boolean> {
  return new Promise((resolve) => {
    setTimeout(() => {
      const look = (): void => {
        const { name } = session.view.get().phase;
        if (name !== 'connected' && name !== 'left') return;
        stop();
        resolve(name === 'connected');
      };
      const stop = session.view.subscribe(look);
      look();
    }, 500);
  });
}

function newDraft(): Chat['draft'] {
  let text = '';
  return {
    get: () => text,
    set(next) {
      text = next;
    },
  };
}

// `randomUUID` is missing on plain http.
const newId = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
