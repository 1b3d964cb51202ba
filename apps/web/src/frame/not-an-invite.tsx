import { buttonClass } from '@parley/ui/button-class';
import { Mark } from '@parley/ui/brand';
import Link from 'next/link';
import { getTranslations } from 'next-intl/server';
import { JoinForm } from '../meetings/join-form';
import { env } from '../server/env';
import { currentUser } from '../server/viewer';
import { OpenFrame, Page, SignedInFrame } from './frame';

/**
 * What every stranger to a meeting reads, at `/m/<slug>` and by a wrong, expired or renewed link, whether the meeting
 * exists or not. Who signs in here comes back to `/m/<slug>`: it may be their own meeting. `removed`: a host removed this viewer from
 * it, and nothing is wrong with their link.
 */
export async function NotAnInvite({ slug, removed }: { slug: string; removed: boolean }) {
  const [t, errors, user] = await Promise.all([
    getTranslations('pages.notInvite'),
    getTranslations('errors.web'),
    currentUser(),
  ]);
  // By its shape alone: whether it exists must not show. A wrong invite comes here without any.
  const back = /^[a-z]{4}(-[a-z]{4}){2}$/u.test(slug) ? `/m/${slug}` : '/meetings';
  const address = `${new URL(env().WEB_URL).host}/j/`;
  const content = (
    <Page narrow>
      <div className="grid justify-items-center gap-3 pt-8 text-center phone:pt-4">
        <Mark faint className="mb-2 size-18" />
        <h1>{removed ? errors('removed') : t('title')}</h1>
        {removed ? null : (
          <p className="text-balance text-ink-2">
            {t.rich('text', {
              address: () => <span className="font-mono text-small wrap-anywhere">{address}</span>,
            })}
          </p>
        )}
      </div>
      <div className="mt-8">
        <JoinForm sent />
      </div>
      <div className="mt-10 grid justify-items-center gap-3 border-t border-line pt-8 text-center">
        {removed ? null : <p className="text-button text-ink-2">{user ? t('signedInText') : t('haveAccount')}</p>}
        {user ? (
          <Link href="/meetings" className={buttonClass()}>
            {t('meetings')}
          </Link>
        ) : (
          <Link href={`/sign-in?next=${encodeURIComponent(back)}`} className={buttonClass()}>
            {t('signIn')}
          </Link>
        )}
      </div>
    </Page>
  );
  return user ? <SignedInFrame user={user}>{content}</SignedInFrame> : <OpenFrame signIn={false}>{content}</OpenFrame>;
}
