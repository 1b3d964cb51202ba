import { hydrateRoot } from 'react-dom/client';
import { expect, test, vi } from 'vitest';
import { page } from 'vitest/browser';
import { render } from 'vitest-browser-react';
import { PasswordField } from './password-field';

test('what was typed before the scripts came is still there when its form is refused', async () => {
  const shown = vi.fn();
  const form = (error?: string) => (
    <form ref={shown}>
      <PasswordField id="password" label="Password" error={error} />
    </form>
  );
  const { container, unmount } = await render(form());
  const html = container.innerHTML;
  await unmount();
  shown.mockClear();
  // As it comes from the server.
  const body = document.body.appendChild(document.createElement('div'));
  body.innerHTML = html;
  const field = page.getByLabelText('Password');
  await field.fill('typed early');
  const madeAnew = vi.fn();
  const root = hydrateRoot(body, form(), { onRecoverableError: madeAnew });
  await expect.poll(() => shown.mock.calls.length).toBe(1);
  root.render(form('Wrong.'));
  await expect.element(page.getByText('Wrong.')).toBeVisible();
  await expect.element(field).toHaveValue('typed early');
  expect(madeAnew).not.toHaveBeenCalled();
  root.unmount();
  body.remove();
});
