'use client';

import { X } from 'lucide-react';
import { Dialog as Radix } from 'radix-ui';
import { type ReactNode, type RefObject, useRef } from 'react';
import { Button } from './button';
import { cx } from './cx';

interface DialogFrameProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: string;
  children?: ReactNode;
  /** What gets the focus when it opens; otherwise the first thing one can reach. */
  initialFocus?: RefObject<HTMLElement | null>;
  /** Name of the button that closes it, top right; none when the dialog has its own way out. */
  closeLabel?: string;
  role?: 'dialog' | 'alertdialog';
}

/** A box over the page that must be answered or closed: 440 px, on a phone a sheet from below. Escape closes it, the focus returns. */
export function Dialog({
  open,
  onOpenChange,
  title,
  children,
  initialFocus,
  closeLabel,
  role = 'dialog',
}: DialogFrameProps) {
  const opener = useRef<Element | null>(null);
  return (
    <Radix.Root open={open} onOpenChange={onOpenChange}>
      <Radix.Portal>
        <Radix.Overlay className="fixed inset-0 z-40 bg-scrim data-[state=closed]:animate-fade-out data-[state=open]:animate-fade-in" />
        <div className="pointer-events-none fixed inset-0 z-50 grid place-items-center p-4 phone:place-items-end phone:p-0">
          <Radix.Content
            role={role}
            aria-describedby={undefined}
            onOpenAutoFocus={(event) => {
              opener.current = openerOf(document.activeElement);
              if (!initialFocus?.current) return;
              event.preventDefault();
              initialFocus.current.focus();
            }}
            onCloseAutoFocus={(event) => {
              event.preventDefault();
              if (opener.current instanceof HTMLElement) opener.current.focus();
            }}
            className={cx(
              'pointer-events-auto relative max-h-full w-full max-w-110 overflow-y-auto rounded-tile border border-line bg-surface p-6 text-ink shadow-raised outline-none',
              'data-[state=closed]:animate-fade-out data-[state=open]:animate-rise-in',
              'phone:max-w-none phone:rounded-b-none phone:border-x-0 phone:border-b-0 phone:pb-[max(24px,env(safe-area-inset-bottom))] phone:data-[state=open]:animate-sheet-in',
            )}
          >
            <Radix.Title className={closeLabel ? 'pr-10' : undefined}>{title}</Radix.Title>
            {children}
            {closeLabel ? (
              <Radix.Close asChild>
                <Button
                  kind="quiet"
                  iconOnly
                  icon={<X aria-hidden />}
                  aria-label={closeLabel}
                  className="absolute! top-4 right-4"
                />
              </Radix.Close>
            ) : null}
          </Radix.Content>
        </div>
      </Radix.Portal>
    </Radix.Root>
  );
}

/** What the focus goes back to: what was pressed, or what opened the menu in which it was. */
function openerOf(active: Element | null): Element | null {
  const trigger = active?.closest('[role=menu]')?.getAttribute('aria-labelledby');
  return trigger ? document.getElementById(trigger) : active;
}

export interface QuestionProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  /** The question itself. */
  title: string;
  /** What happens and to whom. */
  children: ReactNode;
  /** The safe way out: it has the focus. */
  keep: string;
  /** Repeats the verb of the title. */
  go: string;
  kind?: 'danger' | 'ink';
  busy?: boolean;
  /** It was refused: a sentence. */
  error?: string | undefined;
  onGo: () => void;
}

/** A question before something that cannot be taken back. */
export function Question({
  open,
  onOpenChange,
  title,
  children,
  keep,
  go,
  kind = 'danger',
  busy = false,
  error,
  onGo,
}: QuestionProps) {
  const safe = useRef<HTMLButtonElement>(null);
  return (
    <Dialog
      open={open}
      onOpenChange={(next) => {
        if (!busy) onOpenChange(next);
      }}
      title={title}
      role="alertdialog"
      initialFocus={safe}
    >
      <div className="mt-2 text-ink-2">{children}</div>
      {error ? (
        <p role="alert" className="mt-3 text-small text-danger">
          {error}
        </p>
      ) : null}
      <div className="mt-6 flex justify-end gap-2 phone:flex-col-reverse">
        <Button
          ref={safe}
          // Seen also after a click with the mouse: Enter answers with this one.
          className="focus:outline-2 focus:outline-offset-2 focus:outline-focus phone:h-12"
          disabled={busy}
          onClick={() => onOpenChange(false)}
        >
          {keep}
        </Button>
        <Button kind={kind} className="phone:h-12" busy={busy} onClick={onGo}>
          {go}
        </Button>
      </div>
    </Dialog>
  );
}
