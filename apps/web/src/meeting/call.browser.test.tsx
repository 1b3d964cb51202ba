import { type LeftWhy, RtcError } from '@parley/rtc-core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { type FakeRoom, YOU } from './testing/fake-room';
import { asked, bar, enterCall, JONAS, key, MAYA, tile } from './testing/in-call';
import { PHONE } from './testing/show';

let room: FakeRoom;
const enter = async (...how: Parameters<typeof enterCall>): Promise<void> => {
  room = await enterCall(...how);
};

afterEach(() => {
  delete document.body.dataset.theme;
});

describe('the stage', () => {
  beforeEach(() => enter());

  it('names each person and shows their picture', async () => {
    room.joins(MAYA);
    for (const name of ['Maya Okafor', 'Sofia Almeida (you)']) {
      await expect.element(tile(name)).toBeVisible();
      const video = tile(name).element().querySelector('video');
      await expect.poll(() => video?.videoWidth).toBe(640);
      expect(video?.muted).toBe(true);
    }
    room.shares(MAYA.id);
    await expect.element(tile("Maya Okafor's screen")).toBeVisible();
    room.happens({ type: 'unpublished', participant: MAYA.id, source: 'screen' });
    await expect.element(tile("Maya Okafor's screen")).not.toBeInTheDocument();
  });

  it('mirrors oneself and nobody else', async () => {
    room.joins(MAYA);
    const flipped = (name: string) => {
      const video = tile(name).element().querySelector('video');
      return video && getComputedStyle(video).scale.startsWith('-1');
    };
    await expect.poll(() => flipped('Sofia Almeida (you)')).toBe(true);
    expect(flipped('Maya Okafor')).toBe(false);
  });

  it('lights the ring of who speaks without a render, and holds it for half a second', async () => {
    room.joins(MAYA);
    await expect.element(tile('Maya Okafor')).toBeVisible();
    const ring = () => tile('Maya Okafor').element().querySelector('[data-speaking]');
    room.speaks(MAYA.id, 0.1);
    expect(ring()).toBeNull();
    room.speaks(MAYA.id, 0.8);
    expect(ring()).not.toBeNull();
    const began = performance.now();
    await expect.poll(ring, { interval: 20 }).toBeNull();
    expect(performance.now() - began).toBeGreaterThan(400);
  });

  it('keeps the order of who stays and restarts no video', async () => {
    for (const who of [MAYA, JONAS, { id: 'lin-yue-01', name: '林悦', colour: '#b7c4ab' }]) room.joins(who);
    await expect.element(tile('林悦')).toBeVisible();
    const video = tile('林悦').element().querySelector('video');
    room.happens({ type: 'left', participant: JONAS.id, why: 'left', by: null });
    await expect.element(tile('Jonas Weber')).not.toBeInTheDocument();
    expect(tile('林悦').element().querySelector('video')).toBe(video);
    const names = [...page.getByRole('region', { name: 'Stage' }).element().querySelectorAll('[role=group]')].map((g) =>
      g.getAttribute('aria-label'),
    );
    expect(names).toEqual(['Maya Okafor', '林悦', 'Sofia Almeida (you)']);
  });

  it('tells the session which tiles are shown and how large', async () => {
    room.joins(MAYA);
    await expect
      .poll(() => (asked(room, 'show').at(-1) as Map<string, number> | undefined)?.get('maya-okafor/camera'))
      .toBeGreaterThan(700);
    room.joins(JONAS);
    await expect
      .poll(() => (asked(room, 'show').at(-1) as Map<string, number> | undefined)?.get('maya-okafor/camera'))
      .toBeLessThan(500);
    expect([...(asked(room, 'show').at(-1) as Map<string, number>).keys()]).not.toContain(`${YOU}/camera`);
  });

  it('says who is muted, has a hand up, or is away', async () => {
    room.joins({ ...MAYA, muted: true });
    await expect.element(tile('Maya Okafor').getByText('Muted')).toBeInTheDocument();
    room.happens({ type: 'muted-set', participant: MAYA.id, source: 'microphone', muted: false, by: MAYA.id });
    await expect.element(tile('Maya Okafor').getByText('Muted')).not.toBeInTheDocument();
    room.happens({ type: 'hand-set', participant: MAYA.id, raised: true });
    await expect.element(tile('Maya Okafor').getByText('Hand raised, number 1')).toBeInTheDocument();
    room.happens({ type: 'went-away', participant: MAYA.id });
    await expect.element(tile('Maya Okafor').getByText('Reconnecting')).toBeVisible();
  });

  it('says whose line is poor, until it is good again', async () => {
    room.joins(MAYA);
    const poor = tile('Maya Okafor').getByText('Poor connection');
    room.view({ links: new Map([[MAYA.id, { status: 'connected', quality: 'poor' }]]) });
    await expect.element(poor).toBeVisible();
    room.view({ links: new Map([[MAYA.id, { status: 'failed', error: new RtcError('turn-rejected') }]]) });
    await expect
      .element(page.getByTitle('The relay refused us.'))
      .toHaveTextContent('No connectionThe relay refused us.');
    room.view({ links: new Map([[MAYA.id, { status: 'connected', quality: 'good' }]]) });
    await expect.element(poor).not.toBeInTheDocument();
  });

  it('offers the link while one is alone', async () => {
    await expect.element(page.getByText('Your meeting is ready')).toBeVisible();
    room.joins(MAYA);
    await expect.element(page.getByText('Your meeting is ready')).not.toBeInTheDocument();
  });

  it('asks for a tap when the browser refused to play', async () => {
    room.view({ playbackRefused: true });
    await page.getByRole('button', { name: 'Tap to hear' }).click();
    await expect.element(page.getByRole('button', { name: 'Tap to hear' })).not.toBeInTheDocument();
  });
});

