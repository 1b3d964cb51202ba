'use client';

import type { Refusal } from '@parley/protocol/refusal';
import { RtcError } from '@parley/rtc-core';
import { useTranslations } from 'next-intl';

/** The sentence for an error of rtc-core or an answer of the room. */
export function useTrouble(): (trouble: RtcError | Refusal) => string {
  const t = useTranslations('errors');
  return (trouble) => (trouble instanceof RtcError ? t(`rtc.${trouble.code}`) : t(`refusal.${trouble.code}`));
}
