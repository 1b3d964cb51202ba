'use client';

import { Button } from '@parley/ui/button';
import { Empty } from '@parley/ui/empty';
import { RotateCcw } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { useTranslations } from 'next-intl';
import { useTransition } from 'react';

/** A page that did not load: what happened, the number by which it stands in the log, and a way to try again. */
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
          <Button
            size="small"
            busy={busy}
            icon={<RotateCcw aria-hidden className="size-4!" />}
            onClick={() =>
              start(() => {
                router.refresh();
                reset();
              })
            }
          >
            {t('retry')}
          </Button>
        }
      >
        {t('text')} {error.digest ? t('code', { code: error.digest }) : null}
      </Empty>
    </main>
  );
}
