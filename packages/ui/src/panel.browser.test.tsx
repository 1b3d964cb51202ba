import { useRef, useState } from 'react';
import { expect, test, vi } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { render } from 'vitest-browser-react';
import { Panel } from './panel';
import { expectAccessible } from './testing/accessible';

function Example({ sheet }: { sheet: boolean }) {
  const [open, setOpen] = useState(false);
  const box = useRef<HTMLInputElement>(null);
  return (
    <div style={{ position: 'relative', height: 600 }}>
      <button type="button" onClick={() => setOpen(true)}>
        Open
      </button>
      {open ? (
        <Panel title="Chat" closeLabel="Close" sheet={sheet} initialFocus={box} onClose={() => setOpen(false)}>
          <input ref={box} aria-label="Message" />
        </Panel>
      ) : null}
    </div>
  );
}

const opener = page.getByRole('button', { name: 'Open' });

test.each([
  ['complementary', false],
  ['dialog', true],
] as const)('as %s: takes the focus, gives it back, and closes by Escape and by its button', async (role, sheet) => {
  await render(<Example sheet={sheet} />);
  const panel = page.getByRole(role, { name: 'Chat' });
  await opener.click();
  await expect.element(page.getByRole('textbox', { name: 'Message' })).toHaveFocus();
  await expectAccessible(panel.element());
  await userEvent.keyboard('{Escape}');
  await expect.element(panel).not.toBeInTheDocument();
  await expect.element(opener).toHaveFocus();
  await opener.click();
  await panel.getByRole('button', { name: 'Close' }).click();
  await expect.element(panel).not.toBeInTheDocument();
  await expect.element(opener).toHaveFocus();
});

test('a sheet pulled down far enough closes, less far it comes back', async () => {
  await render(<Example sheet />);
  await opener.click();
  const sheet = page.getByRole('dialog', { name: 'Chat' });
  const grip = sheet.getByRole('heading', { name: 'Chat' }).element();
  const at = (type: string, clientY: number) =>
    grip.dispatchEvent(new PointerEvent(type, { clientY, pointerId: 1, bubbles: true }));
  // A made-up pointer cannot be captured.
  const captured = vi.spyOn(Element.prototype, 'setPointerCapture').mockReturnValue();
  try {
    at('pointerdown', 100);
    at('pointermove', 150);
    expect((sheet.element() as HTMLElement).style.transform).toBe('translateY(50px)');
    at('pointerup', 150);
    await expect.element(sheet).toBeInTheDocument();
    expect((sheet.element() as HTMLElement).style.transform).toBe('');
    at('pointerdown', 100);
    at('pointerup', 300);
    await expect.element(sheet).not.toBeInTheDocument();
  } finally {
    captured.mockRestore();
  }
});
