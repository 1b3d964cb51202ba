import { useState } from 'react';
import { expect, test } from 'vitest';
import { userEvent } from 'vitest/browser';
import { render } from 'vitest-browser-react';
import { Badge } from './badge';
import { Choice } from './choice';
import { Empty } from './empty';
import { Face, initials, whoClass } from './face';
import { Faces } from './faces';
import { LevelMeter } from './level-meter';
import { Note } from './note';
import { ProgressBar } from './progress-bar';
import { Skeleton } from './skeleton';
import { Switch } from './switch';
import { expectAccessible } from './testing/accessible';
import { Tooltip } from './tooltip';

test.each([
  ['Maya Okafor', 'MO'],
  ['Maya', 'M'],
  ['  ada   king of lovelace ', 'AL'],
  ['林悦', '悦'],
  ['', '?'],
  ['👩‍🚀 Astra', '👩A'],
  ['élodie', 'É'],
])('%j is drawn as %j', (name, drawn) => {
  expect(initials(name)).toBe(drawn);
});

test('a person always has the same colour, and people do not all have one', () => {
  const ids = Array.from({ length: 64 }, (_, i) => `participant-${i}`);
  expect(ids.map(whoClass)).toEqual(ids.map(whoClass));
  expect(new Set(ids.map(whoClass)).size).toBe(8);
});

test('faces are a picture: nobody hears their letters', async () => {
  const people = ['Maya Okafor', 'Jonas Weber', '林悦', 'Ravi', 'Amélie'].map((name, i) => ({ id: `p${i}`, name }));
  const screen = await render(
    <button type="button" aria-label="Account">
      <Face name="Sofia Almeida" /> <Faces people={people} />
    </button>,
  );
  expect(screen.container.querySelectorAll('[data-initials]')).toHaveLength(4);
  expect(screen.container.querySelector('[data-more]')).toHaveAttribute('data-more', '+2');
  expect(screen.container.textContent.trim()).toBe('');
  await expectAccessible(screen.container);
});

test('the level goes straight into the DOM', async () => {
  let tell: (level: number) => void = () => {};
  const onLevel = (listener: (level: number) => void) => {
    tell = listener;
    return () => (tell = () => {});
  };
  const screen = await render(<LevelMeter onLevel={onLevel} />);
  const lit = () => screen.container.querySelectorAll('[data-on]').length;
  for (const [level, bars] of [
    [0, 0],
    [0.5, 7],
    [1, 14],
    [3, 14],
    [0.25, 4],
    [-1, 0],
  ] as const) {
    tell(level);
    expect(lit()).toBe(bars);
  }
});

test('a switch is named by its whole row and answers to the space bar', async () => {
  function Row() {
    const [checked, setChecked] = useState(false);
    return <Switch label="Sounds" hint="Join, chat, hand" checked={checked} onChange={setChecked} />;
  }
  const screen = await render(<Row />);
  const control = screen.getByRole('switch', { name: 'Sounds' });
  await expect.element(control).toHaveAccessibleDescription('Join, chat, hand');
  await userEvent.tab();
  await userEvent.keyboard(' ');
  await expect.element(control).toBeChecked();
  await screen.getByText('Sounds').click();
  await expect.element(control).not.toBeChecked();
  await expectAccessible(screen.container);
});

test('a choice is a group of radios that arrows walk', async () => {
  function Theme() {
    const [value, setValue] = useState<'system' | 'light' | 'dark'>('system');
    const options = [
      { value: 'system', label: 'System' },
      { value: 'light', label: 'Light' },
      { value: 'dark', label: 'Dark' },
    ] as const;
    return <Choice label="Theme" name="theme" options={options} value={value} onChange={setValue} />;
  }
  const screen = await render(<Theme />);
  await userEvent.tab();
  await userEvent.keyboard('{ArrowRight}');
  await expect.element(screen.getByRole('radio', { name: 'Light' })).toBeChecked();
  await expect.element(screen.getByRole('group', { name: 'Theme' })).toBeVisible();
  await expectAccessible(screen.container);
});

test('a tooltip shows for the keyboard too, and goes with Escape', async () => {
  const screen = await render(
    <Tooltip text="Mute" shortcut="M">
      <button type="button" aria-label="Mute" />
    </Tooltip>,
  );
  await userEvent.tab();
  await expect.element(screen.getByRole('tooltip')).toHaveTextContent('Mute');
  await userEvent.keyboard('{Escape}');
  await expect.element(screen.getByRole('tooltip')).not.toBeInTheDocument();
});

test('what only says something says it in words', async () => {
  const screen = await render(
    <>
      <Badge kind="live" dot>
        Live now
      </Badge>
      <Note kind="amber" role="status">
        14.2 s missing
      </Note>
      <ProgressBar label="Getting ready" value={0.5} />
      <ProgressBar label="Starting" value={null} />
      <Empty title="No meetings yet">Start one now.</Empty>
      <Skeleton className="w-4" />
    </>,
  );
  await expect.element(screen.getByRole('status')).toHaveTextContent('14.2 s missing');
  await expect.element(screen.getByRole('progressbar', { name: 'Getting ready' })).toHaveValue(0.5);
  expect(screen.getByRole('heading').elements()).toHaveLength(0);
  await expectAccessible(screen.container);
});