describe('the keys', () => {
  it('do what they say and are called by what they will do', async () => {
    await enter();
    await key('Mute').click();
    await expect.element(key('Unmute')).toBeVisible();
    expect(room.local.state.get().wanted.microphone).toBe(false);
    await key('Stop video').click();
    await expect.element(key('Start video')).toBeVisible();
    await key('Raise hand').click();
    await expect.element(key('Lower hand')).toBeVisible();
    await key('Share screen').click();
    await expect.element(page.getByText('You are sharing your screen')).toBeVisible();
    await key('Stop sharing').click();
    await expect.element(key('Share screen')).toBeVisible();
    await key('React').click();
    // It is over before a late click tells that it was made.
    await Promise.all([
      expect.element(tile('Sofia Almeida (you)').getByText('👏')).toBeInTheDocument(),
      page.getByRole('menuitem', { name: 'Applause' }).click(),
    ]);
    expect(asked(room, 'react')).toEqual(['👏']);
  });

  it('can be walked with the arrows', async () => {
    await enter();
    (key('Mute').element() as HTMLElement).focus();
    await userEvent.keyboard('{ArrowRight}{ArrowRight}');
    await expect.element(key('Share screen')).toHaveFocus();
    await userEvent.keyboard('{Home}{ArrowLeft}');
    await expect.element(key('Leave')).toHaveFocus();
  });

  it('have shortcuts, not while one types, and not when they are switched off', async () => {
    await enter();
    await userEvent.keyboard('m');
    await expect.element(key('Unmute')).toBeVisible();
    await userEvent.keyboard('v');
    await expect.element(key('Start video')).toBeVisible();
    await userEvent.keyboard('c');
    const box = page.getByRole('textbox', { name: 'Message', exact: true });
    await expect.element(box).toHaveFocus();
    await userEvent.keyboard('mvs');
    await expect.element(box).toHaveValue('mvs');
    await expect.element(key('Unmute')).toBeVisible();
    await userEvent.keyboard('{Escape}');
    await expect.element(box).not.toBeInTheDocument();
    await key('More').click();
    await page.getByRole('menuitemcheckbox', { name: 'Keyboard shortcuts' }).click();
    await userEvent.keyboard('{Escape}');
    await userEvent.keyboard('m');
    await expect.element(key('Unmute')).toBeVisible();
    expect(key('Unmute').element().getAttribute('aria-keyshortcuts')).toBeNull();
  });

  it('have shortcuts that can be switched off on a phone too, which may have a keyboard', async () => {
    await enter({ size: PHONE });
    await userEvent.keyboard('m');
    await expect.element(key('Unmute')).toBeVisible();
    await key('More').click();
    const row = page.getByRole('button', { name: 'Keyboard shortcuts' });
    await row.click();
    await expect.element(row).toHaveAttribute('aria-pressed', 'false');
    await page.getByRole('dialog').getByRole('button', { name: 'Close' }).click();
    await userEvent.keyboard('m');
    await expect.element(key('Unmute')).toBeVisible();
  });

  it.each([
    ['Camera and sound', 'dialog', 'Close'],
    ['End for all', 'alertdialog', 'Keep it going'],
  ] as const)('get the focus back from what the sheet opened: %s', async (row, role, way) => {
    await enter({ size: PHONE });
    await key('More').click();
    await page.getByRole('dialog', { name: 'More' }).getByRole('button', { name: row }).click();
    await page.getByRole(role).getByRole('button', { name: way }).click();
    await expect.element(page.getByRole(role)).not.toBeInTheDocument();
    await expect.element(key('More')).toHaveFocus();
  });

  it('are exactly five on a phone, the rest in a sheet', async () => {
    await enter({ size: PHONE });
    room.joins(MAYA);
    const names = [...bar.element().querySelectorAll('button')].map((b) => b.getAttribute('aria-label'));
    expect(names).toEqual(['Mute', 'Stop video', 'Chat', 'More', 'Leave']);
    await key('More').click();
    const sheet = page.getByRole('dialog', { name: 'More' });
    await sheet.getByRole('button', { name: 'Raise hand' }).click();
    await expect.element(sheet).not.toBeInTheDocument();
    expect(asked(room, 'setHand')).toEqual([true]);
    await key('More').click();
    await sheet.getByRole('button', { name: 'People' }).click();
    await expect.element(page.getByRole('list', { name: 'People' })).toBeVisible();
  });

  it('give a guest nothing that only hosts may do', async () => {
    await enter({ door: { inviteLink: null, mine: false } }, { role: 'participant' });
    expect(key('Record').query()).toBeNull();
    expect(page.getByText('Copy invite link').query()).toBeNull();
    room.joins(MAYA);
    await key('People').click();
    await expect.element(page.getByRole('list', { name: 'People' }).getByText('Maya Okafor')).toBeVisible();
    expect(page.getByRole('button', { name: 'Remove Maya Okafor' }).query()).toBeNull();
  });

  it('say why when the room refuses', async () => {
    await enter();
    room.refuseNext({ code: 'already-recording' });
    await key('Record').click();
    await expect
      .element(page.getByText('The recording did not start. Somebody is recording already.').first())
      .toBeVisible();
  });
});

