import { cx } from '@parley/ui/cx';
import { MessageSquare, Mic, MicOff, MonitorUp, PhoneOff, Video } from 'lucide-react';

const PEOPLE = [
  { name: 'Maya', picture: '/people/maya.svg', speaking: true },
  { name: 'Jonas', picture: '/people/jonas.svg' },
  { name: '林悦', picture: '/people/yue.svg' },
  { name: 'Ravi', picture: '/people/ravi.svg', muted: true },
];

/** A call as it looks, drawn small: decoration. */
export function MiniStage() {
  return (
    <div data-theme="stage" aria-hidden className="rounded-tile bg-paper px-4 pt-4 shadow-raised">
      <div className="grid grid-cols-2 gap-3">
        {PEOPLE.map(({ name, picture, speaking, muted }) => (
          <div
            key={name}
            className={cx('relative aspect-10/7 rounded-card', speaking && 'shadow-[0_0_0_3px_var(--voice)]')}
          >
            <img src={picture} alt="" className="size-full rounded-card object-cover" />
            <span className="absolute bottom-3 left-3 flex h-7 items-center gap-1.5 rounded-control bg-pill px-2.5 text-small font-medium text-ink phone:bottom-2 phone:left-2 phone:h-6.5 phone:px-2">
              {muted ? <MicOff className="size-3.75! text-danger" /> : null}
              {name}
            </span>
          </div>
        ))}
      </div>
      <div className="flex justify-center gap-3 p-4">
        {[Mic, Video, MonitorUp, MessageSquare].map((Icon, i) => (
          <span key={i} className="grid size-10 place-items-center rounded-card bg-raised text-ink">
            <Icon className="size-5.5!" />
          </span>
        ))}
        <span className="ml-2 grid h-10 w-14 place-items-center rounded-card bg-danger-fill text-on-danger">
          <PhoneOff className="size-5.5!" />
        </span>
      </div>
    </div>
  );
}
