import { useState } from 'react';
import { expect, test, vi } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { render } from 'vitest-browser-react';
import { Button } from './button';
import { Dialog, Question } from './dialog';
import { Menu, MenuItem } from './menu';
import { expectAccessible } from './testing/accessible';

function Asked({ onGo = () => {}, busy = false, error }: { onGo?: () => void; busy?: boolean; error?: string }) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button onClick={() => setOpen(true)}>Delete</Button>
      <Question
        open={open}
        onOpenChange={setOpen}
        title="Delete this recording?"
        keep="Keep it"
        go="Delete recording"
        busy={busy}
        error={error}
        onGo={onGo}
      >
        It goes for everybody, for good.
      </Question>
    </>
  );
}

const dialog = page.getByRole('alertdialog', { name: 'Delete this recording?' });

test('asks with the focus on the safe way out, and Enter takes it', async () => {
  const go = vi.fn();
  const screen = await render(<Asked onGo={go} />);
  const opener = screen.getByRole('button', { name: 'Delete', exact: true });
  await opener.click();
  await expect.element(dialog.getByRole('button', { name: 'Keep it' })).toHaveFocus();
  await expectAccessible(dialog.element());
  await userEvent.keyboard('{Enter}');
  await expect.element(dialog).not.toBeInTheDocument();
  await expect.element(opener).toHaveFocus();
  expect(go).not.toHaveBeenCalled();
});

test('keeps the focus inside, and Escape leaves', async () => {
  const screen = await render(<Asked />);
  await screen.getByRole('button', { name: 'Delete', exact: true }).click();
  await userEvent.keyboard('{Tab}');
  await expect.element(dialog.getByRole('button', { name: 'Delete recording' })).toHaveFocus();
  await userEvent.keyboard('{Tab}');
  await expect.element(dialog.getByRole('button', { name: 'Keep it' })).toHaveFocus();
  await userEvent.keyboard('{Shift>}{Tab}{/Shift}');
  await expect.element(dialog.getByRole('button', { name: 'Delete recording' })).toHaveFocus();
  await userEvent.keyboard('{Escape}');
  await expect.element(dialog).not.toBeInTheDocument();
});

test('is left by a press beside its box, not by one in it', async () => {
  const screen = await render(<Asked />);
  await screen.getByRole('button', { name: 'Delete', exact: true }).click();
  await dialog.getByText('It goes for everybody, for good.').click();
  await expect.element(dialog).toBeVisible();
  // The dialog is as wide as the window; its box is in the middle.
  await dialog.click({ position: { x: 2, y: 2 } });
  await expect.element(dialog).not.toBeInTheDocument();
});

test('does it only when told, stays open meanwhile, and says when it was refused', async () => {
  const go = vi.fn();
  const screen = await render(<Asked onGo={go} />);
  await screen.getByRole('button', { name: 'Delete', exact: true }).click();
  await dialog.getByRole('button', { name: 'Delete recording' }).click();
  expect(go).toHaveBeenCalledTimes(1);
  await screen.rerender(<Asked onGo={go} busy />);
  await userEvent.keyboard('{Escape}');
  await expect.element(dialog).toBeVisible();
  await screen.rerender(<Asked onGo={go} error="It is not here any more." />);
  await expect.element(dialog.getByRole('alert')).toHaveTextContent('It is not here any more.');
  await expectAccessible(dialog.element());
});

test('opened from a menu, it gives the focus back to what opened the menu', async () => {
  function Renamed() {
    const [open, setOpen] = useState(false);
    return (
      <>
        <Menu trigger={<Button>More</Button>}>
          <MenuItem onSelect={() => setOpen(true)}>Rename</MenuItem>
        </Menu>
        <Dialog open={open} onOpenChange={setOpen} title="Rename this meeting" closeLabel="Close">
          <input aria-label="Title" />
        </Dialog>
      </>
    );
  }
  const screen = await render(<Renamed />);
  await screen.getByRole('button', { name: 'More' }).click();
  await page.getByRole('menuitem', { name: 'Rename' }).click();
  const rename = page.getByRole('dialog', { name: 'Rename this meeting' });
  await expect.element(rename.getByRole('textbox', { name: 'Title' })).toHaveFocus();
  await rename.getByRole('button', { name: 'Close' }).click();
  await expect.element(rename).not.toBeInTheDocument();
  await expect.element(screen.getByRole('button', { name: 'More' })).toHaveFocus();
});
