'use client';

import { LoaderCircle } from 'lucide-react';
import type { ComponentProps, MouseEvent, ReactNode } from 'react';
import { buttonClass, type ButtonLook } from './button-class';
import { cx } from './cx';

export interface ButtonProps extends ComponentProps<'button'>, ButtonLook {
  /** An icon element, before the label. */
  icon?: ReactNode;
  /** The action runs: the icon turns, the width stays, clicks do nothing, the focus is kept. */
  busy?: boolean;
  children?: ReactNode;
}

export function Button({
  kind,
  size,
  block,
  iconOnly,
  icon,
  busy = false,
  type = 'button',
  className,
  onClick,
  children,
  ...rest
}: ButtonProps) {
  const look: ButtonLook = {};
  if (kind) look.kind = kind;
  if (size) look.size = size;
  if (block) look.block = block;
  if (iconOnly) look.iconOnly = iconOnly;
  const click = (event: MouseEvent<HTMLButtonElement>) => {
    if (busy) event.preventDefault();
    else onClick?.(event);
  };
  return (
    <button
      type={type}
      aria-busy={busy || undefined}
      aria-disabled={busy || undefined}
      className={cx(buttonClass(look), className)}
      onClick={click}
      {...rest}
    >
      {icon && busy ? <LoaderCircle aria-hidden className="animate-turn" /> : icon}
      {busy && !icon ? (
        <span className="relative">
          <LoaderCircle aria-hidden className="absolute top-1 right-full mr-0.5 size-3! animate-turn" />
          {children}
        </span>
      ) : (
        children
      )}
    </button>
  );
}
