'use client';

import { Button } from '@parley/ui/button';
import { Menu, MenuItem } from '@parley/ui/menu';
import { Check, Globe } from 'lucide-react';
import { useLocale, useTranslations } from 'next-intl';
import { LOCALE_NAMES, LOCALES } from '../i18n/locale';
import { chooseLocale } from './preferences';
import { useAsk } from './use-ask';

/** Chooses the language where nobody is signed in. */
export function LanguageMenu() {
  const t = useTranslations('pages.frame');
  const locale = useLocale();
  const { busy, ask, note } = useAsk();
  return (
    <>
      <Menu
        inPlace
        trigger={
          <Button kind="quiet" busy={busy} icon={<Globe aria-hidden className="size-4!" />}>
            <span className="sr-only">{t('language')}</span>
            {LOCALE_NAMES[locale]}
          </Button>
        }
      >
        {LOCALES.map((option) => (
          <MenuItem
            key={option}
            tail={option === locale ? <Check aria-hidden className="size-4!" /> : null}
            onSelect={() => ask(() => chooseLocale(option))}
          >
            <span lang={option}>{LOCALE_NAMES[option]}</span>
          </MenuItem>
        ))}
      </Menu>
      {note}
    </>
  );
}
