'use client';

import { type ReactNode, useEffect, useRef, useState } from 'react';
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

/** How long a toast stays, ms. All wait while the pointer or the focus is on one, or the window is not looked at. */
export const TOAST_MS = 5_000;
const FADE_MS = 120;
const MOST = 3;
/** Brings the focus to the toasts from wherever it is. */
const HOTKEY = 'F8';

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
  const region = useRef<HTMLElement>(null);
  const [pointed, setPointed] = useState(false);
  const [focused, setFocused] = useState(false);
  const [away, setAway] = useState(false);
  const held = pointed || focused || away;
  const shown = toasts.slice(-MOST);
  const which = shown.map(({ id }) => id).join(' ');
  // What goes from under the pointer or with the focus does not tell that they have left it.
  useEffect(() => {
    setPointed((was) => was && !!region.current?.querySelector('li:hover'));
    setFocused((was) => was && !!region.current?.contains(document.activeElement));
  }, [which]);

  useEffect(() => {
    const jump = ({ key }: KeyboardEvent): void => {
      if (key === HOTKEY && region.current?.querySelector('li')) region.current.focus();
    };
    const leave = (): void => setAway(true);
    const comeBack = (): void => setAway(false);
    addEventListener('keydown', jump);
    addEventListener('blur', leave);
    addEventListener('focus', comeBack);
    return () => {
      removeEventListener('keydown', jump);
      removeEventListener('blur', leave);
      removeEventListener('focus', comeBack);
    };
  }, []);

  return (
    <section
      ref={region}
      tabIndex={-1}
      aria-label={`${label} (${HOTKEY})`}
      onPointerEnter={() => setPointed(true)}
      onPointerLeave={() => setPointed(false)}
      // Whoever clicked is done with it; whoever came by the keyboard may go on to the next.
      onFocus={({ target }) => setFocused(target.matches(':focus-visible'))}
      onBlur={() => setFocused(false)}
      className={cx('pointer-events-none z-30 outline-none', className)}
    >
      <ol className="grid justify-items-start gap-2">
        {shown.map((toast) => (
          <Toast
            key={toast.id}
            toast={toast}
            held={held}
            onClose={() => {
              // Whoever used its button stands where it was, not at the top of the page.
              if (region.current?.contains(document.activeElement)) region.current.focus();
              // On its way out it holds the others no longer.
              setPointed(false);
            }}
            onGone={() => onGone(toast.id)}
          />
        ))}
      </ol>
      <Announcer live="polite" toasts={shown.filter(({ kind }) => kind !== 'trouble')} />
      <Announcer live="assertive" toasts={shown.filter(({ kind }) => kind === 'trouble')} />
    </section>
  );
}

function Toast({
  toast: { text, icon, kind, action },
  held,
  onClose,
  onGone,
}: {
  toast: ToastItem;
  held: boolean;
  onClose: () => void;
  onGone: () => void;
}) {
  const [closing, setClosing] = useState(false);
  const left = useRef(TOAST_MS);
  const gone = useRef(onGone);
  useEffect(() => {
    gone.current = onGone;
  });

  useEffect(() => {
    if (closing) {
      const timer = setTimeout(() => gone.current(), FADE_MS);
      return () => clearTimeout(timer);
    }
    if (held) return;
    const since = performance.now();
    const timer = setTimeout(() => setClosing(true), left.current);
    return () => {
      clearTimeout(timer);
      left.current -= performance.now() - since;
    };
  }, [closing, held]);

  const close = (): void => {
    onClose();
    setClosing(true);
  };
  return (
    <li
      onKeyDown={({ key }) => {
        if (key === 'Escape') close();
      }}
      className={cx(
        'pointer-events-auto inline-flex min-h-11 max-w-[min(420px,calc(100vw-32px))] items-center gap-2.5 rounded-card bg-surface px-4 py-2 text-button font-medium text-ink shadow-[0_0_0_1px_var(--line),var(--elevation)]',
        closing ? 'animate-fade-out' : 'animate-rise-in',
      )}
    >
      {icon ? <span className={kind === 'trouble' ? 'text-trouble' : undefined}>{icon}</span> : null}
      <span>{text}</span>
      {action ? (
        <Button
          kind="quiet"
          size="small"
          className="-mr-2 ml-1 text-voice!"
          onClick={() => {
            action.onAct();
            close();
          }}
        >
          {action.label}
        </Button>
      ) : null}
    </li>
  );
}

/** Says each toast once, as it comes; what is said in passing does not interrupt what is being read. */
function Announcer({ live, toasts }: { live: 'polite' | 'assertive'; toasts: readonly ToastItem[] }) {
  return (
    <div role="status" aria-live={live} aria-atomic={false} className="sr-only">
      {toasts.map(({ id, text, action }) => (
        <p key={id}>
          {text} {action?.alt}
        </p>
      ))}
    </div>
  );
}
