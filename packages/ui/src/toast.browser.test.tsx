import { useState } from 'react';
import { expect, test, vi } from 'vitest';
import { render } from 'vitest-browser-react';
import { expectAccessible } from './testing/accessible';
import { type ToastItem, Toasts } from './toast';

function Owner({ first, onAct }: { first: readonly ToastItem[]; onAct?: () => void }) {
  const [toasts, setToasts] = useState(first);
  return (
    <>
      <button
        type="button"
        onClick={() =>
          setToasts((now) => [
            ...now,
            {
              id: 'muted',
              text: 'You are muted',
              action: { label: 'Unmute', alt: 'Press M', onAct: onAct ?? (() => {}) },
            },
          ])
        }
      >
        Tell
      </button>
      <Toasts label="Notices" toasts={toasts} onGone={(id) => setToasts((now) => now.filter((t) => t.id !== id))} />
    </>
  );
}

test('shows the newest three, and each goes by itself', async () => {
  const screen = await render(
    <Owner first={['one', 'two', 'three', 'four'].map((id) => ({ id, text: `Toast ${id}` }))} />,
  );
  const list = screen.getByRole('list');
  await expect.element(list.getByText('Toast four')).toBeVisible();
  await expect.element(list.getByText('Toast one')).not.toBeInTheDocument();
  expect(list.getByRole('listitem').elements()).toHaveLength(3);
  await expectAccessible(screen.container);
  await expect.element(list.getByText('Toast four'), { timeout: 8_000 }).not.toBeInTheDocument();
});

test('waits for its turn to be read out, unless there is trouble', async () => {
  await render(
    <Owner
      first={[
        { id: 'one', text: 'Maya joined' },
        { id: 'two', text: 'The camera is off', kind: 'trouble' },
      ]}
    />,
  );
  const read = (live: string) => document.querySelector(`[role=status][aria-live=${live}]`)?.textContent ?? '';
  await expect.poll(() => read('polite')).toContain('Maya joined');
  await expect.poll(() => read('assertive')).toContain('The camera is off');
});

test('has one thing to do, which closes it', async () => {
  const act = vi.fn();
  const screen = await render(<Owner first={[]} onAct={act} />);
  await screen.getByRole('button', { name: 'Tell' }).click();
  await screen.getByRole('button', { name: 'Unmute' }).click();
  expect(act).toHaveBeenCalledTimes(1);
  await expect.element(screen.getByRole('list').getByText('You are muted')).not.toBeInTheDocument();
});
