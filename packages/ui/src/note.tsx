import { Check, CircleAlert, Info, type LucideIcon, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { cx } from './cx';

export type NoteKind = 'plain' | 'good' | 'amber' | 'red';

const KINDS: Record<NoteKind, readonly [classes: string, icon: LucideIcon]> = {
  plain: ['bg-fill text-ink-2', Info],
  good: ['bg-voice-tint text-voice-tint-ink', Check],
  amber: ['bg-trouble-tint text-trouble-tint-ink', TriangleAlert],
  red: ['bg-danger-tint text-danger-tint-ink', CircleAlert],
};

/** What happened and what to do, in a sentence. `role`: "alert" for what refuses, "status" for what merely changed. */
export function Note({
  kind = 'plain',
  icon,
  role,
  compact = false,
  children,
}: {
  kind?: NoteKind;
  /** Instead of the kind's own. */
  icon?: ReactNode;
  role?: 'alert' | 'status';
  compact?: boolean;
  children: ReactNode;
}) {
  const [classes, Icon] = KINDS[kind];
  return (
    <div
      role={role}
      className={cx(
        'flex gap-3 rounded-control text-button tabular-nums [&_a]:underline [&_a]:underline-offset-3 [&_b]:font-semibold',
        compact ? 'px-3 py-2.5' : 'px-4 py-3',
        classes,
      )}
    >
      <span className="mt-px flex-none">{icon ?? <Icon aria-hidden />}</span>
      <div className="min-w-0 flex-1">{children}</div>
    </div>
  );
}
