'use client';

import { TextField, type TextFieldProps } from '@parley/ui/field';
import { useEffect, useRef, useState } from 'react';

/**
 * A password that stays when its form is refused, as React would empty it: it never travels back from the server. Give it another
 * `key` to empty it.
 */
export function PasswordField(props: Omit<TextFieldProps, 'type' | 'value' | 'onChange'>) {
  const [value, setValue] = useState('');
  const field = useRef<HTMLInputElement>(null);
  // Typed or filled in before the scripts came.
  useEffect(() => setValue(field.current?.value ?? ''), []);
  return (
    <TextField
      {...props}
      ref={field}
      type="password"
      value={value}
      onChange={(event) => setValue(event.target.value)}
    />
  );
}
