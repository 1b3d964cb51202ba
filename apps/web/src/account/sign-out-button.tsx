'use client';

import { Button } from '@parley/ui/button';
import { LogOut } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useAsk } from '../frame/use-ask';
import { signOut } from './actions';

export function SignOutButton() {
  const t = useTranslations('pages.account');
  const { busy, ask, note } = useAsk();
  return (
    <>
      <Button
        busy={busy}
        icon={<LogOut aria-hidden />}
        className="phone:h-12 phone:w-full"
        onClick={() => ask(signOut)}
      >
        {t('signOut')}
      </Button>
      {note}
    </>
  );
}
