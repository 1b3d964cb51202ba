import { Video } from 'lucide-react';
import { expect, test, vi } from 'vitest';
import { userEvent } from 'vitest/browser';
import { render } from 'vitest-browser-react';
import { Button } from './button';
import { expectAccessible } from './testing/accessible';

test('does what it says, by mouse and by keyboard', async () => {
  const click = vi.fn();
  const screen = await render(
    <Button icon={<Video aria-hidden />} onClick={click}>
      New meeting
    </Button>,
  );
  const button = screen.getByRole('button', { name: 'New meeting', exact: true });
  await button.click();
  await userEvent.keyboard('{Enter} ');
  expect(click).toHaveBeenCalledTimes(3);
  await expectAccessible(screen.container);
});

test('does nothing while it is busy, submits nothing, and keeps name and focus', async () => {
  const click = vi.fn();
  const submit = vi.fn((event: { preventDefault(): void }) => event.preventDefault());
  const form = (busy: boolean) => (
    <form onSubmit={submit}>
      <Button type="submit" busy={busy} onClick={click}>
        Save
      </Button>
    </form>
  );
  const screen = await render(form(false));
  const button = screen.getByRole('button', { name: 'Save', exact: true });
  await button.click();
  expect(submit).toHaveBeenCalledTimes(1);
  await screen.rerender(form(true));
  await expect.element(button).toHaveFocus();
  await expect.element(button).toHaveAttribute('aria-busy', 'true');
  await userEvent.keyboard('{Enter}');
  await button.click({ force: true });
  expect(click).toHaveBeenCalledTimes(1);
  expect(submit).toHaveBeenCalledTimes(1);
  await expectAccessible(screen.container);
});
