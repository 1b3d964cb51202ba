'use client';

import { Button } from '@parley/ui/button';
import { Video } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useFormStatus } from 'react-dom';
import { newMeeting } from './actions';

/** "New meeting": makes one and opens its door. A form, so that it works before the scripts have come. */
export function NewMeetingButton({ fill }: { fill: boolean }) {
  return (
    <form action={newMeeting} className="phone:flex-1">
      <Submit fill={fill} />
    </form>
  );
}

function Submit({ fill }: { fill: boolean }) {
  const t = useTranslations('pages.meetings');
  const { pending } = useFormStatus();
  return (
    <Button
      type="submit"
      kind={fill ? 'voice' : 'plain'}
      busy={pending}
      icon={<Video aria-hidden />}
      className="phone:w-full"
    >
      {t('new')}
    </Button>
  );
}
