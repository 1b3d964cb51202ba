'use client';

import { TextField, type TextFieldProps } from '@parley/ui/field';
import { useState } from 'react';

/**
 * A password that stays when its form is refused, as React would empty it: it never travels back from the server. Give it another
 * `key` to empty it.
 */
export function PasswordField(props: Omit<TextFieldProps, 'type' | 'value' | 'onChange'>) {
  const [value, setValue] = useState('');
  return <TextField {...props} type="password" value={value} onChange={(event) => setValue(event.target.value)} />;
}
