'use client';

import { Choice } from '@parley/ui/choice';
import { SelectField } from '@parley/ui/field';
import { useLocale, useTranslations } from 'next-intl';
import { useOptimistic } from 'react';
import { chooseLocale, chooseTheme } from '../frame/preferences';
import { type Theme, THEMES } from '../frame/themes';
import { useAsk } from '../frame/use-ask';
import { isLocale, LOCALE_NAMES, LOCALES } from '../i18n/locale';

/** Language and theme: chosen is done. */
export function PreferenceForm({ theme }: { theme: Theme }) {
  const t = useTranslations('pages.account');
  const [locale, showLocale] = useOptimistic(useLocale());
  const [shown, showTheme] = useOptimistic(theme);
  const { ask, note } = useAsk();
  return (
    <div className="grid gap-4">
      <SelectField
        label={t('language')}
        value={locale}
        onChange={({ target: { value } }) =>
          ask(() => {
            if (isLocale(value)) showLocale(value);
            return chooseLocale(value);
          })
        }
      >
        {LOCALES.map((option) => (
          <option key={option} value={option} lang={option}>
            {LOCALE_NAMES[option]}
          </option>
        ))}
      </SelectField>
      <Choice
        label={t('theme')}
        name="theme"
        value={shown}
        options={THEMES.map((value) => ({ value, label: t(`themes.${value}`) }))}
        onChange={(value) =>
          ask(() => {
            showTheme(value);
            return chooseTheme(value);
          })
        }
      />
      {note}
    </div>
  );
}
