'use client';

import { CopyButton } from '@parley/ui/copy-button';
import { useTranslations } from 'next-intl';
import { useMeeting } from './meeting-context';

/** Nobody else is here: the link to send, for who may; for a guest a word. */
export function AloneCard() {
  const t = useTranslations('call.alone');
  const toasts = useTranslations('call.toasts');
  const { inviteLink } = useMeeting();
  return (
    <section
      aria-labelledby="alone-title"
      className="absolute top-1/2 left-6 z-10 grid w-94 max-w-[calc(100%-32px)] -translate-y-1/2 gap-4 rounded-tile bg-surface p-6 shadow-[0_0_0_1px_var(--line),var(--elevation)] phone:top-auto phone:bottom-12 phone:left-4 phone:w-auto phone:translate-y-0 phone:p-4"
    >
      <div>
        <h2 id="alone-title">{inviteLink === null ? t('titleGuest') : t('title')}</h2>
        <p className="mt-1 text-small text-ink-2">{inviteLink === null ? t('textGuest') : t('text')}</p>
      </div>
      {inviteLink === null ? null : (
        <>
          <input
            readOnly
            aria-label={t('inviteLink')}
            value={inviteLink.replace(/^https?:\/\//u, '')}
            onFocus={(event) => event.target.select()}
            className="h-10 w-full min-w-0 truncate rounded-control border border-line bg-raised px-3 text-button text-ink-2 tabular-nums"
          />
          <CopyButton
            text={inviteLink}
            label={t('copy')}
            done={t('copied')}
            failed={toasts('copyFailed')}
            kind="ink"
            block
          />
        </>
      )}
    </section>
  );
}
