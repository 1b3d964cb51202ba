'use client';

import { Button } from '@parley/ui/button';
import { TextField } from '@parley/ui/field';
import { useTranslations } from 'next-intl';
import { useActionState } from 'react';
import { formOrAway } from '../frame/or-away';
import { RefusalNote, typed, useFocusOnRefusal, useRefusal } from '../frame/refusal';
import { FORM_AT_REST } from '../server/answer';
import { signUp } from './actions';
import { PasswordField } from './password-field';

const NAME = ['name-invalid'] as const;
const EMAIL = ['email-invalid', 'email-taken'] as const;
const PASSWORD = ['password-short', 'password-long', 'password-common'] as const;
const enter = formOrAway(signUp);

export function SignUpForm({ next }: { next: string }) {
  const t = useTranslations('pages.signUp');
  const [state, action, busy] = useActionState(enter, FORM_AT_REST);
  const { at, elsewhere } = useRefusal(state);
  const form = useFocusOnRefusal(state);
  return (
    <form ref={form} action={action} className="grid gap-4" noValidate>
      <RefusalNote state={state} sentence={elsewhere(...NAME, ...EMAIL, ...PASSWORD)} />
      <input type="hidden" name="next" value={next} />
      <TextField
        name="name"
        label={t('name')}
        hint={t('nameHint')}
        autoComplete="name"
        required
        defaultValue={typed(state, 'name')}
        error={at(...NAME)}
      />
      <TextField
        name="email"
        type="email"
        label={t('email')}
        autoComplete="email"
        required
        defaultValue={typed(state, 'email')}
        error={at(...EMAIL)}
      />
      <PasswordField
        name="password"
        label={t('password')}
        hint={t('passwordHint')}
        autoComplete="new-password"
        required
        error={at(...PASSWORD)}
      />
      <Button type="submit" kind="ink" block busy={busy} className="mt-2 phone:h-12">
        {t('submit')}
      </Button>
    </form>
  );
}
