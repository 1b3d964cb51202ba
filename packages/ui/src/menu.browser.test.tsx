import { useState } from 'react';
import { expect, test, vi } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { render } from 'vitest-browser-react';
import { Button } from './button';
import { Menu, MenuCheck, MenuItem, MenuLink, MenuRule } from './menu';
import { expectAccessible } from './testing/accessible';

function Example({ onRename }: { onRename: () => void }) {
  const [asks, setAsks] = useState(false);
  return (
    <Menu trigger={<Button>More</Button>}>
      <MenuItem onSelect={onRename}>Rename meeting</MenuItem>
      <MenuCheck checked={asks} onChange={setAsks}>
        Ask before letting in
      </MenuCheck>
      <MenuLink link={(row) => <a href="#recordings">{row}</a>}>Recordings</MenuLink>
      <MenuRule />
      <MenuItem kind="danger" disabled onSelect={() => {}}>
        Delete meeting
      </MenuItem>
    </Menu>
  );
}

test('is opened, walked and used by the keyboard; the focus comes back', async () => {
  const rename = vi.fn();
  const screen = await render(<Example onRename={rename} />);
  const trigger = screen.getByRole('button', { name: 'More' });
  await userEvent.tab();
  await expect.element(trigger).toHaveFocus();
  await userEvent.keyboard('{Enter}');
  const item = (name: string) => page.getByRole('menuitem', { name });
  await expect.element(item('Rename meeting')).toHaveFocus();
  await expectAccessible(document.body);
  await userEvent.keyboard('{ArrowDown}');
  await userEvent.keyboard(' ');
  const check = page.getByRole('menuitemcheckbox', { name: 'Ask before letting in' });
  await expect.element(check).toBeChecked();
  await userEvent.keyboard('{ArrowDown}');
  await expect.element(item('Recordings')).toHaveFocus();
  // The disabled one is passed over, and after the last comes the first.
  await userEvent.keyboard('{ArrowDown}');
  await expect.element(item('Rename meeting')).toHaveFocus();
  await userEvent.keyboard('{Enter}');
  expect(rename).toHaveBeenCalledTimes(1);
  await expect.element(trigger).toHaveFocus();
});

test('Escape closes it and changes nothing', async () => {
  const rename = vi.fn();
  const screen = await render(<Example onRename={rename} />);
  await screen.getByRole('button', { name: 'More' }).click();
  await userEvent.keyboard('{Escape}');
  await expect.element(page.getByRole('menu')).not.toBeInTheDocument();
  expect(rename).not.toHaveBeenCalled();
});
