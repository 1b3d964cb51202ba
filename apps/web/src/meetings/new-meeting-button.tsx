'use client';

import { Button } from '@parley/ui/button';
import { Video } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useAsk } from '../frame/use-ask';
import { newMeeting } from './actions';

/** "New meeting": makes one and opens its door. A form, so that a press is kept that comes before the scripts. */
export function NewMeetingButton({ fill }: { fill: boolean }) {
  const t = useTranslations('pages.meetings');
  const { busy, ask, note } = useAsk();
  return (
    <form action={() => ask(newMeeting)} className="phone:flex-1">
      <Button
        type="submit"
        kind={fill ? 'voice' : 'plain'}
        busy={busy}
        icon={<Video aria-hidden />}
        className="phone:w-full"
      >
        {t('new')}
      </Button>
      {note}
    </form>
  );
}
