import { buttonClass } from '@parley/ui/button-class';
import { Mark } from '@parley/ui/brand';
import Link from 'next/link';
import { getTranslations } from 'next-intl/server';
import { Page } from './frame';

/** An address that leads nowhere, and everything somebody may not know of. */
export async function NothingHere() {
  const t = await getTranslations('pages.notFound');
  return (
    <Page narrow>
      <div className="grid justify-items-center gap-3 pt-8 text-center phone:pt-4">
        <Mark faint className="mb-2 size-18" />
        <h1>{t('title')}</h1>
        <p className="text-balance text-ink-2">{t('text')}</p>
        <Link href="/" className={`${buttonClass()} mt-4`}>
          {t('home')}
        </Link>
      </div>
    </Page>
  );
}
