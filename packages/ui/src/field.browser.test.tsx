import { expect, test } from 'vitest';
import { render } from 'vitest-browser-react';
import { SelectField, TextArea, TextField } from './field';
import { expectAccessible } from './testing/accessible';

test('a field has a name, and what helps with it as its description', async () => {
  const screen = await render(<TextField label="Password" hint="10 characters or more." type="password" />);
  const field = screen.getByLabelText('Password', { exact: true });
  await expect.element(field).toHaveAccessibleDescription('10 characters or more.');
  await expect.element(field).not.toHaveAttribute('aria-invalid');
  await expectAccessible(screen.container);
});

test('an error marks the field and is read after the hint', async () => {
  const screen = await render(<TextField label="Email" hint="For signing in." error="This is not a whole address." />);
  const field = screen.getByRole('textbox', { name: 'Email', exact: true });
  await expect.element(field).toHaveAttribute('aria-invalid', 'true');
  await expect.element(field).toHaveAccessibleDescription('For signing in. This is not a whole address.');
  await expectAccessible(screen.container);
});

test('a hidden label is still its name', async () => {
  const screen = await render(<TextField label="Meeting link" hideLabel placeholder="Paste a meeting link" />);
  await expect.element(screen.getByRole('textbox', { name: 'Meeting link', exact: true })).toBeVisible();
  await expectAccessible(screen.container);
});

test('select and text area speak alike', async () => {
  const screen = await render(
    <>
      <SelectField label="Duration" error="Choose a length.">
        <option>1 h</option>
      </SelectField>
      <TextArea label="Description" hint="Shown on the page." />
    </>,
  );
  const select = screen.getByRole('combobox', { name: 'Duration' });
  await expect.element(select).toHaveAccessibleDescription('Choose a length.');
  await expect
    .element(screen.getByRole('textbox', { name: 'Description' }))
    .toHaveAccessibleDescription('Shown on the page.');
  await expectAccessible(screen.container);
});
