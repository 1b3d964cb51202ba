'use client';

import { cx } from '@parley/ui/cx';
import Link from 'next/link';
import { usePathname } from 'next/navigation';
import { useTranslations } from 'next-intl';

const PLACES = [
  { href: '/meetings', name: 'meetings' },
  { href: '/recordings', name: 'recordings' },
] as const;

/** Meetings and recordings, on anything wider than a phone (there they are in the account menu). */
export function Navigation() {
  const t = useTranslations('pages.frame');
  const pathname = usePathname();
  return (
    <nav aria-label={t('navigation')} className="flex gap-1 phone:hidden">
      {PLACES.map(({ href, name }) => {
        const here = pathname === href || pathname.startsWith(`${href}/`);
        return (
          <Link
            key={href}
            href={href}
            aria-current={here ? (pathname === href ? 'page' : 'true') : undefined}
            className={cx(
              'rounded-control px-3 py-1.5 text-button font-medium transition-colors duration-120',
              here ? 'bg-fill text-ink' : 'text-ink-2 hover:text-ink',
            )}
          >
            {t(name)}
          </Link>
        );
      })}
    </nav>
  );
}
