'use client';

import { Button } from '@parley/ui/button';
import { TextField } from '@parley/ui/field';
import { useTranslations } from 'next-intl';
import { useActionState } from 'react';
import { formOrAway } from '../frame/or-away';
import { RefusalNote, typed, useFocusOnRefusal, useRefusal } from '../frame/refusal';
import { FORM_AT_REST } from '../server/answer';
import { signIn } from './actions';

const enter = formOrAway(signIn);

export function SignInForm({ next }: { next: string }) {
  const t = useTranslations('pages.signIn');
  const [state, action, busy] = useActionState(enter, FORM_AT_REST);
  const form = useFocusOnRefusal(state, '[name=password]');
  return (
    <form ref={form} action={action} className="grid gap-4" noValidate>
      <RefusalNote state={state} sentence={useRefusal(state).elsewhere()} />
      <input type="hidden" name="next" value={next} />
      <TextField
        name="email"
        type="email"
        label={t('email')}
        autoComplete="username"
        required
        defaultValue={typed(state, 'email')}
      />
      <TextField name="password" type="password" label={t('password')} autoComplete="current-password" required />
      <Button type="submit" kind="ink" block busy={busy} className="mt-2 phone:h-12">
        {t('submit')}
      </Button>
    </form>
  );
}
