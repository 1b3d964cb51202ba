import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';
import type { ReactNode } from 'react';
import { CallForm } from '../../../account/call-form';
import { NameForm } from '../../../account/name-form';
import { PasswordForm } from '../../../account/password-form';
import { PreferenceForm } from '../../../account/preference-form';
import { SignOutButton } from '../../../account/sign-out-button';
import { Page } from '../../../frame/frame';
import { currentTheme } from '../../../frame/theme';
import { requireUser } from '../../../server/viewer';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('pages.account'))('title') };
}

export default async function AccountPage() {
  const user = await requireUser('/account');
  const [t, theme] = await Promise.all([getTranslations('pages.account'), currentTheme()]);
  return (
    <Page>
      <h1 className="mb-8 phone:mb-6">{t('title')}</h1>
      <Part title={t('profile')}>
        <NameForm name={user.name} email={user.email} />
      </Part>
      <Part title={t('look')}>
        <PreferenceForm theme={theme} />
      </Part>
      <Part title={t('calls')}>
        <CallForm />
      </Part>
      <Part title={t('password')}>
        <PasswordForm email={user.email} />
      </Part>
      <Part title={t('leave')}>
        <SignOutButton />
      </Part>
    </Page>
  );
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="grid grid-cols-[minmax(0,1fr)_minmax(0,2fr)] gap-6 border-t border-line py-8 phone:grid-cols-1 phone:gap-4 phone:py-6">
      <h2>{title}</h2>
      <div className="max-w-100">{children}</div>
    </section>
  );
}
