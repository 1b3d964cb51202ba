import type { ReactNode } from 'react';
import { cx } from './cx';

export type BadgeKind = 'plain' | 'live' | 'red' | 'amber';

const KINDS: Record<BadgeKind, string> = {
  plain: 'bg-fill text-ink-2',
  live: 'bg-voice-tint text-voice-tint-ink',
  red: 'bg-danger-tint text-danger-tint-ink',
  amber: 'bg-trouble-tint text-trouble-tint-ink',
};

/** A short state. `dot` stands for something live; otherwise an icon. */
export function Badge({
  kind = 'plain',
  icon,
  dot = false,
  turning = false,
  children,
}: {
  kind?: BadgeKind;
  icon?: ReactNode;
  dot?: boolean;
  /** The icon turns: something is on its way. */
  turning?: boolean;
  children: ReactNode;
}) {
  return (
    <span
      className={cx(
        '[&>svg]:size-3.5 [&>svg]:stroke-2 inline-flex h-6 flex-none items-center gap-1.5 rounded-full px-2.5 text-micro font-medium whitespace-nowrap tabular-nums',
        turning && '[&>svg]:animate-turn',
        KINDS[kind],
      )}
    >
      {dot ? <span aria-hidden className="size-2 flex-none rounded-full bg-current" /> : null}
      {icon}
      {children}
    </span>
  );
}