describe('sharing the screen', () => {
  beforeEach(() => enter());

  it('says what went wrong in this browser', async () => {
    room.failShare(new RtcError('screen-share-blocked'));
    await key('Share screen').click();
    await expect
      .element(page.getByText('Nothing is shared. The system does not let this browser').first())
      .toBeVisible();
    await expect.element(key('Share screen')).toBeVisible();
  });
});

describe('chat', () => {
  const log = page.getByRole('log', { name: 'Messages' });
  const box = page.getByRole('textbox', { name: 'Message', exact: true });
  const says = (id: string, text: string): void =>
    room.happens({ type: 'chat-sent', message: { id, from: MAYA.id, name: 'Maya Okafor', text, at: Date.now() } });
  beforeEach(async () => {
    await enter();
    room.joins(MAYA);
  });

  it('sends on Enter, breaks lines on Shift+Enter, and clears the box', async () => {
    await key('Chat').click();
    await box.fill('Hello');
    await userEvent.keyboard('{Shift>}{Enter}{/Shift}you{Enter}');
    expect(asked(room, 'chat')).toEqual(['Hello\nyou']);
    await expect.element(box).toHaveValue('');
    await box.fill('again');
    await page.getByRole('button', { name: 'Send' }).click();
    await expect.element(log.getByText('again', { exact: true })).toBeVisible();
    expect(log.getByText('again', { exact: true }).elements()).toHaveLength(1);
  });

  it('shows links that are safe and markup as text', async () => {
    await key('Chat').click();
    says('message-1', 'See https://example.org/x <img src=x onerror=alert(1)> javascript:alert(1)');
    const link = log.getByRole('link');
    await expect.element(link).toHaveAttribute('href', 'https://example.org/x');
    await expect.element(link).toHaveAttribute('rel', 'noopener noreferrer nofollow');
    expect(link.elements()).toHaveLength(1);
    expect(log.element().querySelector('img')).toBeNull();
  });

  it('counts what is unread without putting it into the name', async () => {
    says('message-1', 'one');
    says('message-2', 'two');
    await expect.poll(() => key('Chat').element().querySelector('[data-count]')?.getAttribute('data-count')).toBe('2');
    await key('Chat').click();
    await expect.element(log.getByText('two', { exact: true })).toBeVisible();
    await expect.poll(() => key('Chat').element().querySelector('[data-count]')).toBeNull();
  });

  it('keeps a refused message and sends it again on request', async () => {
    await key('Chat').click();
    room.refuseNext({ code: 'too-fast' });
    await box.fill('Once more');
    await userEvent.keyboard('{Enter}');
    await expect.element(log.getByRole('alert')).toHaveTextContent('Not sent.');
    await log.getByRole('button', { name: 'Try again' }).click();
    await expect.element(log.getByRole('alert')).not.toBeInTheDocument();
    await expect.element(log.getByText('Once more', { exact: true })).toBeVisible();
    expect(asked(room, 'chat')).toEqual(['Once more', 'Once more']);
  });

  it('sends by itself what waited for the line', async () => {
    await key('Chat').click();
    room.view({ phase: { name: 'resuming', since: 0, error: new RtcError('signal-unreachable') } });
    room.refuseNext({ code: 'not-joined' });
    await box.fill('After the fall');
    await userEvent.keyboard('{Enter}');
    await expect.element(log.getByText('Sending')).toBeVisible();
    room.view({ phase: { name: 'connected' } });
    await expect.poll(() => asked(room, 'chat')).toEqual(['After the fall', 'After the fall']);
    await expect.element(log.getByText('Sending')).not.toBeInTheDocument();
  });

  it('takes nothing longer than the room does', async () => {
    await key('Chat').click();
    await box.fill('x'.repeat(4_002));
    await expect.element(page.getByText('2 characters too many. At most 4,000.')).toBeVisible();
    await expect.element(page.getByRole('button', { name: 'Send' })).toBeDisabled();
    await userEvent.keyboard('{Enter}');
    expect(asked(room, 'chat')).toEqual([]);
  });

  it('gives the focus back to its key', async () => {
    await key('Chat').click();
    await page.getByRole('button', { name: 'Close' }).click();
    await expect.element(key('Chat')).toHaveFocus();
  });
});

