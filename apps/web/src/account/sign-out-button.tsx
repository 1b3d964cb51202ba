'use client';

import { Button } from '@parley/ui/button';
import { LogOut } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useTransition } from 'react';
import { signOut } from './actions';

export function SignOutButton() {
  const t = useTranslations('pages.account');
  const [busy, start] = useTransition();
  return (
    <Button
      busy={busy}
      icon={<LogOut aria-hidden />}
      className="phone:h-12 phone:w-full"
      onClick={() => start(signOut)}
    >
      {t('signOut')}
    </Button>
  );
}
