import { Badge } from '@parley/ui/badge';
import { buttonClass } from '@parley/ui/button-class';
import { Empty } from '@parley/ui/empty';
import { Face } from '@parley/ui/face';
import { Faces } from '@parley/ui/faces';
import { ChevronRight } from 'lucide-react';
import Link from 'next/link';
import { getTranslations } from 'next-intl/server';
import { durationText } from '../i18n/times';
import { viewerTimes } from '../i18n/viewer-times';
import { ChatText } from '../meeting/chat-text';
import type { ShownSession } from '../server/history';

/**
 * Who met when. Each opens to who was there and what was written. `older`: the address that shows more of them; 'not-shown' when
 * there are more than a page shows.
 */
export async function SessionList({
  sessions,
  older,
}: {
  sessions: readonly ShownSession[];
  older: `/${string}` | 'not-shown' | null;
}) {
  const t = await getTranslations('pages.meeting');
  if (sessions.length === 0)
    return (
      <Empty small title={t('noSessions')}>
        {t('noSessionsText')}
      </Empty>
    );
  return (
    <div>
      {sessions.map((session) => (
        <Session key={session.id} session={session} />
      ))}
      {older === 'not-shown' ? <p className="mt-4 text-small text-ink-3">{t('olderNotShown')}</p> : null}
      {older && older !== 'not-shown' ? (
        <Link href={older} scroll={false} className={`${buttonClass()} mt-8`}>
          {t('olderSessions')}
        </Link>
      ) : null}
    </div>
  );
}

async function Session({ session }: { session: ShownSession }) {
  const [t, words, times] = await Promise.all([
    getTranslations('pages.meeting'),
    getTranslations('pages.time'),
    viewerTimes(),
  ]);
  const { startedAt, endedAt, people, chat, hasLaterChat } = session;
  const near = times.near(startedAt);
  const day = near ? words(near) : times.shortDay(startedAt);
  const time = times.time(startedAt);
  const each = [
    ...new Map(people.map((stay) => [stay.participantId, { id: stay.participantId, name: stay.name }])).values(),
  ];
  return (
    <details className="group border-b border-line">
      <summary className="grid min-h-14 list-none grid-cols-[196px_minmax(0,1fr)_auto] items-center gap-4 text-button phone:grid-cols-[minmax(0,1fr)_auto_auto] phone:gap-3 [&::-webkit-details-marker]:hidden">
        <span className="flex items-center gap-1.5">
          <ChevronRight
            aria-hidden
            className="size-4! text-ink-3 transition-transform duration-120 group-open:rotate-90"
          />
          <time dateTime={startedAt.toISOString()}>{t('session', { day, time })}</time>
        </span>
        <span className="text-ink-2 tabular-nums">
          {endedAt ? (
            durationText(words, endedAt.getTime() - startedAt.getTime())
          ) : (
            <Badge kind="live" dot>
              {t('running')}
            </Badge>
          )}
        </span>
        <Faces people={each} />
      </summary>
      <div className="grid gap-5 pt-1 pb-6 pl-5.5">
        <section>
          <h3 className="mb-2 text-small text-ink-2">{t('present')}</h3>
          <ul className="grid gap-2">
            {people.map((stay) => (
              <li
                key={`${stay.participantId}${stay.joinedAt.getTime()}`}
                className="flex items-center gap-3 text-button"
              >
                <Face name={stay.name} id={stay.participantId} small />
                <span className="flex min-w-0">
                  <span className="truncate" title={stay.name}>
                    {stay.name}
                  </span>
                  {stay.guest ? <span className="flex-none whitespace-pre text-ink-3"> · {t('guestMark')}</span> : null}
                </span>
                <span className="ml-auto flex-none text-small text-ink-3 tabular-nums">
                  {stay.leftAt
                    ? t('stay', { from: times.time(stay.joinedAt), to: times.time(stay.leftAt) })
                    : t('stayOpen', { from: times.time(stay.joinedAt) })}
                </span>
              </li>
            ))}
          </ul>
        </section>
        <section>
          <h3 className="mb-2 text-small text-ink-2">{t('chat')}</h3>
          {chat.length === 0 ? (
            <p className="text-small text-ink-3">{t('noChat')}</p>
          ) : (
            // A long chat scrolls in its own box; who uses the keyboard can reach it.
            <ol
              tabIndex={0}
              aria-label={t('chatOf', { day, time })}
              className="grid max-h-96 gap-3 overflow-y-auto rounded-[4px]"
            >
              {chat.map((message) => (
                <li key={message.revision} className="text-button">
                  <p className="flex items-baseline gap-2">
                    <span className="truncate text-small font-semibold">{message.name}</span>
                    <time dateTime={message.at.toISOString()} className="text-micro text-ink-3">
                      {times.time(message.at)}
                    </time>
                  </p>
                  <ChatText text={message.text} />
                </li>
              ))}
              {hasLaterChat ? <li className="text-small text-ink-3">{t('laterNotShown')}</li> : null}
            </ol>
          )}
        </section>
      </div>
    </details>
  );
}