describe('people', () => {
  beforeEach(async () => {
    await enter();
    room.joins(MAYA);
    room.joins({ ...JONAS, guest: true, muted: true });
    await key('People').click();
  });
  const list = page.getByRole('list', { name: 'People' });

  it('lists everybody with their role', async () => {
    await expect.element(list.getByText('Sofia Almeida (you)')).toBeVisible();
    expect(list.getByRole('listitem').elements()).toHaveLength(3);
    await expect.element(list.getByText('Guest')).toBeVisible();
    await expect.element(list.getByText('Host')).toBeVisible();
  });

  it('lets a host mute', async () => {
    await page.getByRole('button', { name: 'Mute Maya Okafor' }).click();
    expect(asked(room, 'muteParticipant')).toEqual([MAYA.id]);
    await expect.element(tile('Maya Okafor').getByText('Muted')).toBeInTheDocument();
    expect(page.getByRole('button', { name: 'Mute Maya Okafor' }).query()).toBeNull();
  });

  it('asks before it removes, with the focus on the way out', async () => {
    await page.getByRole('button', { name: 'Remove Jonas Weber' }).click();
    const question = page.getByRole('alertdialog', { name: 'Remove Jonas Weber from the meeting?' });
    await expect.element(question.getByRole('button', { name: 'Keep them' })).toHaveFocus();
    await userEvent.keyboard('{Enter}');
    expect(asked(room, 'removeParticipant')).toEqual([]);
    await page.getByRole('button', { name: 'Remove Jonas Weber' }).click();
    await question.getByRole('button', { name: 'Remove', exact: true }).click();
    expect(asked(room, 'removeParticipant')).toEqual([JONAS.id]);
    await expect.element(tile('Jonas Weber')).not.toBeInTheDocument();
  });
});

describe('what happens', () => {
  it('is said in a few words, merged', async () => {
    await enter();
    room.joins(MAYA);
    room.joins(JONAS);
    await expect.element(page.getByText('2 people joined').first()).toBeVisible();
    room.notices({ type: 'silence', device: 'MacBook Pro Microphone' });
    await expect.element(page.getByText('We hear nothing from MacBook Pro Microphone').first()).toBeVisible();
    room.local.setWanted({ microphone: false });
    room.notices({ type: 'speaking-while-muted' });
    await page.getByRole('button', { name: 'Unmute' }).last().click();
    await expect.element(key('Mute')).toBeVisible();
  });

  it('says that the line is gone and back', async () => {
    await enter();
    room.view({ phase: { name: 'resuming', since: 0, error: { code: 'shutting-down' } } });
    await expect.element(page.getByRole('status').getByText('Reconnecting…')).toBeVisible();
    room.view({ links: new Map([['maya-okafor', { status: 'connected' }]]) });
    await expect.element(page.getByText('You still see and hear each other.')).toBeVisible();
    room.view({ links: new Map([['maya-okafor', { status: 'interrupted', since: 0 }]]) });
    await expect.element(page.getByText('Chat and hands wait.')).toBeVisible();
    expect(page.getByText('You still see and hear each other.').query()).toBeNull();
    room.view({ phase: { name: 'connected' } });
    room.notices({ type: 'back' });
    await expect.element(page.getByText('Connection is back').first()).toBeVisible();
    expect(page.getByText('Reconnecting…').query()).toBeNull();
  });

  it('says that a host muted one', async () => {
    await enter({}, { role: 'participant' });
    room.joins({ ...MAYA, role: 'host' });
    room.happens({ type: 'muted-set', participant: YOU, source: 'microphone', muted: true, by: MAYA.id });
    await expect.element(page.getByText('Maya Okafor muted you').first()).toBeVisible();
  });
});

