import type { ReactNode } from 'react';
import { Mark } from './brand';
import { cx } from './cx';

/**
 * Nothing here yet, or it did not load: one sentence of what, one of what to do, at most one button. Its title is no heading:
 * "No meetings yet" beside "Meetings" would be noise to who walks by headings.
 */
export function Empty({
  title,
  small = false,
  mark = false,
  role,
  children,
  action,
}: {
  title: string;
  /** Inside a section rather than in place of a page's content. */
  small?: boolean;
  mark?: boolean;
  role?: 'alert';
  children?: ReactNode;
  action?: ReactNode;
}) {
  return (
    <section
      role={role}
      className={cx(
        'grid justify-items-center gap-2 rounded-card border border-line bg-surface px-6 text-center',
        small ? 'py-9' : 'py-18 phone:py-12',
      )}
    >
      {mark ? <Mark faint className="mb-2 size-18" /> : null}
      <p className={small ? 'text-item' : 'text-heading'}>{title}</p>
      {children ? <p className={cx('max-w-100 text-balance text-ink-2', small && 'text-small')}>{children}</p> : null}
      {action ? <div className="mt-2">{action}</div> : null}
    </section>
  );
}
