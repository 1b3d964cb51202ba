import { describe, expect, it } from 'vitest';
import type { Source } from '@parley/protocol/room-state';
import { RtcError } from './errors';
import { type Publications, desiredPublications, mutedByOther, nextChange } from './publications';
import { createFakeLocalMedia, fakeTrack } from './testing/fake-local-media';

const on = (kind: 'audio' | 'video', muted = false) => ({ status: 'on', track: fakeTrack(kind), muted }) as const;
const none: ReadonlySet<Source> = new Set();

describe('desiredPublications', () => {
  it('announces nothing of who has no device', () => {
    const local = createFakeLocalMedia({ has: [] });
    expect(desiredPublications(local.state.get(), none)).toEqual({});
  });

  it('announces a device that is off as muted', () => {
    const local = createFakeLocalMedia({ on: [] });
    expect(desiredPublications(local.state.get(), none)).toEqual({
      microphone: { muted: true },
      camera: { muted: true },
    });
  });

  it('says whether the microphone is muted', () => {
    const local = createFakeLocalMedia({ has: ['microphone'] });
    local.capture('microphone', on('audio', true));
    expect(desiredPublications(local.state.get(), none)).toEqual({ microphone: { muted: true } });
  });

  it('keeps a camera that failed after it was on, and announces none that never was', () => {
    const local = createFakeLocalMedia();
    local.capture('camera', { status: 'failed', error: new RtcError('device-unplugged') });
    expect(desiredPublications(local.state.get(), new Set(['camera'])).camera).toEqual({ muted: true });
    expect(desiredPublications(local.state.get(), none).camera).toBeUndefined();
  });

  it('announces a screen only while it is shared', () => {
    const local = createFakeLocalMedia({ has: [] });
    local.capture('screen', on('video'));
    expect(desiredPublications(local.state.get(), none)).toEqual({ screen: { muted: false } });
    local.stopSharing();
    expect(desiredPublications(local.state.get(), new Set(['screen']))).toEqual({});
  });
});

describe('nextChange', () => {
  it.each<[Publications, Publications, unknown]>([
    [{}, {}, null],
    [{ camera: { muted: true } }, { camera: { muted: true } }, null],
    [{ camera: { muted: false } }, {}, { name: 'publish', request: { source: 'camera', muted: false } }],
    [{}, { screen: { muted: false } }, { name: 'unpublish', request: { source: 'screen' } }],
    [
      { microphone: { muted: true } },
      { microphone: { muted: false } },
      { name: 'set-muted', request: { source: 'microphone', muted: true } },
    ],
  ])('from wanted %j and actual %j', (desired, actual, change) => {
    expect(nextChange(desired, actual)).toEqual(change);
  });
});

describe('mutedByOther', () => {
  const event = { type: 'muted-set', participant: 'me', source: 'camera', muted: true, by: 'host' } as const;
  it('knows a host who mutes us from ourselves and from others', () => {
    expect(mutedByOther(event, 'me')).toBe('camera');
    expect(mutedByOther({ ...event, by: 'me' }, 'me')).toBeNull();
    expect(mutedByOther(event, 'another')).toBeNull();
    expect(mutedByOther({ ...event, muted: false }, 'me')).toBeNull();
  });
});
