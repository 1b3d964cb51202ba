'use client';

import { Toast as Radix } from 'radix-ui';
import type { ReactNode } from 'react';
import { Button } from './button';
import { cx } from './cx';

export interface ToastItem {
  readonly id: string;
  readonly text: string;
  readonly icon?: ReactNode;
  readonly kind?: 'plain' | 'trouble';
  /** At most one. `alt` says how to do the same without the toast, for who cannot reach it in time. */
  readonly action?: { readonly label: string; readonly alt: string; readonly onAct: () => void };
}

/** How long a toast stays, ms. It waits while the pointer or the focus is on it. */
export const TOAST_MS = 5_000;
const MOST = 3;

/**
 * Quiet words above the name pills, at most three, the newest last. Each is read out once and goes by itself;
 * `onGone` is called when it has gone, and the owner drops it from `toasts`.
 */
export function Toasts({
  label,
  toasts,
  onGone,
  className,
}: {
  /** Name of the region. */
  label: string;
  toasts: readonly ToastItem[];
  onGone: (id: string) => void;
  /** Where the region stands. */
  className?: string;
}) {
  return (
    <Radix.Provider label={label} duration={TOAST_MS}>
      {toasts.slice(-MOST).map(({ id, text, icon, kind, action }) => (
        <Radix.Root
          key={id}
          // What is said in passing does not interrupt what is being read.
          type={kind === 'trouble' ? 'foreground' : 'background'}
          onOpenChange={(open) => {
            if (!open) onGone(id);
          }}
          className="inline-flex min-h-11 max-w-[min(420px,calc(100vw-32px))] items-center gap-2.5 rounded-card bg-surface px-4 py-2 text-button font-medium text-ink shadow-[0_0_0_1px_var(--line),var(--elevation)] data-[state=closed]:animate-fade-out data-[state=open]:animate-rise-in"
        >
          {icon ? <span className={kind === 'trouble' ? 'text-trouble' : undefined}>{icon}</span> : null}
          <Radix.Title>{text}</Radix.Title>
          {action ? (
            <Radix.Action asChild altText={action.alt}>
              <Button kind="quiet" size="small" className="-mr-2 ml-1 text-voice!" onClick={action.onAct}>
                {action.label}
              </Button>
            </Radix.Action>
          ) : null}
        </Radix.Root>
      ))}
      <Radix.Viewport
        label={`${label} ({hotkey})`}
        className={cx('pointer-events-none z-30 grid justify-items-start gap-2 *:pointer-events-auto', className)}
      />
    </Radix.Provider>
  );
}
