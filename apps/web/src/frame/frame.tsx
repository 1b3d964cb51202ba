import { Brand } from '@parley/ui/brand';
import { buttonClass } from '@parley/ui/button-class';
import { cx } from '@parley/ui/cx';
import Link from 'next/link';
import { getTranslations } from 'next-intl/server';
import type { ReactNode } from 'react';
import type { CurrentUser } from '../server/viewer';
import { signOut } from '../account/actions';
import { AccountMenu } from './account-menu';
import { LanguageMenu } from './language-menu';
import { Navigation } from './navigation';
import { Offline } from './offline';
import { TimeZone } from './time-zone';

async function Top({ plain, home, children }: { plain: boolean; home: string; children: ReactNode }) {
  const t = await getTranslations('pages.frame');
  return (
    <>
      <a
        href="#content"
        className={cx(
          buttonClass({ kind: 'ink' }),
          'absolute! top-3 left-8 z-30 not-focus:pointer-events-none not-focus:opacity-0',
        )}
      >
        {t('skip')}
      </a>
      <header
        className={cx(
          'flex h-16 items-center gap-8 px-8 phone:h-14 phone:gap-3 phone:px-4',
          !plain && 'border-b border-line',
        )}
      >
        <Link href={home} aria-label={t('home')} className="flex rounded-[4px]">
          <Brand />
        </Link>
        {children}
      </header>
      <Offline />
      <TimeZone refresh={!plain} />
    </>
  );
}

/** The frame of somebody signed in: navigation, account. */
export function SignedInFrame({ user, children }: { user: CurrentUser; children: ReactNode }) {
  return (
    <>
      <Top plain={false} home="/meetings">
        <Navigation />
        <span className="flex-1" />
        <AccountMenu user={{ id: user.id, name: user.name, email: user.email }} onSignOut={signOut} />
      </Top>
      {children}
    </>
  );
}

/** The frame of a stranger: language, and the way in unless the page has its own. */
export async function OpenFrame({ signIn, children }: { signIn: boolean; children: ReactNode }) {
  const t = await getTranslations('pages.landing');
  return (
    <>
      <Top plain home="/">
        <span className="flex-1" />
        <div className="flex items-center gap-3">
          <LanguageMenu />
          {signIn ? (
            <Link href="/sign-in" className={buttonClass()}>
              {t('signIn')}
            </Link>
          ) : null}
        </div>
      </Top>
      {children}
    </>
  );
}

/** The column of a page: 960 px of content in 1024. */
export function Page({ narrow = false, children }: { narrow?: boolean; children: ReactNode }) {
  return (
    <main
      id="content"
      tabIndex={-1}
      className={cx(
        'mx-auto px-8 pt-12 pb-24 outline-none phone:px-4 phone:pt-6 phone:pb-12',
        narrow ? 'w-[min(100%,464px)]' : 'w-[min(100%,1024px)]',
      )}
    >
      {children}
    </main>
  );
}
