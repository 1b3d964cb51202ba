'use client';

import { Button } from '@parley/ui/button';
import { TextField } from '@parley/ui/field';
import { Note } from '@parley/ui/note';
import { useTranslations } from 'next-intl';
import { useActionState } from 'react';
import { formOrAway } from '../frame/or-away';
import { RefusalNote, typed, useFocusOnRefusal, useRefusal } from '../frame/refusal';
import { FORM_AT_REST } from '../server/answer';
import { changeName } from './actions';

const rename = formOrAway(changeName);

export function NameForm({ name, email }: { name: string; email: string }) {
  const t = useTranslations('pages.account');
  const [state, action, busy] = useActionState(rename, FORM_AT_REST);
  const { at, elsewhere } = useRefusal(state);
  const form = useFocusOnRefusal(state);
  return (
    <form ref={form} action={action} noValidate className="grid gap-4">
      <RefusalNote state={state} sentence={elsewhere('name-invalid')} />
      <TextField
        name="name"
        label={t('name')}
        hint={t('nameHint')}
        autoComplete="name"
        defaultValue={state.status === 'refused' ? typed(state, 'name') : name}
        error={at('name-invalid')}
      />
      <TextField label={t('email')} value={email} readOnly />
      {state.status === 'done' ? (
        <Note key={state.id} kind="good" role="status">
          {t('nameSaved')}
        </Note>
      ) : null}
      <Button type="submit" busy={busy} className="w-fit phone:h-12 phone:w-full">
        {t('saveName')}
      </Button>
    </form>
  );
}
