'use client';

import { X } from 'lucide-react';
import { type PointerEvent, type ReactNode, type RefObject, useEffect, useId, useRef } from 'react';
import { Button } from './button';
import { cx } from './cx';

/** A sheet let go further down than this is closed, px. */
const LET_GO_PX = 96;

/**
 * What opens beside the stage: 360 px at its right, or a sheet from below. It takes the focus when it opens and gives
 * it back; Escape closes it. As a sheet it is modal: make the rest of the page inert while it is open. It leaves the strip of
 * 44 px above the stage alone, where it says whether one is recorded.
 */
export function Panel({
  title,
  closeLabel,
  onClose,
  sheet,
  initialFocus,
  tall = true,
  children,
}: {
  title: string;
  closeLabel: string;
  onClose: () => void;
  sheet: boolean;
  /** What gets the focus when it opens; otherwise the panel itself. */
  initialFocus?: RefObject<HTMLElement | null>;
  /** A sheet of 72 %; otherwise as high as what it holds. */
  tall?: boolean;
  children: ReactNode;
}) {
  const box = useRef<HTMLDivElement>(null);
  const titleId = useId();
  useEffect(() => {
    const before = document.activeElement;
    const panel = box.current;
    (initialFocus?.current ?? panel)?.focus({ preventScroll: true });
    return () => {
      // Nobody else has taken the focus meanwhile: back to what opened the panel.
      const now = document.activeElement;
      if (before instanceof HTMLElement && (now === document.body || now === null || panel?.contains(now)))
        // After React has taken away `inert` from what holds it.
        queueMicrotask(() => before.isConnected && before.focus({ preventScroll: true }));
    };
  }, [initialFocus]);

  const drag = useDragDown(onClose);
  // A dialog is no complement of the page.
  const Box = sheet ? 'div' : 'aside';
  const body = (
    <Box
      ref={box}
      tabIndex={-1}
      role={sheet ? 'dialog' : undefined}
      aria-modal={sheet || undefined}
      aria-labelledby={titleId}
      onKeyDown={(event) => {
        // While an input method composes, Escape takes back a word.
        if (event.key !== 'Escape' || event.defaultPrevented || event.nativeEvent.isComposing) return;
        event.stopPropagation();
        onClose();
      }}
      className={cx(
        'flex min-h-0 flex-col overflow-hidden bg-surface text-ink outline-none',
        sheet
          ? 'absolute inset-x-0 bottom-0 z-30 max-h-[calc(100%-44px)] animate-sheet-in rounded-t-tile pb-[env(safe-area-inset-bottom)] has-[textarea:focus]:h-full'
          : 'h-full w-90 rounded-tile',
        sheet && tall && 'h-[72%]',
      )}
    >
      <div className="flex-none touch-none" {...(sheet ? drag : {})}>
        {sheet ? <span aria-hidden className="mx-auto mt-2 block h-1 w-9 rounded-full bg-control" /> : null}
        <div className={cx('flex items-center justify-between', sheet ? 'h-12 pr-2 pl-5' : 'h-14 pr-3 pl-5')}>
          <h2 id={titleId} className="text-[16px]/6 font-semibold">
            {title}
          </h2>
          <Button kind="quiet" iconOnly aria-label={closeLabel} onClick={onClose} icon={<X aria-hidden />} />
        </div>
      </div>
      {children}
    </Box>
  );
  if (!sheet) return body;
  return (
    <>
      <div aria-hidden className="absolute inset-x-0 top-11 bottom-0 z-20 animate-fade-in bg-scrim" onClick={onClose} />
      {body}
    </>
  );
}

/** Lets a finger pull the sheet down; let go far enough, it closes, else it comes back. */
function useDragDown(onClose: () => void) {
  const from = useRef<number | null>(null);
  const move = (handle: Element, px: number): void => {
    const sheet = handle.closest<HTMLElement>('[role=dialog]');
    if (sheet) sheet.style.transform = px > 0 ? `translateY(${px}px)` : '';
  };
  return {
    onPointerDown(event: PointerEvent) {
      if (event.target instanceof Element && event.target.closest('button')) return;
      from.current = event.clientY;
      event.currentTarget.setPointerCapture(event.pointerId);
    },
    onPointerMove(event: PointerEvent) {
      if (from.current !== null) move(event.currentTarget, event.clientY - from.current);
    },
    onPointerUp(event: PointerEvent) {
      if (from.current === null) return;
      const pulled = event.clientY - from.current;
      from.current = null;
      move(event.currentTarget, 0);
      if (pulled > LET_GO_PX) onClose();
    },
    onPointerCancel(event: PointerEvent) {
      from.current = null;
      move(event.currentTarget, 0);
    },
  };
}
