'use client';

import { Button } from '@parley/ui/button';
import { cx } from '@parley/ui/cx';
import { TextField } from '@parley/ui/field';
import { useTranslations } from 'next-intl';
import { type ReactNode, type SubmitEvent, useState } from 'react';
import { readMeetingLink } from './meeting-link';

/** "Meeting link" and "Join": takes a link in any shape and goes there, or says what is wrong with it. */
export function JoinForm({ compact = false, sent = false }: { compact?: boolean; sent?: boolean }) {
  const t = useTranslations('pages.join');
  const [trouble, setTrouble] = useState<ReactNode>(null);
  const [busy, setBusy] = useState(false);

  const join = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const field = event.currentTarget.querySelector('input');
    const text = field?.value ?? '';
    const link = readMeetingLink(text, window.location.origin);
    if (link.type === 'here') {
      setBusy(true);
      // A whole page load: an invite answers with a cookie and a redirect, which is no page of the router.
      window.location.assign(link.path);
      return;
    }
    field?.focus();
    if (link.type === 'none') {
      const example = `${window.location.host}/j/…`;
      setTrouble(text.trim() ? t('notALink', { example }) : t('empty'));
    } else {
      setTrouble(
        t.rich('otherServer', {
          host: link.host,
          link: (words) => (
            <a href={link.href} target="_blank" rel="noopener noreferrer" className="underline underline-offset-3">
              {words}
            </a>
          ),
        }),
      );
    }
  };
  return (
    // Sent before the scripts have come, a form of this method does nothing: what was typed stays, and the invite's secret out of the address.
    <form
      method="dialog"
      onSubmit={join}
      noValidate
      className={cx('flex items-start gap-2', compact && 'w-68 phone:w-full')}
    >
      <TextField
        name="link"
        label={t('label')}
        hideLabel={compact}
        placeholder={sent ? t('placeholderSent') : t('placeholder')}
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        inputMode="url"
        className="flex-1"
        error={trouble}
        onChange={() => setTrouble(null)}
      />
      <Button type="submit" busy={busy} className={cx('phone:h-12', !compact && 'mt-6.5')}>
        {t('join')}
      </Button>
    </form>
  );
}
