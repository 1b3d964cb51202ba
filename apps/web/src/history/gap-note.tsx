'use client';

import type { Gap } from '@parley/protocol/recording';
import { Note } from '@parley/ui/note';
import { useTranslations } from 'next-intl';
import { filmClock, gapText } from '../i18n/times';

/** Most places told one by one. */
const MOST_TOLD = 5;

/** What is missing of a recording: how long, where, why, and that the rest is safe. */
export function GapNote({ gaps, by }: { gaps: readonly Gap[]; by: string | null }) {
  const t = useTranslations('pages.take');
  const words = useTranslations('pages.time');
  const name = by ?? t('somebody');
  const length = ({ start, end }: Gap) => gapText(words, end - start);
  const [first] = gaps;
  if (!first) return null;
  const causes = [...new Set(gaps.map(({ cause }) => cause))].map((cause) => t(`cause.${cause}`, { name }));
  const told = gaps
    .slice(0, MOST_TOLD)
    .map((gap) => t('missingAt', { duration: length(gap), at: filmClock(gap.start) }));
  const all = gapText(
    words,
    gaps.reduce((sum, { start, end }) => sum + end - start, 0),
  );
  return (
    <div className="mt-1.5 mb-0.5">
      <Note kind="amber" compact>
        <p>
          {t.rich('gap', {
            what:
              gaps.length === 1
                ? t('missing', { duration: length(first), at: filmClock(first.start) })
                : t('missingMany', { duration: all, count: gaps.length }),
            why: causes.reduce((before, cause) => t('join', { first: before, second: cause })),
            rest: t('rest'),
            b: (text) => <b>{text}</b>,
          })}
        </p>
        {gaps.length > 1 ? (
          <p className="mt-1">
            {told.join(' · ')}
            {gaps.length > MOST_TOLD ? ' · …' : ''}
          </p>
        ) : null}
      </Note>
    </div>
  );
}
