'use client';

import { Question } from '@parley/ui/dialog';
import { useTranslations } from 'next-intl';
import { useState } from 'react';

/** A question of the call, open while it is rendered. */
export function CallQuestion({
  title,
  text,
  keep,
  go,
  busy = false,
  onClose,
  onGo,
}: {
  title: string;
  text: string;
  keep: string;
  go: string;
  busy?: boolean;
  onClose: () => void;
  onGo: () => void;
}) {
  return (
    <Question
      open
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
      title={title}
      keep={keep}
      go={go}
      busy={busy}
      onGo={onGo}
    >
      {text}
    </Question>
  );
}

/** Longest wait for the recording to be stopped before one leaves all the same, ms: its slices are safe without the room. */
const STOP_PATIENCE_MS = 3_000;

/** Leaving while one records ends the recording for everybody. */
export function LeaveQuestion({
  stop,
  onClose,
  onLeave,
}: {
  stop: () => Promise<unknown>;
  onClose: () => void;
  onLeave: () => void;
}) {
  const t = useTranslations('call.dialogs');
  const [busy, setBusy] = useState(false);
  return (
    <CallQuestion
      title={t('leaveTitle')}
      text={t('leaveText')}
      keep={t('stay')}
      go={t('stopAndLeave')}
      busy={busy}
      onClose={onClose}
      onGo={() => {
        setBusy(true);
        const patience = new Promise((resolve) => setTimeout(resolve, STOP_PATIENCE_MS));
        void Promise.race([stop(), patience]).then(onLeave);
      }}
    />
  );
}

/** Ending for everybody cannot be taken back. */
export function EndQuestion({ onClose, onEnd }: { onClose: () => void; onEnd: () => void }) {
  const t = useTranslations('call.dialogs');
  return (
    <CallQuestion
      title={t('endTitle')}
      text={t('endText')}
      keep={t('endKeep')}
      go={t('end')}
      onClose={onClose}
      onGo={onEnd}
    />
  );
}
