import type { Metadata } from 'next';
import Link from 'next/link';
import { redirect } from 'next/navigation';
import { getTranslations } from 'next-intl/server';
import { SignUpForm } from '../../account/sign-up-form';
import { safePath } from '../../frame/form-answer';
import { OpenFrame, Page } from '../../frame/frame';
import { currentUser } from '../../server/viewer';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('pages.signUp'))('title') };
}

export default async function SignUpPage({ searchParams }: { searchParams: Promise<{ next?: string | string[] }> }) {
  const next = safePath(String((await searchParams).next ?? ''), '/meetings');
  if (await currentUser()) redirect(next);
  const t = await getTranslations('pages.signUp');
  return (
    <OpenFrame signIn={false}>
      <Page narrow>
        <div className="rounded-card border border-line bg-surface p-6">
          <h1 className="mb-5 text-title-phone font-semibold">{t('title')}</h1>
          <SignUpForm next={next} />
        </div>
        <p className="mt-6 text-center text-button text-ink-2">
          {t.rich('have', {
            link: (text) => (
              <Link
                href={next === '/meetings' ? '/sign-in' : `/sign-in?next=${encodeURIComponent(next)}`}
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
