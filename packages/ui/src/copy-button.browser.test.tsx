import { afterEach, expect, test, vi } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { render } from 'vitest-browser-react';
import { CopyButton } from './copy-button';
import { Dialog } from './dialog';
import { expectAccessible } from './testing/accessible';

const LINK = 'https://meet.example.org/j/abc.def';
const button = (
  <CopyButton text={LINK} label="Copy invite link" done="Copied" failed="Select the link and copy it yourself." />
);

/** What the browser is about to put on the clipboard by the copy command. */
function copiedByCommand(): string[] {
  const copied: string[] = [];
  const listen = () => {
    const at = document.activeElement;
    copied.push(at instanceof HTMLTextAreaElement ? at.value.slice(at.selectionStart, at.selectionEnd) : '');
  };
  document.addEventListener('copy', listen);
  afterEach(() => document.removeEventListener('copy', listen));
  return copied;
}

afterEach(() => vi.unstubAllGlobals());

test('copies, says so for a while in the same width, and has its name back', async () => {
  const written: string[] = [];
  vi.spyOn(navigator.clipboard, 'writeText').mockImplementation((text) => Promise.resolve(void written.push(text)));
  const screen = await render(button);
  const copy = screen.getByRole('button', { name: 'Copy invite link', exact: true });
  await expectAccessible(screen.container);
  await Promise.all([expect.element(screen.getByRole('status')).toHaveTextContent('Copied'), copy.click()]);
  expect(written).toEqual([LINK]);
  await expect.element(copy, { timeout: 4_000 }).toBeVisible();
  await expect.element(screen.getByRole('status')).toHaveTextContent('');
  vi.restoreAllMocks();
});

test('copies on plain http too, where there is no clipboard to ask, and keeps the focus', async () => {
  vi.stubGlobal('isSecureContext', false);
  const copied = copiedByCommand();
  const screen = await render(button);
  const copy = screen.getByRole('button', { name: 'Copy invite link', exact: true });
  await userEvent.tab();
  await Promise.all([
    expect.element(screen.getByRole('status')).toHaveTextContent('Copied'),
    userEvent.keyboard('{Enter}'),
  ]);
  expect(copied).toEqual([LINK]);
  await expect.element(copy).toHaveFocus();
});

test('copies out of a dialog, whose focus trap would take the selection away', async () => {
  vi.stubGlobal('isSecureContext', false);
  const copied = copiedByCommand();
  await render(
    <Dialog open onOpenChange={() => {}} title="Your meeting is ready">
      {button}
    </Dialog>,
  );
  await Promise.all([
    expect.element(page.getByRole('status')).toHaveTextContent('Copied'),
    page.getByRole('button', { name: 'Copy invite link' }).click(),
  ]);
  expect(copied).toEqual([LINK]);
});

test('says what to do when the browser lets nothing through', async () => {
  vi.stubGlobal('isSecureContext', false);
  vi.spyOn(document, 'execCommand').mockReturnValue(false);
  const screen = await render(button);
  await screen.getByRole('button', { name: 'Copy invite link' }).click();
  await expect.element(screen.getByRole('status')).toHaveTextContent('Select the link and copy it yourself.');
  vi.restoreAllMocks();
});
