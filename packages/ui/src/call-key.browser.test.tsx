import { Mic } from 'lucide-react';
import { expect, test, vi } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { render } from 'vitest-browser-react';
import { CallBar, CallKey } from './call-key';
import { expectAccessible } from './testing/accessible';

const key = (name: string) => page.getByRole('button', { name, exact: true });

function Bar({ onPress }: { onPress: (name: string) => void }) {
  return (
    <CallBar label="Call controls">
      {['Mute', 'Chat', 'Leave'].map((name) => (
        <CallKey
          key={name}
          label={name}
          icon={Mic}
          count={name === 'Chat' ? 3 : 0}
          disabled={false}
          shortcut={name === 'Mute' ? 'M' : undefined}
          onClick={() => onPress(name)}
        />
      ))}
      <CallKey label="Record" icon={Mic} busy onClick={() => onPress('Record')} />
      <CallKey label="Share" icon={Mic} disabled />
    </CallBar>
  );
}

test('has a name without its count, and says its shortcut', async () => {
  const press = vi.fn();
  await render(<Bar onPress={press} />);
  await key('Chat').click();
  expect(press).toHaveBeenCalledWith('Chat');
  await expect.element(key('Mute')).toHaveAttribute('aria-keyshortcuts', 'M');
  await expectAccessible(page.getByRole('toolbar', { name: 'Call controls' }).element());
});

test('is walked by arrows, round the ends and over what is disabled', async () => {
  await render(<Bar onPress={() => undefined} />);
  await userEvent.tab();
  await expect.element(key('Mute')).toHaveFocus();
  await userEvent.keyboard('{ArrowRight}');
  await expect.element(key('Chat')).toHaveFocus();
  await userEvent.keyboard('{End}');
  await expect.element(key('Record')).toHaveFocus();
  await userEvent.keyboard('{ArrowRight}');
  await expect.element(key('Mute')).toHaveFocus();
  await userEvent.keyboard('{ArrowLeft}');
  await expect.element(key('Record')).toHaveFocus();
});

test('does nothing while it is busy', async () => {
  const press = vi.fn();
  await render(<Bar onPress={press} />);
  await key('Record').click();
  expect(press).not.toHaveBeenCalled();
  await expect.element(key('Record')).toHaveAttribute('aria-busy', 'true');
});
