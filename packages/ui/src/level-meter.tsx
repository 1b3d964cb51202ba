'use client';

import { useEffect, useRef } from 'react';
import { cx } from './cx';

const BARS = 14;

/**
 * How loud a microphone is. The level comes about ten times a second and goes straight into the DOM: no render.
 * Decorative: say in words beside it whether one is heard.
 */
export function LevelMeter({
  onLevel,
  className,
}: {
  /** Subscribes a listener to levels of 0..1; returns what stops it. Keep the function the same between renders. */
  onLevel: (listener: (level: number) => void) => () => void;
  className?: string;
}) {
  const box = useRef<HTMLSpanElement>(null);
  useEffect(() => {
    let lit = 0;
    return onLevel((level) => {
      const bars = box.current?.children;
      const next = Math.round(Math.min(1, Math.max(0, level)) * BARS);
      if (!bars || next === lit) return;
      for (let i = Math.min(lit, next); i < Math.max(lit, next); i++) bars[i]?.toggleAttribute('data-on', i < next);
      lit = next;
    });
  }, [onLevel]);
  return (
    <span ref={box} aria-hidden className={cx('flex h-3 gap-0.75', className)}>
      {Array.from({ length: BARS }, (_, i) => (
        <i key={i} className="w-1 rounded-[2px] bg-line data-on:bg-voice" />
      ))}
    </span>
  );
}
