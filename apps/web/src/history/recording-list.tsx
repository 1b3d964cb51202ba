import { getTranslations } from 'next-intl/server';
import type { RecordingView } from '../server/recordings';
import { RecordingItem } from './recording-item';
import { RefreshWhile } from './refresh-while';

/** Recordings one below the other. */
export async function RecordingList({
  recordings,
  within,
  untitled,
}: {
  recordings: readonly RecordingView[];
  within: 'meeting' | 'list';
  /** What to call a meeting without a title; else it is named after whoever recorded, who is its host. */
  untitled?: string;
}) {
  const t = await getTranslations('pages.meetings');
  const onItsWay = recordings.some(({ state }) => state === 'receiving' || state === 'getting-ready');
  return (
    <div>
      {recordings.map((recording) => (
        <RecordingItem
          key={recording.id}
          recording={recording}
          within={within}
          title={recording.title || untitled || t('untitled', { name: recording.by ?? '' })}
        />
      ))}
      <RefreshWhile active={onItsWay} />
    </div>
  );
}
