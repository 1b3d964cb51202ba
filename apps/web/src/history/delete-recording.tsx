'use client';

import { Button } from '@parley/ui/button';
import { Question } from '@parley/ui/dialog';
import { Trash2 } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useState, useTransition } from 'react';
import { flushSync } from 'react-dom';
import { orAway } from '../frame/or-away';
import { useRefusalSentence } from '../frame/refusal';
import { deleteRecording } from './actions';

/** "Delete recording", after a question. */
export function DeleteRecording({ id, title, duration }: { id: string; title: string; duration: string | null }) {
  const t = useTranslations('pages.take');
  const sentence = useRefusalSentence();
  const [open, setOpen] = useState(false);
  const [error, setError] = useState<string>();
  const [busy, start] = useTransition();
  const go = () =>
    start(async () => {
      const answer = await orAway(deleteRecording(id));
      if (!answer.ok) return setError(sentence(answer.code));
      // Closed at once: behind an open dialog nothing takes the focus, and closing gives it back to a button that goes.
      flushSync(() => setOpen(false));
      // What was here is gone, and the focus with it: the list is where it was.
      document.getElementById('recordings')?.focus();
    });
  return (
    <>
      <Button
        kind="quiet"
        size="small"
        iconOnly
        icon={<Trash2 aria-hidden />}
        aria-label={t('delete')}
        onClick={() => {
          setError(undefined);
          setOpen(true);
        }}
      />
      <Question
        open={open}
        onOpenChange={setOpen}
        title={t('deleteTitle')}
        keep={t('keep')}
        go={t('delete')}
        busy={busy}
        error={error}
        onGo={go}
      >
        {duration ? t('deleteText', { title, duration }) : t('deleteTextShort', { title })}
      </Question>
    </>
  );
}
