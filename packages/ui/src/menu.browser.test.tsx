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

test('opens at an end by an arrow, goes to what begins with the letters typed, and keeps Tab', async () => {
  const screen = await render(<Example onRename={() => undefined} />);
  const trigger = screen.getByRole('button', { name: 'More' });
  await userEvent.tab();
  await userEvent.keyboard('{ArrowUp}');
  const item = (name: string) => page.getByRole('menuitem', { name });
  await expect.element(item('Recordings')).toHaveFocus();
  // Both begin with it: one letter goes on, more of them stay where they fit.
  await userEvent.keyboard('r');
  await expect.element(item('Rename meeting')).toHaveFocus();
  await userEvent.keyboard('e');
  await expect.element(item('Rename meeting')).toHaveFocus();
  await userEvent.keyboard('c');
  await expect.element(item('Recordings')).toHaveFocus();
  await userEvent.keyboard('{Home}');
  await expect.element(item('Rename meeting')).toHaveFocus();
  await userEvent.tab();
  await expect.element(item('Rename meeting')).toHaveFocus();
  await userEvent.keyboard('{Escape}');
  await expect.element(trigger).toHaveFocus();
  await expect.element(trigger).toHaveAttribute('aria-expanded', 'false');
});

test('the pointer opens it, takes the focus along, and closes it beside it; what is disabled does nothing', async () => {
  const screen = await render(
    <>
      <Example onRename={() => undefined} />
      <Button>Elsewhere</Button>
    </>,
  );
  const trigger = screen.getByRole('button', { name: 'More' });
  await trigger.click();
  await expect.element(page.getByRole('menu', { name: 'More' })).toHaveFocus();
  await userEvent.hover(page.getByRole('menuitem', { name: 'Recordings' }));
  await expect.element(page.getByRole('menuitem', { name: 'Recordings' })).toHaveFocus();
  await page.getByRole('menuitem', { name: 'Delete meeting' }).click({ force: true });
  await expect.element(page.getByRole('menu')).toBeInTheDocument();
  await trigger.click();
  await expect.element(page.getByRole('menu')).not.toBeInTheDocument();
  await trigger.click();
  await screen.getByRole('button', { name: 'Elsewhere' }).click();
  await expect.element(page.getByRole('menu')).not.toBeInTheDocument();
  await expect.element(screen.getByRole('button', { name: 'Elsewhere' })).toHaveFocus();
});

test.each(['top-left', 'top-right', 'bottom-left', 'bottom-right'])(
  'is whole in the window from the %s',
  async (corner) => {
    const [vertical = '', horizontal = ''] = corner.split('-');
    const screen = await render(
      <div style={{ position: 'fixed', [vertical]: 0, [horizontal]: 0 }}>
        {/* As wide as some fonts make it: a width that offsetWidth rounds down. */}
        <style>{'[role=menu] { width: 240.46875px; height: 180.40625px }'}</style>
        <Example onRename={() => undefined} />
      </div>,
    );
    await screen.getByRole('button', { name: 'More' }).click();
    const menu = page.getByRole('menu').element() as HTMLElement;
    const [box, anchor] = [menu.getBoundingClientRect(), screen.getByRole('button', { name: 'More' }).element()];
    // Where it is at the end of its animation, and not rounded.
    const [left, top] = [parseFloat(menu.style.left), parseFloat(menu.style.top)];
    expect(left).toBeGreaterThanOrEqual(8);
    expect(top).toBeGreaterThanOrEqual(8);
    expect(left + box.width).toBeLessThanOrEqual(window.innerWidth - 8);
    expect(top + box.height).toBeLessThanOrEqual(window.innerHeight - 8);
    // Beside what opened it, not over it.
    const edge = anchor.getBoundingClientRect();
    if (vertical === 'top') expect(top).toBeCloseTo(edge.bottom + 6, 0);
    else expect(top + box.height).toBeCloseTo(edge.top - 6, 0);
  },
);
