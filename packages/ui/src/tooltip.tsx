'use client';

import {
  cloneElement,
  type DOMAttributes,
  type FocusEvent,
  type PointerEvent,
  type ReactElement,
  type ReactNode,
  useEffect,
  useLayoutEffect,
  useRef,
  useState,
} from 'react';
import { createPortal } from 'react-dom';
import { placeBeside, type Side } from './beside';
import { Kbd } from './kbd';

/** How long a pointer rests before the first tooltip shows, ms. */
const DELAY_MS = 400;
/** After one has gone, the next shows at once for this long, ms: all tooltips of a page share it. */
const AT_ONCE_MS = 200;
let lastGone = -Infinity;

/** What is pointed at, and by what: a keyboard does not pass over things on its way. */
interface Target {
  readonly anchor: Element;
  readonly by: 'pointer' | 'keyboard';
}

/**
 * A name beside an icon, and its key: for a resting pointer and for the focus of a keyboard, until Escape. It repeats the
 * accessible name, so it is not read a second time. The child is one element that passes pointer and focus handlers on.
 */
export function Tooltip({
  text,
  shortcut,
  side = 'top',
  children,
}: {
  text: string;
  shortcut?: string;
  side?: Side;
  children: ReactElement<DOMAttributes<HTMLElement>>;
}) {
  const [target, setTarget] = useState<Target | null>(null);
  const hide = (): void => setTarget(null);
  const { props } = children;
  return (
    <>
      {cloneElement(children, {
        onPointerEnter(event: PointerEvent<HTMLElement>) {
          props.onPointerEnter?.(event);
          // A finger does not hover.
          if (event.pointerType !== 'touch') setTarget({ anchor: event.currentTarget, by: 'pointer' });
        },
        onPointerLeave(event: PointerEvent<HTMLElement>) {
          props.onPointerLeave?.(event);
          hide();
        },
        onPointerDown(event: PointerEvent<HTMLElement>) {
          props.onPointerDown?.(event);
          hide();
        },
        onFocus(event: FocusEvent<HTMLElement>) {
          props.onFocus?.(event);
          const { currentTarget } = event;
          if (currentTarget.matches(':focus-visible')) setTarget({ anchor: currentTarget, by: 'keyboard' });
        },
        onBlur(event: FocusEvent<HTMLElement>) {
          props.onBlur?.(event);
          hide();
        },
      })}
      {target ? (
        <Bubble target={target} side={side} onGone={hide}>
          {text}
          {shortcut ? <Kbd>{shortcut}</Kbd> : null}
        </Bubble>
      ) : null}
    </>
  );
}

function Bubble({
  target: { anchor, by },
  side,
  onGone,
  children,
}: {
  target: Target;
  side: Side;
  onGone: () => void;
  children: ReactNode;
}) {
  const box = useRef<HTMLDivElement>(null);
  const [ripe, setRipe] = useState(by === 'keyboard');
  useEffect(() => {
    const wait = performance.now() - lastGone < AT_ONCE_MS ? 0 : DELAY_MS;
    const timer = window.setTimeout(() => setRipe(true), wait);
    return () => window.clearTimeout(timer);
  }, []);
  useEffect(() => {
    if (!ripe) return;
    return () => {
      lastGone = performance.now();
    };
  }, [ripe]);
  // After each render: its words may have changed.
  useLayoutEffect(() => {
    if (box.current) placeBeside(box.current, anchor, { side, gap: 8 });
  });
  useEffect(() => {
    const press = (event: KeyboardEvent): void => {
      if (event.key === 'Escape') onGone();
    };
    document.addEventListener('keydown', press, true);
    window.addEventListener('scroll', onGone, true);
    return () => {
      document.removeEventListener('keydown', press, true);
      window.removeEventListener('scroll', onGone, true);
    };
  });
  if (!ripe) return null;
  return createPortal(
    <div
      ref={box}
      role="tooltip"
      className="pointer-events-none z-50 flex w-max items-center gap-1.5 rounded-control bg-[#f4f4f0] px-2.5 py-1.5 text-small font-medium text-[#171b19] shadow-raised select-none animate-pop-in [&_kbd]:border-[#c9ccc7] [&_kbd]:text-[#3a413d]"
    >
      {children}
    </div>,
    document.body,
  );
}
