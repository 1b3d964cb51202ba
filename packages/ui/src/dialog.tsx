'use client';

import { X } from 'lucide-react';
import { type KeyboardEvent, type ReactNode, type RefObject, useId, useLayoutEffect, useRef } from 'react';
import { createPortal } from 'react-dom';
import { Button } from './button';
import { cx } from './cx';

interface DialogFrameProps {
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
export function Dialog({ open, ...frame }: DialogFrameProps & { open: boolean }) {
  return open ? createPortal(<Box {...frame} />, document.body) : null;
}

/** The native modal dialog: the page behind it is inert, and `close` gives the focus back to what had it. */
function Box({ onOpenChange, title, children, initialFocus, closeLabel, role = 'dialog' }: DialogFrameProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const pressedBeside = useRef(false);
  const titleId = useId();
  useLayoutEffect(() => {
    const shown = dialog.current;
    shown?.showModal();
    initialFocus?.current?.focus();
    return () => shown?.close();
  }, [initialFocus]);
  const leave = (): void => onOpenChange(false);
  return (
    <dialog
      ref={dialog}
      role={role}
      aria-labelledby={titleId}
      onKeyDown={(event) => {
        if (event.key === 'Tab') keepInside(event);
        if (event.key !== 'Escape' || event.defaultPrevented || event.nativeEvent.isComposing) return;
        event.preventDefault();
        leave();
      }}
      // Asked for by something else than a key: the gesture that goes back.
      onCancel={(event) => {
        event.preventDefault();
        leave();
      }}
      // Beside the box: pressed and let go there, so that a selection drawn out of it leaves nothing.
      onPointerDown={(event) => {
        pressedBeside.current = event.target === event.currentTarget;
      }}
      onClick={(event) => {
        if (pressedBeside.current && event.target === event.currentTarget) leave();
      }}
      className="fixed inset-0 m-0 grid size-full max-h-none max-w-none animate-fade-in place-items-center overflow-hidden overscroll-contain border-0 bg-scrim p-4 outline-none backdrop:bg-transparent phone:place-items-end phone:p-0"
    >
      <div
        className={cx(
          'relative max-h-full w-full max-w-110 animate-rise-in overflow-y-auto overscroll-contain rounded-tile border border-line bg-surface p-6 text-ink shadow-raised',
          'phone:max-w-none phone:animate-sheet-in phone:rounded-b-none phone:border-x-0 phone:border-b-0 phone:pb-[max(24px,env(safe-area-inset-bottom))]',
        )}
      >
        <h2 id={titleId} className={closeLabel ? 'pr-10' : undefined}>
          {title}
        </h2>
        {children}
        {closeLabel ? (
          <Button
            kind="quiet"
            iconOnly
            icon={<X aria-hidden />}
            aria-label={closeLabel}
            className="absolute! top-4 right-4"
            onClick={leave}
          />
        ) : null}
      </div>
    </dialog>
  );
}

const REACHABLE =
  ':is(a[href], button, input, select, textarea, [tabindex]):not(:disabled, [type=hidden], [tabindex="-1"])';

/** Tab goes round in the dialog: a native one would let it out to the bars of the browser. */
function keepInside(event: KeyboardEvent<HTMLDialogElement>): void {
  const reachable = [...event.currentTarget.querySelectorAll<HTMLElement>(REACHABLE)];
  const [first, last] = [reachable[0], reachable.at(-1)];
  const [from, to] = event.shiftKey ? [first, last] : [last, first];
  if (document.activeElement !== from) return;
  event.preventDefault();
  to?.focus();
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
