import { useState } from 'react';
import { expect, test } from 'vitest';
import { page } from 'vitest/browser';
import { render } from 'vitest-browser-react';
import { expectAccessible } from './testing/accessible';
import { VideoTile, type VideoTileProps } from './video-tile';

const MAYA = { id: 'maya-okafor', name: 'Maya Okafor' };
const BOX = { position: 'relative', width: 320, height: 180 } as const;

function picture(): MediaStreamTrack {
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [320, 180];
  const pen = canvas.getContext('2d');
  setInterval(() => pen?.fillRect(0, 0, Math.random() * 320, 180), 50);
  const [track] = canvas.captureStream(20).getVideoTracks();
  if (!track) throw new Error('A canvas gives one track.');
  return track;
}

const tile = (props: Partial<VideoTileProps>) => (
  <VideoTile label="Maya Okafor" person={MAYA} track={null} shown={false} style={BOX} {...props} />
);
const group = page.getByRole('group', { name: 'Maya Okafor', exact: true });

test('is a group named as the person, with initials while there is no picture', async () => {
  await render(
    tile({ muted: 'Muted', hand: { number: 2, label: 'Hand raised, number 2' }, trouble: 'Poor connection' }),
  );
  await expect.element(group).toBeVisible();
  await expect.element(group.getByText('MO')).toBeVisible();
  for (const said of ['Muted', 'Hand raised, number 2', 'Poor connection'])
    await expect.element(group.getByText(said)).toBeInTheDocument();
  expect(group.element().querySelector('video')).not.toBeNull();
  await expectAccessible(group.element());
});

test('shows the picture once its first frame is there, and no longer than it is offered', async () => {
  const track = picture();
  const screen = await render(tile({ track, shown: true }));
  const video = group.element().querySelector('video');
  await expect.poll(() => video?.videoWidth).toBe(320);
  await expect.element(group.getByText('MO')).not.toBeInTheDocument();
  await screen.rerender(tile({ track, shown: false }));
  await expect.element(group.getByText('MO')).toBeVisible();
});

test('says that a person is away where their initials were, and nothing across them', async () => {
  await render(tile({ away: 'Reconnecting' }));
  await expect.element(group.getByText('Reconnecting')).toBeVisible();
  expect(group.getByText('MO').query()).toBeNull();
});

test('keeps one stream for a track, so that a render starts no video over', async () => {
  const track = picture();
  const screen = await render(tile({ track, shown: true }));
  const before = group.element().querySelector('video')?.srcObject;
  await screen.rerender(tile({ track, shown: true, muted: 'Muted' }));
  expect(group.element().querySelector('video')?.srcObject).toBe(before);
  await screen.rerender(tile({ track: picture(), shown: true }));
  expect(group.element().querySelector('video')?.srcObject).not.toBe(before);
});

test('is never heard', async () => {
  await render(tile({ track: picture(), shown: true }));
  expect(group.element().querySelector('video')?.muted).toBe(true);
});

test('writes the ring to the DOM without a render', async () => {
  let renders = 0;
  let speak: (level: number) => void = () => undefined;
  function Counting() {
    renders++;
    const [onLevel] = useState(() => (listener: (level: number) => void) => {
      speak = listener;
      return () => undefined;
    });
    return tile({ onLevel });
  }
  await render(<Counting />);
  const first = renders;
  const ring = () => group.element().querySelector('[data-speaking]');
  speak(0.2);
  expect(ring()).toBeNull();
  speak(0.9);
  expect(ring()).not.toBeNull();
  expect(renders).toBe(first);
  await expect.poll(ring).toBeNull();
});
