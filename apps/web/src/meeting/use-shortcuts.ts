'use client';

import { useEffect, useRef } from 'react';
import { useSwitch } from './preferences';

/** The keys of the call. */
export type Shortcut = 'M' | 'V' | 'C' | 'S';

const TYPING = 'input, textarea, select, [contenteditable], [role=menu], [role=dialog], [role=alertdialog]';

/** Runs an action when its key is pressed, unless somebody types, a menu or a question is open, or they are switched off. */
export function useShortcuts(actions: Readonly<Record<Shortcut, () => void>>): void {
  const [on] = useSwitch('shortcuts');
  const latest = useRef(actions);
  useEffect(() => {
    latest.current = actions;
  });
  useEffect(() => {
    if (!on) return;
    const press = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || event.repeat || event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.target instanceof Element && event.target.closest(TYPING)) return;
      const key = event.key.toUpperCase();
      if (key !== 'M' && key !== 'V' && key !== 'C' && key !== 'S') return;
      event.preventDefault();
      latest.current[key]();
    };
    document.addEventListener('keydown', press);
    return () => document.removeEventListener('keydown', press);
  }, [on]);
}
