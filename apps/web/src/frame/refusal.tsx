'use client';

import { Note } from '@parley/ui/note';
import { useFormatter, useTranslations } from 'next-intl';
import { type RefObject, useEffect, useRef } from 'react';
import type { FormState, WebRefusal } from '../server/answer';

/** The sentence of a refusal; `retryAfterS` is named where the sentence asks for it. */
export function useRefusalSentence(): (code: WebRefusal, retryAfterS?: number) => string {
  const t = useTranslations('errors.web');
  const format = useFormatter();
  return (code, retryAfterS = 60) => {
    const minutes = Math.max(1, Math.ceil(retryAfterS / 60));
    return t(code, { wait: format.relativeTime(minutes * 60_000, { now: 0, unit: 'minute' }) });
  };
}

/**
 * What a refused form says: `at(...codes)` is the sentence beside a field, `elsewhere(...codes)` the one above the form, for
 * every code that no field has.
 */
export function useRefusal(state: FormState): {
  at: (...codes: WebRefusal[]) => string | undefined;
  elsewhere: (...codes: WebRefusal[]) => string | undefined;
} {
  const sentence = useRefusalSentence();
  const say = (is: (code: WebRefusal) => boolean) => {
    if (state.status !== 'refused') return undefined;
    const code = [state.code, ...(state.also ?? [])].find(is);
    return code && sentence(code, state.retryAfterS);
  };
  return {
    at: (...codes) => say((code) => codes.includes(code)),
    elsewhere: (...codes) => say((code) => !codes.includes(code)),
  };
}

/** What was typed before the refusal, to fill the form again. */
export const typed = (state: FormState, name: string): string =>
  state.status === 'refused' ? (state.values[name] ?? '') : '';

/** After each refusal the focus goes to the first field that is wrong, or to `fallback` (a CSS selector). */
export function useFocusOnRefusal(state: FormState, fallback?: string): RefObject<HTMLFormElement | null> {
  const form = useRef<HTMLFormElement>(null);
  const id = state.status === 'refused' ? state.id : null;
  useEffect(() => {
    if (id === null) return;
    const wrong =
      form.current?.querySelector('[aria-invalid="true"]') ?? (fallback && form.current?.querySelector(fallback));
    if (wrong instanceof HTMLElement) wrong.focus();
  }, [id, fallback]);
  return form;
}

/** The refusal that belongs to no field. Announced anew each time, the same one too. */
export function RefusalNote({ state, sentence }: { state: FormState; sentence: string | undefined }) {
  if (!sentence) return null;
  return (
    <Note key={state.status === 'refused' ? state.id : ''} kind="red" role="alert">
      {sentence}
    </Note>
  );
}
