'use client';

import { MAX_CHAT_LENGTH } from '@parley/protocol/commands';
import { Button } from '@parley/ui/button';
import { cx } from '@parley/ui/cx';
import { Panel } from '@parley/ui/panel';
import { ArrowDown, SendHorizontal } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { type KeyboardEvent, type ReactNode, useId, useLayoutEffect, useRef, useState } from 'react';
import { ChatText } from './chat-text';
import { useTimeOfDay } from './clock';
import { selectYou } from './tiles';
import type { Chat } from './use-chat';
import { useRoom } from './use-room';
import { useTrouble } from './use-trouble';

/** So far from its end, px, the log still follows what comes. */
const AT_END_PX = 48;

/** The conversation. */
export function ChatPanel({ chat, sheet, onClose }: { chat: Chat; sheet: boolean; onClose: () => void }) {
  const t = useTranslations('call.chat');
  const controls = useTranslations('call.controls');
  const box = useRef<HTMLTextAreaElement>(null);
  return (
    <Panel
      title={t('title')}
      closeLabel={controls('close')}
      onClose={onClose}
      sheet={sheet}
      // On a phone the keyboard would cover what one came to read.
      {...(sheet ? {} : { initialFocus: box })}
    >
      <Log chat={chat} />
      <Compose box={box} chat={chat} />
    </Panel>
  );
}

function Log({ chat }: { chat: Chat }) {
  const t = useTranslations('call.chat');
  const sentence = useTrouble();
  const time = useTimeOfDay();
  const you = useRoom(selectYou);
  const log = useRef<HTMLDivElement>(null);
  const [behind, setBehind] = useState(false);
  const { messages, passings, outgoing } = chat;

  const lines = [
    ...messages.map((message) => ({ at: message.at, key: message.id, message, passing: null })),
    ...passings.map((passing) => ({ at: passing.at, key: passing.key, message: null, passing })),
  ].sort((a, b) => a.at - b.at);

  const toEnd = (): void => {
    if (log.current) log.current.scrollTop = log.current.scrollHeight;
  };
  const length = lines.length + outgoing.length;
  const own = messages.filter(({ from }) => from === you).length + outgoing.length;
  const ownBefore = useRef(own);
  useLayoutEffect(() => {
    const spoke = own > ownBefore.current;
    ownBefore.current = own;
    if (spoke || !behind) toEnd();
  }, [length, own, behind]);

  return (
    <div className="relative min-h-0 flex-1">
      <div
        ref={log}
        role="log"
        aria-label={t('messages')}
        tabIndex={0}
        onScroll={({ currentTarget: { scrollHeight, scrollTop, clientHeight } }) =>
          setBehind(scrollHeight - scrollTop - clientHeight > AT_END_PX)
        }
        className="flex h-full flex-col gap-4 overflow-y-auto overscroll-contain px-5 pt-1 pb-2 -outline-offset-2"
      >
        <p className="mb-auto text-micro text-ink-3">{t('intro')}</p>
        {lines.map(({ key, message, passing }) =>
          message ? (
            <Message key={key} name={message.from === you ? t('you') : message.name} time={time(message.at)}>
              <ChatText text={message.text} />
            </Message>
          ) : passing ? (
            <p key={key} className="text-center text-micro text-ink-3 tabular-nums">
              {t(passing.type, { name: passing.name, time: time(passing.at) })}
            </p>
          ) : null,
        )}
        {outgoing.map(({ id, text, status, refusal }) => (
          <Message key={id} name={t('you')} time={status === 'sending' ? t('sending') : ''} faint>
            <ChatText text={text} />
            {status === 'failed' ? (
              <p role="alert" className="text-small text-danger">
                {t('notSent')} {refusal ? sentence(refusal) : null}
                <Button kind="quiet" size="small" className="ml-1 text-voice!" onClick={() => chat.retry(id)}>
                  {t('retry')}
                </Button>
              </p>
            ) : null}
          </Message>
        ))}
      </div>
      {behind ? (
        <Button
          size="small"
          icon={<ArrowDown aria-hidden />}
          className="absolute! bottom-2 left-1/2 -translate-x-1/2"
          onClick={toEnd}
        >
          {t('newMessages')}
        </Button>
      ) : null}
    </div>
  );
}

function Message({
  name,
  time,
  faint = false,
  children,
}: {
  name: string;
  time: string;
  faint?: boolean;
  children: ReactNode;
}) {
  return (
    <div className={cx('min-w-0', faint && 'text-ink-2')}>
      <p className="flex items-baseline gap-2">
        <b className="truncate text-small font-semibold">{name}</b>
        <time className="flex-none text-micro text-ink-3">{time}</time>
      </p>
      {children}
    </div>
  );
}

function Compose({ box, chat }: { box: React.RefObject<HTMLTextAreaElement | null>; chat: Chat }) {
  const t = useTranslations('call.chat');
  const [text, setText] = useState(() => chat.draft.get());
  const write = (next: string): void => {
    setText(next);
    chat.draft.set(next);
  };
  const errorId = useId();
  const over = text.trim().length - MAX_CHAT_LENGTH;

  const send = (): void => {
    const ready = text.trim();
    if (ready === '' || over > 0) return;
    chat.send(ready);
    write('');
  };
  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>): void => {
    // While an input method composes, Enter chooses a word.
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    send();
  };
  return (
    <form
      className="flex-none p-3"
      onSubmit={(event) => {
        event.preventDefault();
        send();
        box.current?.focus();
      }}
    >
      {over > 0 ? (
        <p id={errorId} role="alert" className="mb-2 px-1 text-small text-danger">
          {t('tooLong', { over, max: MAX_CHAT_LENGTH })}
        </p>
      ) : null}
      <div className="flex items-end gap-1 rounded-card border border-control bg-raised p-1.75 pl-3 focus-within:outline-2 focus-within:outline-offset-2 focus-within:outline-focus">
        <textarea
          ref={box}
          rows={1}
          value={text}
          onChange={(event) => write(event.target.value)}
          onKeyDown={onKeyDown}
          aria-label={t('message')}
          placeholder={t('message')}
          aria-invalid={over > 0 || undefined}
          aria-describedby={over > 0 ? errorId : undefined}
          className="field-sizing-content max-h-40 min-h-8 min-w-0 flex-1 resize-none bg-transparent py-1.5 text-button outline-none phone:text-field-phone"
        />
        <Button
          type="submit"
          kind="quiet"
          size="small"
          iconOnly
          aria-label={t('send')}
          disabled={text.trim() === '' || over > 0}
          icon={<SendHorizontal aria-hidden className="size-4!" />}
        />
      </div>
    </form>
  );
}
