'use client';

import { Tooltip as Radix } from 'radix-ui';
import type { ReactElement } from 'react';
import { Kbd } from './kbd';

/**
 * A name beside an icon, and its key. It repeats the accessible name, so it is not read a second time. Put one
 * `TooltipGroup` around what shares the delay.
 */
export function Tooltip({
  text,
  shortcut,
  side = 'top',
  children,
}: {
  text: string;
  shortcut?: string;
  side?: 'top' | 'bottom' | 'left' | 'right';
  children: ReactElement;
}) {
  return (
    <Radix.Root>
      <Radix.Trigger asChild aria-describedby={undefined}>
        {children}
      </Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          side={side}
          sideOffset={8}
          collisionPadding={8}
          className="pointer-events-none z-50 flex items-center gap-1.5 rounded-control bg-[#f4f4f0] px-2.5 py-1.5 text-small font-medium text-[#171b19] shadow-raised select-none data-[state=closed]:animate-pop-out data-[state=delayed-open]:animate-pop-in [&_kbd]:border-[#c9ccc7] [&_kbd]:text-[#3a413d]"
        >
          {text}
          {shortcut ? <Kbd>{shortcut}</Kbd> : null}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

/** Tooltips inside share one delay: after the first, the next shows at once. */
export function TooltipGroup({ children }: { children: ReactElement | ReactElement[] }) {
  return (
    <Radix.Provider delayDuration={400} skipDelayDuration={200} disableHoverableContent>
      {children}
    </Radix.Provider>
  );
}
