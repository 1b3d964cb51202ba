'use client';

import { LoaderCircle, type LucideIcon } from 'lucide-react';
import type { ComponentProps, KeyboardEvent, ReactNode } from 'react';
import { cx } from './cx';
import { Tooltip } from './tooltip';

/** rest; off: red, what one gives is off; on: white, a panel is open or a hand up; leave: red, the way out. */
export type CallKeyLook = 'rest' | 'off' | 'on' | 'leave';

const LOOKS: Record<CallKeyLook, string> = {
  rest: 'bg-raised text-ink hover:bg-raised-2',
  off: 'bg-danger-fill text-on-danger hover:bg-danger-fill-strong',
  on: 'bg-ink text-on-ink',
  leave: 'bg-danger-fill text-on-danger hover:bg-danger-fill-strong',
};

export interface CallKeyProps extends Omit<ComponentProps<'button'>, 'children'> {
  /** The accessible name, and what the tooltip says. */
  label: string;
  icon: LucideIcon;
  look?: CallKeyLook;
  /** The key of the keyboard that does the same; shown in the tooltip. */
  shortcut?: string | undefined;
  /** A word instead of the icon. */
  word?: string;
  /** Shown in the corner when above 0; never part of the name. `quiet` is a plain number, otherwise it wants to be seen. */
  count?: number;
  quiet?: boolean;
  busy?: boolean;
  /** Without a hover there is nothing to tell. */
  tooltip?: boolean;
}

/** A key of the call bar, 48 px. */
export function CallKey({
  label,
  icon: Icon,
  look = 'rest',
  shortcut,
  word,
  count = 0,
  quiet = false,
  busy = false,
  tooltip = true,
  className,
  onClick,
  ...rest
}: CallKeyProps) {
  const key = (
    <button
      type="button"
      aria-label={label}
      aria-keyshortcuts={shortcut}
      aria-busy={busy || undefined}
      onClick={busy ? undefined : onClick}
      className={cx(
        'relative inline-flex h-12 flex-none items-center justify-center rounded-tile border border-transparent text-button font-semibold transition-colors duration-120 select-none contrast-more:border-control disabled:cursor-default disabled:opacity-45',
        word ? 'px-4.5' : 'w-12',
        LOOKS[look],
        className,
      )}
      {...rest}
    >
      {busy ? (
        <LoaderCircle aria-hidden className="size-5.5! animate-turn" />
      ) : (
        (word ?? <Icon aria-hidden className="size-5.5!" />)
      )}
      {count > 0 ? (
        // Drawn, not written: a count is no part of what the key is called.
        <span
          aria-hidden
          data-count={count > 99 ? '99+' : count}
          className={cx(
            'before:content-[attr(data-count)] absolute -top-1.25 -right-1.25 grid h-5 min-w-5 place-items-center rounded-full px-1.25 text-[11px]/none font-semibold tabular-nums shadow-[0_0_0_3px_var(--paper)]',
            quiet ? 'bg-[#3a413d] text-[#f4f4f0]' : 'bg-voice text-on-voice',
          )}
        />
      ) : null}
    </button>
  );
  if (!tooltip) return key;
  return (
    <Tooltip text={label} {...(shortcut ? { shortcut } : {})}>
      {key}
    </Tooltip>
  );
}

/** The bar's keys: a toolbar in which the arrows move as well as Tab. */
export function CallBar({ label, className, children }: { label: string; className?: string; children: ReactNode }) {
  return (
    <div role="toolbar" aria-label={label} onKeyDown={moveFocus} className={cx('flex', className)}>
      {children}
    </div>
  );
}

/** Keys that belong together. */
export function CallKeyGroup({ className, children }: { className?: string; children: ReactNode }) {
  return <div className={cx('flex gap-3', className)}>{children}</div>;
}

function moveFocus(event: KeyboardEvent<HTMLDivElement>): void {
  const keys = [...event.currentTarget.querySelectorAll<HTMLButtonElement>('button:not(:disabled)')];
  const at = keys.findIndex((key) => key === document.activeElement);
  // A menu that hangs on a key is a child of the bar for React, not for the page: its arrows are its own.
  if (at < 0) return;
  const to = {
    ArrowRight: (at + 1) % keys.length,
    ArrowLeft: (at - 1 + keys.length) % keys.length,
    Home: 0,
    End: keys.length - 1,
  }[event.key];
  if (to === undefined) return;
  event.preventDefault();
  keys[to]?.focus();
}
