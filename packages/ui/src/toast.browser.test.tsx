import { useState } from 'react';
import { expect, test, vi } from 'vitest';
import { userEvent } from 'vitest/browser';
import { render } from 'vitest-browser-react';
import { expectAccessible } from './testing/accessible';
import { TOAST_MS, type ToastItem, Toasts } from './toast';

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

/** Runs `act` with timers that go on by `pass` alone. */
async function timed(act: (pass: (ms: number) => Promise<void>) => Promise<void>): Promise<void> {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  try {
    await act(async (ms) => {
      vi.advanceTimersByTime(ms);
      await drawn();
    });
  } finally {
    vi.useRealTimers();
  }
}

const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
/** What React was told is on the page and its effects have run: the second frame comes after the first was painted. */
async function drawn(): Promise<void> {
  await frame();
  await frame();
}

/** The pointer comes over the toasts, or goes. */
async function point(region: Element, what: 'pointerover' | 'pointerout'): Promise<void> {
  region.dispatchEvent(new PointerEvent(what, { bubbles: true }));
  await drawn();
}

test('waits while the pointer is on one, and counts on from where it was', async () => {
  await timed(async (pass) => {
    const gone = vi.fn();
    const screen = await render(<Toasts label="Notices" toasts={[{ id: 'one', text: 'Maya joined' }]} onGone={gone} />);
    const region = screen.getByRole('region', { name: 'Notices (F8)' }).element();
    await pass(TOAST_MS - 1_000);
    await point(region, 'pointerover');
    await pass(TOAST_MS);
    expect(gone).not.toHaveBeenCalled();
    await point(region, 'pointerout');
    await pass(900);
    expect(gone).not.toHaveBeenCalled();
    await pass(100);
    await pass(200);
    expect(gone).toHaveBeenCalledTimes(1);
  });
});

test('waits while the focus is on one, though the pointer passes over it', async () => {
  const gone = vi.fn();
  const action = { label: 'Unmute', alt: 'Press M', onAct: () => {} };
  const screen = await render(
    <Toasts label="Notices" toasts={[{ id: 'one', text: 'You are muted', action }]} onGone={gone} />,
  );
  await userEvent.keyboard('{F8}{Tab}');
  await expect.element(screen.getByRole('button', { name: 'Unmute' })).toHaveFocus();
  const region = screen.getByRole('region', { name: 'Notices (F8)' }).element();
  await timed(async (pass) => {
    await point(region, 'pointerover');
    await point(region, 'pointerout');
    await pass(TOAST_MS);
    await pass(200);
    expect(gone).not.toHaveBeenCalled();
  });
});

test('waits no longer for the pointer or the focus that were on one which has gone', async () => {
  const action = { label: 'Unmute', alt: 'Press M', onAct: () => {} };
  const [gone, muted, again] = ['gone', 'muted', 'again'].map((id) => ({ id, text: `Toast ${id}`, action }));
  if (!gone || !muted || !again) throw new Error('There are three.');
  const onGone = vi.fn();
  const toasts = (shown: readonly ToastItem[]) => <Toasts label="Notices" toasts={shown} onGone={onGone} />;
  const screen = await render(toasts([gone, muted]));
  const region = screen.getByRole('region', { name: 'Notices (F8)' }).element();
  await userEvent.keyboard('{F8}{Tab}{Tab}');
  await expect.element(screen.getByRole('button', { name: 'Unmute' }).last()).toHaveFocus();
  await timed(async (pass) => {
    await point(region, 'pointerover');
    await screen.rerender(toasts([again]));
    await drawn();
    await pass(TOAST_MS);
    await pass(200);
    expect(onGone).toHaveBeenCalledWith('again');
  });
});

test('does not wait for the focus that a click on one has left there', async () => {
  const screen = await render(<Owner first={[{ id: 'one', text: 'Maya joined' }]} />);
  await screen.getByRole('button', { name: 'Tell' }).click();
  await screen.getByRole('button', { name: 'Unmute' }).click();
  const list = screen.getByRole('list');
  await expect.element(list.getByText('You are muted')).not.toBeInTheDocument();
  await screen.getByRole('button', { name: 'Tell' }).hover();
  await expect.element(list.getByText('Maya joined'), { timeout: 8_000 }).not.toBeInTheDocument();
});

test('is reached by F8 and closed by Escape, which leaves the focus there', async () => {
  const screen = await render(<Owner first={[{ id: 'one', text: 'Maya joined' }]} />);
  await screen.getByRole('button', { name: 'Tell' }).click();
  await userEvent.keyboard('{F8}');
  const region = screen.getByRole('region', { name: 'Notices (F8)' });
  await expect.element(region).toHaveFocus();
  await userEvent.keyboard('{Tab}');
  await expect.element(screen.getByRole('button', { name: 'Unmute' })).toHaveFocus();
  await userEvent.keyboard('{Escape}');
  await expect.element(screen.getByRole('button', { name: 'Unmute' })).not.toBeInTheDocument();
  await expect.element(region).toHaveFocus();
});

test('has one thing to do, which closes it', async () => {
  const onAct = vi.fn();
  const screen = await render(<Owner first={[]} onAct={onAct} />);
  await screen.getByRole('button', { name: 'Tell' }).click();
  await screen.getByRole('button', { name: 'Unmute' }).click();
  expect(onAct).toHaveBeenCalledTimes(1);
  await expect.element(screen.getByRole('list').getByText('You are muted')).not.toBeInTheDocument();
});
