'use client';

import { Switch } from '@parley/ui/switch';
import { useTranslations } from 'next-intl';
import { useSwitch } from '../meeting/preferences';

/** What this browser does in a call: the two switches that stand under "More" there. */
export function CallForm() {
  const t = useTranslations('pages.account');
  const more = useTranslations('call.more');
  const [shortcuts, setShortcuts] = useSwitch('shortcuts');
  const [sounds, setSounds] = useSwitch('sounds');
  return (
    <div className="grid gap-4">
      <Switch label={more('shortcuts')} hint={t('shortcutsHint')} checked={shortcuts} onChange={setShortcuts} />
      <Switch label={more('sounds')} hint={t('soundsHint')} checked={sounds} onChange={setSounds} />
    </div>
  );
}
