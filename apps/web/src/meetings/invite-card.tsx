'use client';

import { CopyButton } from '@parley/ui/copy-button';
import { Question } from '@parley/ui/dialog';
import { TextField } from '@parley/ui/field';
import { Clock } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useState, useTransition } from 'react';
import { orAway } from '../frame/or-away';
import { useRefusalSentence } from '../frame/refusal';
import { renewInvite } from './actions';

/** The link that lets people in: to read, to copy, to renew. */
export function InviteCard({ meetingId, link }: { meetingId: string; link: string }) {
  const t = useTranslations('pages.meeting');
  const sentence = useRefusalSentence();
  const [asking, setAsking] = useState(false);
  const [error, setError] = useState<string>();
  const [renewed, setRenewed] = useState(false);
  const [busy, start] = useTransition();
  const renew = () =>
    start(async () => {
      const answer = await orAway(renewInvite(meetingId));
      if (!answer.ok) return setError(sentence(answer.code));
      setRenewed(true);
      setAsking(false);
    });
  return (
    <section aria-labelledby="invite" className="h-fit rounded-card border border-line bg-surface p-6">
      <h2 id="invite" className="text-item">
        {t('send')}
      </h2>
      <p className="text-small text-ink-2">{t('sendText')}</p>
      <TextField
        label={t('invite')}
        value={link}
        readOnly
        onFocus={(event) => event.currentTarget.select()}
        className="mt-4"
      />
      <div className="mt-3">
        <CopyButton
          text={link}
          label={t('copy')}
          done={t('copied')}
          failed={t('copyFailed')}
          block
          className="phone:h-12"
        />
      </div>
      <p className="mt-4 flex items-center gap-2 text-small text-ink-3">
        <Clock aria-hidden className="size-4!" />
        <span role="status">{renewed ? t('renewed') : t('works')}</span>
        <button
          type="button"
          className="link relative rounded-[4px] touch:after:absolute touch:after:-inset-3 touch:after:content-['']"
          onClick={() => {
            setError(undefined);
            setAsking(true);
          }}
        >
          {t('renew')}
        </button>
      </p>
      <Question
        open={asking}
        onOpenChange={setAsking}
        title={t('renewTitle')}
        keep={t('keepLink')}
        go={t('renewGo')}
        kind="ink"
        busy={busy}
        error={error}
        onGo={renew}
      >
        {t('renewText')}
      </Question>
    </section>
  );
}
