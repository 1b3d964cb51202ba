import { Badge } from '@parley/ui/badge';
import { Film, LoaderCircle, TriangleAlert } from 'lucide-react';
import { getTranslations } from 'next-intl/server';
import { gapText } from '../i18n/times';
import type { RecordingView } from '../server/recordings';

/** How the latest recording of a meeting stands; nothing for one that came to nothing: its page says why. */
export async function RecordingBadge({ recording }: { recording: RecordingView }) {
  const [t, words] = await Promise.all([getTranslations('pages.meetings'), getTranslations('pages.time')]);
  switch (recording.state) {
    case 'ready':
      return <Badge icon={<Film aria-hidden />}>{t('recording')}</Badge>;
    case 'receiving':
    case 'getting-ready':
      return (
        <Badge icon={<LoaderCircle aria-hidden />} turning>
          {t('gettingReady')}
        </Badge>
      );
    case 'incomplete': {
      const missing = recording.gaps.reduce((sum, { start, end }) => sum + end - start, 0);
      return (
        <Badge kind="amber" icon={<TriangleAlert aria-hidden />}>
          {t('missing', { duration: gapText(words, missing) })}
        </Badge>
      );
    }
    case 'failed':
      return null;
  }
}
