'use client';

import { Button } from '@parley/ui/button';
import { Note } from '@parley/ui/note';
import { useTranslations } from 'next-intl';
import { useActionState } from 'react';
import { formOrAway } from '../frame/or-away';
import { RefusalNote, useFocusOnRefusal, useRefusal } from '../frame/refusal';
import { FORM_AT_REST } from '../server/answer';
import { changePassword } from './actions';
import { PasswordField } from './password-field';

const NEXT = ['password-short', 'password-long', 'password-common'] as const;
const change = formOrAway(changePassword);

export function PasswordForm({ email }: { email: string }) {
  const t = useTranslations('pages.account');
  const [state, action, busy] = useActionState(change, FORM_AT_REST);
  const { at, elsewhere } = useRefusal(state);
  const form = useFocusOnRefusal(state);
  const changed = state.status === 'done' ? state.id : '';
  return (
    <form ref={form} action={action} noValidate className="grid gap-4">
      <RefusalNote state={state} sentence={elsewhere('password-wrong', ...NEXT)} />
      {/* For password managers: whose password this is. */}
      <input type="text" name="username" autoComplete="username" value={email} readOnly hidden />
      <PasswordField
        key={`current ${changed}`}
        name="current"
        label={t('current')}
        autoComplete="current-password"
        error={at('password-wrong')}
      />
      <PasswordField
        key={`next ${changed}`}
        name="password"
        label={t('next')}
        hint={t('nextHint')}
        autoComplete="new-password"
        error={at(...NEXT)}
      />
      {state.status === 'done' ? (
        <Note key={state.id} kind="good" role="status">
          {t('passwordChanged')}
        </Note>
      ) : null}
      <Button type="submit" busy={busy} className="w-fit phone:h-12 phone:w-full">
        {t('changePassword')}
      </Button>
    </form>
  );
}