describe('afterwards', () => {
  it('says how the upload of a recording ended', async () => {
    await enter();
    room.view({ recorder: { status: 'uploading', take: 'take-0001' } });
    await key('Leave').click();
    await expect.element(page.getByText('Keep this page open until it is saved.')).toBeVisible();
    room.view({ recorder: { status: 'failed', error: new RtcError('upload-refused') } });
    await expect.element(page.getByRole('alert')).toHaveTextContent('The recording failed.');
    room.view({ recorder: { status: 'done', take: 'take-0001', destination: 'server' } });
    await expect.element(page.getByText('Saved. It will be on the meeting’s page in a minute.')).toBeVisible();
  });

  it('says back in the call nothing of the recording of the time before', async () => {
    await enter();
    room.view({ recorder: { status: 'done', take: 'take-0001', destination: 'server' } });
    await expect.element(page.getByText(/^Saved\. It/).first()).toBeInTheDocument();
    room.view({ phase: { name: 'left', why: { type: 'elsewhere' } } });
    await page.getByRole('button', { name: 'Use it here' }).click();
    await expect.element(bar).toBeVisible();
    room.view({ recorder: { status: 'failed', error: new RtcError('upload-refused') } });
    await expect.element(page.getByText(/^The recording failed/).first()).toBeInTheDocument();
    expect(page.getByText(/^Saved\. It/).elements()).toEqual([]);
  });

  it('comes back by one click', async () => {
    await enter();
    await key('Leave').click();
    await expect
      .element(page.getByRole('link', { name: 'To the meeting’s page' }))
      .toHaveAttribute('href', '/meetings/abcd-efgh-ijkl');
    await page.getByRole('button', { name: 'Rejoin' }).click();
    await expect.element(bar).toBeVisible();
    expect(asked(room, 'joinRoom')).toEqual(['Sofia Almeida', 'Sofia Almeida']);
  });

  it('takes the seat back from another tab and lets the devices go meanwhile', async () => {
    await enter();
    await key('Mute').click();
    room.view({ phase: { name: 'left', why: { type: 'elsewhere' } } });
    await expect.element(page.getByText('Opened in another tab')).toBeVisible();
    const statuses = () => Object.values(room.local.state.get().captures).map(({ status }) => status);
    await expect.poll(statuses).toEqual(['off', 'off', 'off', 'off']);
    await page.getByRole('button', { name: 'Use it here' }).click();
    await expect.element(bar).toBeVisible();
    expect(room.local.state.get().wanted).toEqual({ microphone: false, camera: true });
    expect(room.local.state.get().captures.camera.status).toBe('on');
  });

  it.each([
    { type: 'removed' },
    { type: 'ended' },
    { type: 'refused', refusal: { code: 'ticket-invalid' } },
  ] as const satisfies LeftWhy[])('turns camera and microphone off: $type', async (why) => {
    await enter();
    await room.local.shareScreen();
    room.view({ phase: { name: 'left', why } });
    const statuses = () => Object.values(room.local.state.get().captures).map(({ status }) => status);
    await expect.poll(statuses).toEqual(['off', 'off', 'off', 'off']);
    expect(asked(room, 'leave')).toHaveLength(1);
  });

  it('tries again with camera and microphone as they were', async () => {
    await enter();
    await key('Stop video').click();
    room.view({ phase: { name: 'left', why: { type: 'refused', refusal: { code: 'room-full' } } } });
    await page.getByRole('button', { name: 'Try again' }).click();
    await expect.element(bar).toBeVisible();
    expect(asked(room, 'openLocalMedia').at(-1)).toEqual({ microphone: true, camera: false });
  });

  it('shows whoever was removed no way back', async () => {
    await enter();
    room.view({ phase: { name: 'left', why: { type: 'removed' } } });
    await expect.element(page.getByText('You were removed from the meeting')).toBeVisible();
    expect(page.getByRole('button', { name: 'Rejoin' }).query()).toBeNull();
  });
});
