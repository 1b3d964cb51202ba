import { cx } from './cx';
import { Face } from './face';

/** Up to four people, overlapped; how many more as a number. Decorative: say the names or the count beside it. */
export function Faces({
  people,
  on = 'paper',
  most = 4,
}: {
  people: readonly { id: string; name: string }[];
  /** What lies behind, for the ring between the faces. */
  on?: 'paper' | 'surface';
  most?: number;
}) {
  const shown = people.length > most ? people.slice(0, most - 1) : people;
  const more = people.length - shown.length;
  const ring = on === 'paper' ? 'ring-paper' : 'ring-surface';
  return (
    <span aria-hidden className="flex flex-none">
      {shown.map((person, i) => (
        <span key={person.id} className={cx('rounded-full ring-2', ring, i > 0 && '-ml-1.5')}>
          <Face name={person.name} id={person.id} small brief />
        </span>
      ))}
      {more > 0 ? (
        <span
          data-more={`+${more}`}
          className={cx(
            'before:content-[attr(data-more)] -ml-1.5 grid size-6 place-items-center rounded-full bg-fill text-[10px]/none font-semibold text-ink-2 tabular-nums ring-2',
            ring,
          )}
        />
      ) : null}
    </span>
  );
}
