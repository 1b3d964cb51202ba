import type { ReactNode } from 'react';
import { Mark } from './brand';
import { cx } from './cx';

/** Nothing here yet, or it did not load: one sentence of what, one of what to do, at most one button. */
export function Empty({
  title,
  level = 2,
  mark = false,
  role,
  children,
  action,
}: {
  title: string;
  level?: 1 | 2 | 3;
  mark?: boolean;
  role?: 'alert';
  children?: ReactNode;
  action?: ReactNode;
}) {
  const Heading = `h${level}` as const;
  return (
    <section
      role={role}
      className={cx(
        'grid justify-items-center gap-2 rounded-card border border-line bg-surface px-6 text-center',
        level === 3 ? 'py-9' : 'py-18 phone:py-12',
      )}
    >
      {mark ? <Mark faint className="mb-2 size-18" /> : null}
      <Heading>{title}</Heading>
      {children ? (
        <p className={cx('max-w-100 text-balance text-ink-2', level === 3 && 'text-small')}>{children}</p>
      ) : null}
      {action ? <div className="mt-2">{action}</div> : null}
    </section>
  );
}
