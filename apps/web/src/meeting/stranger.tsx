import { buttonClass } from '@parley/ui/button-class';
import { useTranslations } from 'next-intl';
import Link from 'next/link';
import { OpenFrame, Page } from '../frame/frame';
import { env } from '../server/env';

/** What everybody sees who has no way in, whether the meeting exists or not. */
export function Stranger({ signedIn }: { signedIn: boolean }) {
  const t = useTranslations('call.stranger');
  const address = `${new URL(env().WEB_URL).host}/j/`;
  return (
    <OpenFrame signIn={false}>
      <Page narrow>
        <div className="grid gap-6 pt-12 phone:pt-4">
          <h1>{t('title')}</h1>
          <p className="text-ink-2">
            {t.rich('text', {
              address: () => <span className="font-mono text-small [overflow-wrap:anywhere]">{address}</span>,
            })}
          </p>
          <p className="text-ink-2">{signedIn ? t('ownText') : t('signInText')}</p>
          <div>
            {signedIn ? (
              <Link href="/meetings" className={buttonClass({ kind: 'ink', size: 'large' })}>
                {t('toMeetings')}
              </Link>
            ) : (
              <Link href="/sign-in" className={buttonClass({ kind: 'ink', size: 'large' })}>
                {t('signIn')}
              </Link>
            )}
          </div>
        </div>
      </Page>
    </OpenFrame>
  );
}
