import { buttonClass } from '@parley/ui/button-class';
import Link from 'next/link';
import { redirect } from 'next/navigation';
import { getTranslations } from 'next-intl/server';
import { OpenFrame } from '../frame/frame';
import { MiniStage } from '../frame/mini-stage';
import { JoinForm } from '../meetings/join-form';
import { currentUser } from '../server/viewer';

export default async function LandingPage() {
  if (await currentUser()) redirect('/meetings');
  const t = await getTranslations('pages.landing');
  const promises = [
    [t('holds'), t('holdsText')],
    [t('keeps'), t('keepsText')],
    [t('oneClick'), t('oneClickText')],
  ] as const;
  return (
    <OpenFrame signIn>
      <main id="content" tabIndex={-1} className="outline-none">
        <section className="mx-auto grid w-[min(100%,1280px)] grid-cols-[minmax(0,456px)_minmax(0,1fr)] items-center gap-18 px-8 py-13 max-[1023px]:grid-cols-1 max-[1023px]:gap-10 phone:px-4 phone:py-8">
          <div>
            <h1 className="text-display break-keep phone:text-display-phone">{t('title')}</h1>
            <p className="mt-5 text-lead text-pretty text-ink-2 phone:text-[17px]/[26px]">{t('lead')}</p>
            <Link href="/sign-up" className={`${buttonClass({ kind: 'ink', size: 'large' })} mt-8`}>
              {t('createAccount')}
            </Link>
            <div className="mt-10 max-w-100">
              <JoinForm sent />
            </div>
          </div>
          <MiniStage />
        </section>
        <section className="mx-auto grid w-[min(100%,1280px)] grid-cols-3 gap-12 px-8 pt-6 pb-14 max-[1023px]:grid-cols-1 max-[1023px]:gap-6 phone:px-4 phone:pb-10">
          {promises.map(([title, text]) => (
            <div key={title} className="border-t border-line pt-5">
              <h2 className="text-item">{title}</h2>
              <p className="mt-1 text-ink-2">{text}</p>
            </div>
          ))}
        </section>
      </main>
    </OpenFrame>
  );
}
