'use client';

import { Face } from '@parley/ui/face';
import { Menu, MenuItem, MenuLink, MenuRule } from '@parley/ui/menu';
import { CalendarDays, Film, LogOut, UserRound } from 'lucide-react';
import Link from 'next/link';
import { useTranslations } from 'next-intl';
import type { Answer } from '../server/answer';
import { useAsk } from './use-ask';

/** The face top right: where one's own things are, and the way out. On a phone it holds the navigation too. */
export function AccountMenu({
  user,
  onSignOut,
}: {
  user: { id: string; name: string; email: string };
  /** Server action. */
  onSignOut: () => Promise<Answer<null>>;
}) {
  const t = useTranslations('pages.frame');
  const { busy, ask, note } = useAsk();
  return (
    <>
      <Menu
        inPlace
        trigger={
          <button
            type="button"
            aria-label={t('account')}
            aria-busy={busy || undefined}
            className="relative rounded-full touch:after:absolute touch:after:-inset-1.5 touch:after:content-['']"
          >
            <Face name={user.name} id={user.id} />
          </button>
        }
        header={
          <div className="px-2.5 pt-1.5 pb-2">
            <p className="truncate font-medium">{user.name}</p>
            <p className="truncate text-small text-ink-3">{user.email}</p>
          </div>
        }
      >
        <MenuRule />
        <div className="hidden phone:block">
          <MenuLink icon={<CalendarDays aria-hidden />} link={(row) => <Link href="/meetings">{row}</Link>}>
            {t('meetings')}
          </MenuLink>
          <MenuLink icon={<Film aria-hidden />} link={(row) => <Link href="/recordings">{row}</Link>}>
            {t('recordings')}
          </MenuLink>
          <MenuRule />
        </div>
        <MenuLink icon={<UserRound aria-hidden />} link={(row) => <Link href="/account">{row}</Link>}>
          {t('settings')}
        </MenuLink>
        <MenuItem icon={<LogOut aria-hidden />} onSelect={() => ask(onSignOut)}>
          {t('signOut')}
        </MenuItem>
      </Menu>
      {note}
    </>
  );
}
