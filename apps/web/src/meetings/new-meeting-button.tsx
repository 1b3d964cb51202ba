'use client';

import { Button } from '@parley/ui/button';
import { Video } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useActionState } from 'react';
import { formOrAway } from '../frame/or-away';
import { useRefusalSentence } from '../frame/refusal';
import { FootNote } from '../frame/use-ask';
import { FORM_AT_REST } from '../server/answer';
import { newMeeting } from './actions';

const make = formOrAway(newMeeting);

/** "New meeting": makes one and opens its door. A form, so that it works before the scripts have come. */
export function NewMeetingButton({ fill }: { fill: boolean }) {
  const t = useTranslations('pages.meetings');
  const sentence = useRefusalSentence();
  const [state, action, busy] = useActionState(make, FORM_AT_REST);
  return (
    <form action={action} className="phone:flex-1">
      <Button
        type="submit"
        kind={fill ? 'voice' : 'plain'}
        busy={busy}
        icon={<Video aria-hidden />}
        className="phone:w-full"
      >
        {t('new')}
      </Button>
      {state.status === 'refused' ? <FootNote key={state.id}>{sentence(state.code)}</FootNote> : null}
    </form>
  );
}
