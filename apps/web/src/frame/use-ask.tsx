'use client';

import { Note } from '@parley/ui/note';
import { type ReactNode, useEffect, useState, useTransition } from 'react';
import type { Answer } from '../server/answer';
import { orAway } from './or-away';
import { useRefusalSentence } from './refusal';

/** How long a refusal stands, ms. */
const SHOWN_MS = 10_000;

/**
 * Asks the server for what a menu or a lone button wants, which have no place for a sentence: `note` goes anywhere, and says at
 * the foot of the window why it was refused.
 */
export function useAsk(): { busy: boolean; ask: (act: () => Promise<Answer<unknown>>) => void; note: ReactNode } {
  const sentence = useRefusalSentence();
  const [refused, setRefused] = useState<string | null>(null);
  const [busy, start] = useTransition();
  return {
    busy,
    ask(act) {
      // Before, not within: the same words again are read out again.
      setRefused(null);
      start(async () => {
        const answer = await orAway(act());
        if (!answer.ok) setRefused(sentence(answer.code));
      });
    },
    note: refused ? <FootNote>{refused}</FootNote> : null,
  };
}

/** Says at the foot of the window, for a while, why something was refused. */
export function FootNote({ children }: { children: string }) {
  const [over, setOver] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setOver(true), SHOWN_MS);
    return () => clearTimeout(timer);
  }, []);
  if (over) return null;
  return (
    <div className="fixed inset-x-4 bottom-6 z-40 mx-auto w-fit max-w-120">
      <Note kind="red" role="alert">
        {children}
      </Note>
    </div>
  );
}
