'use client';

import { Check, Copy } from 'lucide-react';
import { useEffect, useState } from 'react';
import { Button } from './button';
import type { ButtonKind, ButtonSize } from './button-class';
import { cx } from './cx';

/** How long "Copied" stands, ms. */
const SHOWN_MS = 2_000;

/**
 * Puts `text` on the clipboard. The asynchronous clipboard exists only in secure contexts; on plain http the older
 * copy command does it.
 * @returns whether the browser let us.
 */
export async function copyText(text: string): Promise<boolean> {
  try {
    if (window.isSecureContext) {
      await navigator.clipboard.writeText(text);
      return true;
    }
  } catch {
    // Refused (no permission, page not focused): the older way may still work.
  }
  const before = document.activeElement;
  const area = document.createElement('textarea');
  area.value = text;
  area.readOnly = true;
  area.className = 'fixed top-0 left-0 size-px opacity-0';
  // Inside an open dialog, where the focus may go; else the focus trap takes the selection away.
  (before?.closest('[role=dialog],[role=alertdialog]') ?? document.body).append(area);
  area.select();
  const done = document.execCommand('copy');
  area.remove();
  if (before instanceof HTMLElement) before.focus();
  return done;
}

/** Copies `text`. The icon turns to a check and the label to `done` for 2 s, in the same width. */
export function CopyButton({
  text,
  label,
  done,
  failed,
  kind = 'plain',
  size = 'control',
  block = false,
  className,
}: {
  text: string;
  label: string;
  done: string;
  /** A sentence for when the browser refuses. */
  failed: string;
  kind?: ButtonKind;
  size?: ButtonSize;
  block?: boolean;
  className?: string;
}) {
  const [state, setState] = useState<'rest' | 'done' | 'failed'>('rest');
  const [presses, setPresses] = useState(0);
  useEffect(() => {
    if (state !== 'done') return;
    const timer = setTimeout(() => setState('rest'), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [state, presses]);
  const copy = async () => {
    const copied = await copyText(text);
    setState(copied ? 'done' : 'failed');
    setPresses((n) => n + 1);
  };
  return (
    <>
      <Button
        kind={kind}
        size={size}
        block={block}
        icon={state === 'done' ? <Check aria-hidden /> : <Copy aria-hidden />}
        {...(className ? { className } : {})}
        onClick={() => void copy()}
      >
        <span className="grid *:[grid-area:1/1]">
          <span className={cx(state === 'done' && 'invisible')}>{label}</span>
          <span aria-hidden className={cx(state !== 'done' && 'invisible')}>
            {done}
          </span>
        </span>
      </Button>
      <span role="status" className={state === 'failed' ? 'mt-2 block text-small text-danger' : 'sr-only'}>
        {state === 'done' ? done : state === 'failed' ? failed : ''}
      </span>
    </>
  );
}
