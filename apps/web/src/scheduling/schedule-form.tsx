'use client';

import { Button } from '@parley/ui/button';
import { buttonClass } from '@parley/ui/button-class';
import { SelectField, TextArea, TextField } from '@parley/ui/field';
import Link from 'next/link';
import { useTranslations } from 'next-intl';
import { useActionState } from 'react';
import { formOrAway } from '../frame/or-away';
import { RefusalNote, typed, useFocusOnRefusal, useRefusal } from '../frame/refusal';
import { durationText } from '../i18n/times';
import { scheduleMeeting } from '../meetings/actions';
import { FORM_AT_REST } from '../server/answer';

const DURATIONS_MIN = [15, 30, 45, 60, 90, 120, 180, 240, 480];
const USUAL_MIN = 60;
const schedule = formOrAway(scheduleMeeting);

/** "Schedule a meeting". `starts`: a wall clock of `timeZone`, as `YYYY-MM-DDTHH:mm`. */
export function ScheduleForm({
  starts,
  timeZone,
  timeZones,
}: {
  starts: string;
  timeZone: string;
  timeZones: readonly string[];
}) {
  const t = useTranslations('pages.schedule');
  const words = useTranslations('pages.time');
  const [state, action, busy] = useActionState(schedule, FORM_AT_REST);
  const { at, elsewhere } = useRefusal(state);
  const form = useFocusOnRefusal(state);
  const before = (name: string, usual: string) => (state.status === 'refused' ? typed(state, name) : usual);
  // React resets a form after its action; a select made anew is reset to what was chosen, an old one to its first state.
  const round = state.status === 'refused' ? state.id : 'first';
  return (
    <form ref={form} action={action} noValidate className="grid max-w-140 gap-5">
      <RefusalNote
        state={state}
        sentence={elsewhere(
          'title-invalid',
          'starts-invalid',
          'duration-invalid',
          'time-zone-invalid',
          'description-long',
        )}
      />
      <TextField
        name="title"
        label={t('name')}
        placeholder={t('namePlaceholder')}
        autoComplete="off"
        required
        defaultValue={before('title', '')}
        error={at('title-invalid')}
      />
      <div className="grid grid-cols-2 gap-4 phone:grid-cols-1 phone:gap-5">
        <TextField
          name="starts"
          type="datetime-local"
          label={t('starts')}
          required
          defaultValue={before('starts', starts)}
          error={at('starts-invalid')}
        />
        <SelectField
          key={`duration ${round}`}
          name="duration"
          label={t('duration')}
          defaultValue={before('duration', String(USUAL_MIN))}
          error={at('duration-invalid')}
        >
          {DURATIONS_MIN.map((minutes) => (
            <option key={minutes} value={minutes}>
              {durationText(words, minutes * 60_000)}
            </option>
          ))}
        </SelectField>
      </div>
      <SelectField
        key={`zone ${round}`}
        name="timeZone"
        label={t('timeZone')}
        defaultValue={before('timeZone', timeZone)}
        error={at('time-zone-invalid')}
      >
        {timeZones.map((zone) => (
          <option key={zone} value={zone}>
            {zone.replaceAll('_', ' ')}
          </option>
        ))}
      </SelectField>
      <TextArea
        name="description"
        label={t('description')}
        hint={t('descriptionHint')}
        defaultValue={before('description', '')}
        error={at('description-long')}
      />
      <div className="mt-2 flex gap-2 phone:flex-col">
        <Button type="submit" kind="ink" busy={busy} className="phone:h-12">
          {t('submit')}
        </Button>
        <Link href="/meetings" className={`${buttonClass({ kind: 'quiet' })} phone:h-12`}>
          {t('cancel')}
        </Link>
      </div>
    </form>
  );
}
