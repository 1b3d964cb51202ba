import { Note } from '@parley/ui/note';
import type { Metadata } from 'next';
import Link from 'next/link';
import { redirect } from 'next/navigation';
import { getTranslations } from 'next-intl/server';
import { SignInForm } from '../../account/sign-in-form';
import { safePath } from '../../frame/form-answer';
import { OpenFrame, Page } from '../../frame/frame';
import { currentUser } from '../../server/viewer';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('pages.signIn'))('title') };
}

export default async function SignInPage({ searchParams }: { searchParams: Promise<{ next?: string | string[] }> }) {
  const search = await searchParams;
  const next = safePath(String(search.next ?? ''), '/meetings');
  if (await currentUser()) redirect(next);
  const t = await getTranslations('pages.signIn');
  return (
    <OpenFrame signIn={false}>
      <Page narrow>
        <div className="grid gap-5 rounded-card border border-line bg-surface p-6">
          <h1 className="text-title-phone font-semibold">{t('title')}</h1>
          {search.next !== undefined ? <Note>{t('goOn')}</Note> : null}
          <SignInForm next={next} />
        </div>
        <p className="mt-6 text-center text-button text-ink-2">
          {t.rich('new', {
            link: (text) => (
              <Link
                href={next === '/meetings' ? '/sign-up' : `/sign-up?next=${encodeURIComponent(next)}`}
                className="link"
              >
                {text}
              </Link>
            ),
          })}
        </p>
      </Page>
    </OpenFrame>
  );
}
