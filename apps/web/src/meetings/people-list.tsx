import { Face } from '@parley/ui/face';
import { getTranslations } from 'next-intl/server';
import type { MeetingPage } from '../server/history';

/** Most people the page names. */
const MOST_SHOWN = 20;

/** The host and who has been here. */
export async function PeopleList({ meeting }: { meeting: MeetingPage }) {
  const t = await getTranslations('pages.meeting');
  const { hostId, ownerName, mine, others } = meeting;
  return (
    <section aria-labelledby="people" className="px-1">
      <h2 id="people" className="mb-2 text-item">
        {t('people')}
      </h2>
      <ul>
        <Person id={hostId} name={ownerName} note={mine ? t('youHost') : t('host')} />
        {others.slice(0, MOST_SHOWN).map(({ participantId, name, guest }) => (
          <Person key={participantId} id={participantId} name={name} note={guest ? t('guest') : ''} />
        ))}
      </ul>
    </section>
  );
}

function Person({ id, name, note }: { id: string; name: string; note: string }) {
  return (
    <li className="flex h-12 items-center gap-3">
      <Face name={name} id={id} />
      <span className="min-w-0 flex-1 truncate text-small font-medium" title={name}>
        {name}
      </span>
      <span className="text-small text-ink-3">{note}</span>
    </li>
  );
}
