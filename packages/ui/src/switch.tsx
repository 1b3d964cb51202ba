'use client';

import { Switch as Radix } from 'radix-ui';
import { type ReactNode, useId } from 'react';

/** On or off, at once. The whole row is the label. */
export function Switch({
  label,
  hint,
  checked,
  onChange,
  disabled = false,
}: {
  label: string;
  hint?: ReactNode;
  checked: boolean;
  onChange: (checked: boolean) => void;
  disabled?: boolean;
}) {
  const id = useId();
  return (
    <div className="flex items-start justify-between gap-4">
      <div className="min-w-0">
        <label htmlFor={id} className="text-button font-medium">
          {label}
        </label>
        {hint ? (
          <p id={`${id}-hint`} className="text-small text-ink-3">
            {hint}
          </p>
        ) : null}
      </div>
      <Radix.Root
        id={id}
        checked={checked}
        disabled={disabled}
        onCheckedChange={onChange}
        aria-describedby={hint ? `${id}-hint` : undefined}
        className="relative h-5 w-9 flex-none rounded-full bg-control transition-colors duration-120 after:absolute after:-inset-3 after:content-[''] disabled:opacity-45 data-[state=checked]:bg-voice"
      >
        <Radix.Thumb className="absolute top-0.5 left-0.5 block size-4 rounded-full bg-white transition-transform duration-120 data-[state=checked]:translate-x-4 data-[state=checked]:bg-on-voice" />
      </Radix.Root>
    </div>
  );
}
