'use client';

import { buttonClass } from '@parley/ui/button-class';
import { cx } from '@parley/ui/cx';
import { Empty } from '@parley/ui/empty';
import { useRouter } from 'next/navigation';
import { useTranslations } from 'next-intl';
import { useTransition } from 'react';

/**
 * A page that did not load: what happened, the number by which it stands in the log, and a way to try again. Every page
 * loads this along with its own script: its button and its icon are drawn here, without what the others are made of.
 */
export function Failure({ error, reset }: { error: Error & { digest?: string }; reset: () => void }) {
  const t = useTranslations('pages.failure');
  const router = useRouter();
  const [busy, start] = useTransition();
  return (
    <main id="content" className="mx-auto w-[min(100%,1024px)] px-8 pt-12 pb-24 phone:px-4 phone:pt-6">
      <h1 className="sr-only">{t('documentTitle')}</h1>
      <Empty
        role="alert"
        title={t('title')}
        action={
          <button
            type="button"
            aria-busy={busy || undefined}
            aria-disabled={busy || undefined}
            className={buttonClass({ size: 'small' })}
            onClick={() => {
              if (busy) return;
              start(() => {
                router.refresh();
                reset();
              });
            }}
          >
            <TryAgain busy={busy} />
            {t('retry')}
          </button>
        }
      >
        {t('text')} {error.digest ? t('code', { code: error.digest }) : null}
      </Empty>
    </main>
  );
}

/** "rotate-ccw" of Lucide. */
function TryAgain({ busy }: { busy: boolean }) {
  return (
    <svg
      aria-hidden
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth={2}
      strokeLinecap="round"
      strokeLinejoin="round"
      className={cx('lucide size-4!', busy && 'animate-turn')}
    >
      <path d="M3 12a9 9 0 1 0 9-9 9.75 9.75 0 0 0-6.74 2.74L3 8" />
      <path d="M3 3v5h5" />
    </svg>
  );
}
