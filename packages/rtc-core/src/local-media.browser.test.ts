import { afterEach, expect, test, vi } from 'vitest';
import { type Capture, type LocalMedia, type LocalMediaOptions, openLocalMedia } from './local-media';
import { browserPlatform, type Platform } from './platform';

const SMALL: MediaTrackConstraints = { width: 320, height: 180, frameRate: 10 };
const opened: LocalMedia[] = [];
afterEach(() => {
  for (const media of opened.splice(0)) media.close();
});

function open(options: LocalMediaOptions = {}): LocalMedia {
  const media = openLocalMedia({ video: SMALL, ...options });
  opened.push(media);
  return media;
}

type Device = 'camera' | 'microphone' | 'screen' | 'screen-audio';
const capture = (media: LocalMedia, source: Device): Capture => media.state.get().captures[source];

async function on(media: LocalMedia, source: Device): Promise<MediaStreamTrack> {
  await vi.waitFor(() => expect(capture(media, source).status).toBe('on'));
  const now = capture(media, source);
  if (now.status !== 'on') throw new Error(now.status);
  return now.track;
}

/** The browser's devices, with every call to them seen and, where a test says so, answered otherwise. */
function devicesWith(
  answer: (
    constraints: MediaStreamConstraints,
    real: () => Promise<MediaStream>,
    asked: readonly MediaStreamConstraints[],
  ) => Promise<MediaStream>,
): { platform: Platform; asked: MediaStreamConstraints[] } {
  const real = navigator.mediaDevices;
  const asked: MediaStreamConstraints[] = [];
  const mediaDevices = new Proxy(real, {
    get(target, name) {
      if (name === 'getUserMedia')
        return (constraints: MediaStreamConstraints) => {
          asked.push(constraints);
          return answer(constraints, () => target.getUserMedia(constraints), asked);
        };
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
  return { platform: { ...browserPlatform, mediaDevices, permissions: undefined }, asked };
}

test('camera and microphone are asked for together, once', async () => {
  const { platform, asked } = devicesWith((_, real) => real());
  const media = open({ platform });
  media.setWanted({ camera: true });
  media.setWanted({ microphone: true });
  await Promise.all([on(media, 'camera'), on(media, 'microphone')]);
  expect(asked).toHaveLength(1);
  expect(asked[0]).toMatchObject({
    audio: { echoCancellation: true, noiseSuppression: true, autoGainControl: true },
    video: { facingMode: 'user' },
  });
  await vi.waitFor(() => expect(media.state.get().devices.microphones.length).toBeGreaterThan(0));
  expect(media.state.get().devices.cameras[0]?.label).toMatch(/fake/iu);
});

test('mute disables the track at once and keeps the device', async () => {
  const media = open({ remembered: { wanted: { microphone: true, camera: false } } });
  const track = await on(media, 'microphone');
  media.setWanted({ microphone: false });
  expect(track.enabled).toBe(false);
  expect(track.readyState).toBe('live');
  expect(capture(media, 'microphone')).toMatchObject({ status: 'on', muted: true, track });
  media.setWanted({ microphone: true });
  expect(track.enabled).toBe(true);
  expect(capture(media, 'microphone')).toMatchObject({ status: 'on', muted: false, track });
});

test('camera off releases the device at once, on opens it again', async () => {
  const media = open();
  media.setWanted({ camera: true });
  const first = await on(media, 'camera');
  media.setWanted({ camera: false });
  expect(first.readyState).toBe('ended');
  expect(capture(media, 'camera')).toEqual({ status: 'off' });
  media.setWanted({ camera: true });
  const second = await on(media, 'camera');
  expect(second).not.toBe(first);
  expect(second.readyState).toBe('live');
});

test('any order of fast clicks ends as the last one says, with no track left open', async () => {
  const tracks: MediaStreamTrack[] = [];
  const { platform } = devicesWith(async (_, real) => {
    const stream = await real();
    tracks.push(...stream.getTracks());
    return stream;
  });
  const media = open({ platform });
  for (let click = 0; click < 21; click++) {
    media.setWanted({ camera: click % 2 === 0 });
    if (click % 3 === 0) await Promise.resolve();
    if (click % 7 === 0) media.flipCamera();
    if (click % 5 === 0) await new Promise((resolve) => requestAnimationFrame(resolve));
  }
  const track = await on(media, 'camera');
  await vi.waitFor(() => expect(tracks.filter((t) => t.readyState === 'live')).toEqual([track]));
  media.setWanted({ camera: false });
  expect(track.readyState).toBe('ended');
});

test('a flip asks for the camera that looks the other way, also when one was chosen', async () => {
  const { platform, asked } = devicesWith((_, real) => real());
  const media = open({ platform });
  media.setWanted({ camera: true });
  const { deviceId } = (await on(media, 'camera')).getSettings();
  media.choose('camera', deviceId!);
  await vi.waitFor(() => expect(asked).toHaveLength(2));
  expect(asked[1]?.video).toMatchObject({ deviceId: { exact: deviceId } });
  for (const facingMode of ['environment', 'user']) {
    const before = asked.length;
    media.flipCamera();
    expect(media.state.get().facing).toBe(facingMode);
    await vi.waitFor(() => expect(asked).toHaveLength(before + 1));
    expect(asked.at(-1)?.video).toMatchObject({ facingMode });
    expect(asked.at(-1)?.video).not.toHaveProperty('deviceId');
    await on(media, 'camera');
  }
});

test('another microphone replaces the first, which stays until then', async () => {
  const media = open();
  media.setWanted({ microphone: true });
  const first = await on(media, 'microphone');
  await vi.waitFor(() => expect(media.state.get().devices.microphones.length).toBeGreaterThan(1));
  const current = first.getSettings().deviceId;
  const other = media.state.get().devices.microphones.find(({ deviceId }) => deviceId !== current);
  if (!other) throw new Error('the browser has one microphone only');
  const seen = new Set<string>();
  media.state.subscribe(() => seen.add(capture(media, 'microphone').status));
  media.choose('microphone', other.deviceId);
  await vi.waitFor(async () => expect((await on(media, 'microphone')).getSettings().deviceId).toBe(other.deviceId));
  expect(first.readyState).toBe('ended');
  expect([...seen]).toEqual(['on']);
});

test('a microphone that does not come leaves the one before, says why, and is chosen no more', async () => {
  const { platform } = devicesWith((constraints, real) =>
    JSON.stringify(constraints).includes('taken') ? Promise.reject(new DOMException('no', 'NotReadableError')) : real(),
  );
  const media = open({ platform });
  media.setWanted({ microphone: true });
  const first = await on(media, 'microphone');
  media.choose('microphone', 'taken');
  await vi.waitFor(() => expect(capture(media, 'microphone')).toMatchObject({ trouble: { code: 'device-busy' } }));
  expect(capture(media, 'microphone')).toMatchObject({ status: 'on', track: first });
  expect(first.readyState).toBe('live');
  expect(media.state.get().chosen).toEqual({});
  media.setWanted({ microphone: false });
  expect(first.enabled).toBe(false);
  media.setWanted({ microphone: true });
  expect(capture(media, 'microphone')).toEqual({ status: 'on', track: first, muted: false });
});

test('a camera that does not come gives way to the one before, and says why', async () => {
  const { platform, asked } = devicesWith((constraints, real) =>
    JSON.stringify(constraints).includes('taken') ? Promise.reject(new DOMException('no', 'NotReadableError')) : real(),
  );
  const media = open({ platform });
  media.setWanted({ camera: true });
  const camera = (await on(media, 'camera')).getSettings().deviceId!;
  media.choose('camera', camera);
  await vi.waitFor(() => expect(asked).toHaveLength(2));
  await on(media, 'camera');
  media.choose('camera', 'taken');
  await vi.waitFor(() =>
    expect(capture(media, 'camera')).toMatchObject({ status: 'on', trouble: { code: 'device-busy' } }),
  );
  expect((await on(media, 'camera')).readyState).toBe('live');
  expect(media.state.get().chosen).toEqual({ camera });
  // What the person asks for next is no business of the last failure.
  media.choose('camera', camera);
  await vi.waitFor(() => expect(capture(media, 'camera')).not.toHaveProperty('trouble'));
});

test('a chosen device that is away gives way to the default', async () => {
  const media = open({
    remembered: { wanted: { microphone: true, camera: true }, chosen: { camera: 'gone', microphone: 'gone' } },
  });
  await Promise.all([on(media, 'camera'), on(media, 'microphone')]);
});

test('of two cameras chosen fast the last does not come: the one before both is back', async () => {
  let giveSecond: () => void = () => {};
  const { platform, asked } = devicesWith(async (constraints, real) => {
    if (JSON.stringify(constraints).includes('taken')) throw new DOMException('no', 'NotReadableError');
    if (JSON.stringify(constraints).includes('second')) await new Promise<void>((resolve) => (giveSecond = resolve));
    return real();
  });
  const media = open({ platform });
  media.setWanted({ camera: true });
  await on(media, 'camera');
  media.choose('camera', 'second');
  await expect.poll(() => asked.length).toBe(2);
  media.choose('camera', 'taken');
  giveSecond();
  await expect.poll(() => capture(media, 'camera')).toMatchObject({ status: 'on', trouble: { code: 'device-busy' } });
  expect(media.state.get().chosen).toEqual({});
});

test('an unplugged device is told, and the default takes over with the mute kept', async () => {
  const media = open();
  media.setWanted({ microphone: true });
  const first = await on(media, 'microphone');
  media.setWanted({ microphone: false });
  const seen: string[] = [];
  media.state.subscribe(() => {
    const now = capture(media, 'microphone');
    seen.push(now.status === 'failed' ? now.error.code : now.status);
  });
  // The device cannot be pulled out here; the browser would tell it just like this.
  first.dispatchEvent(new Event('ended'));
  await vi.waitFor(() => expect(seen).toContain('device-unplugged'));
  const second = await on(media, 'microphone');
  expect(second).not.toBe(first);
  expect(second.enabled).toBe(false);
  expect(capture(media, 'microphone')).toMatchObject({ muted: true });
});

test('an unplugged device stays chosen, and is used again when it is plugged in', async () => {
  let plugged = true;
  const { platform, asked } = devicesWith((_, real) => real());
  const mediaDevices = new Proxy(platform.mediaDevices!, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name, target);
      if (name === 'enumerateDevices')
        return async () => (await target.enumerateDevices()).filter((d) => plugged || d.deviceId !== headset);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
  const media = open({ platform: { ...platform, mediaDevices } });
  media.setWanted({ microphone: true });
  await on(media, 'microphone');
  await vi.waitFor(() => expect(media.state.get().devices.microphones.length).toBeGreaterThan(1));
  const headset = media.state.get().devices.microphones.at(-1)!.deviceId;
  media.choose('microphone', headset);
  await vi.waitFor(async () => expect((await on(media, 'microphone')).getSettings().deviceId).toBe(headset));
  const idOf = () => JSON.stringify(asked.at(-1)?.audio).includes(headset);
  expect(idOf()).toBe(true);

  plugged = false;
  (await on(media, 'microphone')).dispatchEvent(new Event('ended'));
  await vi.waitFor(() => expect(idOf()).toBe(false));
  await on(media, 'microphone');
  expect(media.state.get().chosen).toEqual({ microphone: headset });
  platform.mediaDevices!.dispatchEvent(new Event('devicechange'));
  await vi.waitFor(() => expect(media.state.get().devices.microphones.map((d) => d.deviceId)).not.toContain(headset));
  expect(asked).toHaveLength(3);

  plugged = true;
  platform.mediaDevices!.dispatchEvent(new Event('devicechange'));
  await vi.waitFor(() => expect(idOf()).toBe(true));
  await vi.waitFor(async () => expect((await on(media, 'microphone')).getSettings().deviceId).toBe(headset));
});

test.each([
  ['NotAllowedError', 'permission-denied'],
  ['NotFoundError', 'device-not-found'],
  ['NotReadableError', 'device-busy'],
  ['TypeError', 'capture-failed'],
])('%s of the camera is told as %s, and the microphone works', async (name, code) => {
  const { platform } = devicesWith((constraints, real) =>
    constraints.video ? Promise.reject(new DOMException('no', name)) : real(),
  );
  const media = open({ platform });
  media.setWanted({ camera: true, microphone: true });
  await on(media, 'microphone');
  await vi.waitFor(() => expect(capture(media, 'camera')).toMatchObject({ status: 'failed', error: { code } }));
  media.setWanted({ camera: false });
  expect(capture(media, 'camera')).toEqual({ status: 'off' });
});

test('a prompt turned down as a whole is not followed by two more', async () => {
  const { platform, asked } = devicesWith(() => Promise.reject(new DOMException('no', 'NotAllowedError')));
  const status = Object.assign(new EventTarget(), { state: 'prompt', name: 'camera' });
  const permissions = { query: () => Promise.resolve(status as unknown as PermissionStatus) } as Permissions;
  const media = open({ platform: { ...platform, permissions } });
  media.setWanted({ camera: true, microphone: true });
  for (const source of ['camera', 'microphone'] as const)
    await vi.waitFor(() =>
      expect(capture(media, source)).toMatchObject({ status: 'failed', error: { code: 'permission-denied' } }),
    );
  expect(asked).toHaveLength(1);
});

test.each(['granted', 'prompt'])('a permission given back is used without a click: %s', async (given) => {
  let denied = true;
  const { platform } = devicesWith((_, real) =>
    denied ? Promise.reject(new DOMException('no', 'NotAllowedError')) : real(),
  );
  const status = Object.assign(new EventTarget(), { state: 'denied' });
  const permissions = { query: () => Promise.resolve(status as unknown as PermissionStatus) } as Permissions;
  const media = open({ platform: { ...platform, permissions } });
  media.setWanted({ microphone: true });
  await vi.waitFor(() => expect(capture(media, 'microphone').status).toBe('failed'));
  denied = false;
  status.state = given;
  status.dispatchEvent(new Event('change'));
  await on(media, 'microphone');
});

test('without mediaDevices the page is told that it is not secure', async () => {
  const media = open({ platform: { ...browserPlatform, mediaDevices: undefined } });
  expect(media.canShareScreen).toBe(false);
  media.setWanted({ camera: true, microphone: true });
  await vi.waitFor(() =>
    expect(capture(media, 'camera')).toMatchObject({ status: 'failed', error: { code: 'insecure-context' } }),
  );
  await expect(media.shareScreen()).rejects.toMatchObject({ code: 'screen-share-unsupported' });
});

test('a shared screen has picture and sound, and ends when the browser ends it', async () => {
  const media = open();
  expect(media.canShareScreen).toBe(true);
  await media.shareScreen();
  const screen = await on(media, 'screen');
  const sound = await on(media, 'screen-audio');
  expect([screen.contentHint, sound.contentHint]).toEqual(['detail', 'music']);
  screen.dispatchEvent(new Event('ended'));
  expect(capture(media, 'screen').status).toBe('off');
  expect(capture(media, 'screen-audio').status).toBe('off');
  expect(sound.readyState).toBe('ended');
});

test('only the sound of a screen can be shared', async () => {
  const media = open();
  await media.shareScreen({ soundOnly: true });
  const sound = await on(media, 'screen-audio');
  expect(capture(media, 'screen').status).toBe('off');
  expect(sound.readyState).toBe('live');
  media.stopSharing();
  expect(sound.readyState).toBe('ended');
});

test('a share that is stopped while its picker is open never starts', async () => {
  const media = open();
  let pick: (stream: MediaStream) => void = () => undefined;
  const picker = vi
    .spyOn(navigator.mediaDevices, 'getDisplayMedia')
    .mockReturnValue(new Promise((resolve) => (pick = resolve)));
  const sharing = media.shareScreen();
  media.stopSharing();
  const late = document.createElement('canvas');
  late.getContext('2d');
  const stream = late.captureStream(1);
  pick(stream);
  await expect(sharing).rejects.toMatchObject({ code: 'screen-share-cancelled' });
  picker.mockRestore();
  expect(capture(media, 'screen').status).toBe('off');
  expect(stream.getVideoTracks()[0]?.readyState).toBe('ended');
});

test('a picker that is closed is a cancelled share and leaves the last one', async () => {
  const media = open();
  await media.shareScreen();
  const screen = await on(media, 'screen');
  const picker = vi
    .spyOn(navigator.mediaDevices, 'getDisplayMedia')
    .mockRejectedValue(new DOMException('Permission denied', 'NotAllowedError'));
  await expect(media.shareScreen()).rejects.toMatchObject({ code: 'screen-share-cancelled' });
  picker.mockRestore();
  expect(capture(media, 'screen')).toMatchObject({ status: 'on', track: screen });
});

test('the level follows the microphone and is zero while muted', async () => {
  const media = open();
  const levels: number[] = [];
  media.onLevel((level) => levels.push(level));
  media.setWanted({ microphone: true });
  await on(media, 'microphone');
  await vi.waitFor(() => expect(Math.max(...levels)).toBeGreaterThan(0.2), { timeout: 10_000 });
  media.setWanted({ microphone: false });
  levels.length = 0;
  await vi.waitFor(() => expect(levels.length).toBeGreaterThan(15), { timeout: 10_000 });
  expect(Math.max(...levels)).toBe(0);
});

test('speech while muted is noticed, though the sent track is silent', async () => {
  const context = new AudioContext();
  const voice = new OscillatorNode(context, { frequency: 220 });
  const microphone = context.createMediaStreamDestination();
  voice.connect(microphone);
  voice.start();
  const { platform } = devicesWith(() => Promise.resolve(microphone.stream));
  const media = open({ platform });
  const told = new Promise((resolve) => media.onNotice(resolve));
  media.setWanted({ microphone: true });
  const track = await on(media, 'microphone');
  media.setWanted({ microphone: false });
  expect(track.enabled).toBe(false);
  await expect(told).resolves.toEqual({ type: 'speaking-while-muted' });
  await context.close();
});

test('digital silence of an open microphone is told with its name', async () => {
  const context = new AudioContext();
  const { platform } = devicesWith(() => Promise.resolve(context.createMediaStreamDestination().stream));
  const media = open({ platform });
  const told = new Promise((resolve) => media.onNotice(resolve));
  media.setWanted({ microphone: true });
  const track = await on(media, 'microphone');
  await expect(told).resolves.toEqual({ type: 'silence', device: track.label });
  await context.close();
});

test('what was let go comes back as it was wanted', async () => {
  const media = open();
  const wanted = { camera: true, microphone: true };
  media.setWanted(wanted);
  await media.shareScreen();
  const tracks = [await on(media, 'camera'), await on(media, 'microphone'), await on(media, 'screen')];
  media.release();
  expect(tracks.map(({ readyState }) => readyState)).toEqual(['ended', 'ended', 'ended']);
  expect(Object.values(media.state.get().captures).every(({ status }) => status === 'off')).toBe(true);
  expect(media.state.get().wanted).toEqual(wanted);
  media.setWanted(media.state.get().wanted);
  await Promise.all([on(media, 'camera'), on(media, 'microphone')]);
  expect(capture(media, 'screen').status).toBe('off');
});

test('a microphone whose level cannot be measured is let go all the same', async () => {
  const made: MediaStreamTrack[] = [];
  const { platform } = devicesWith(async (_, real) => {
    const stream = await real();
    for (const track of stream.getTracks()) {
      made.push(track);
      const clone = track.clone.bind(track);
      track.clone = () => {
        const copy = clone();
        made.push(copy);
        return copy;
      };
    }
    return stream;
  });
  // Firefox refuses sources whose rate is another than the context's.
  const createAudioContext = (): AudioContext =>
    Object.assign(new AudioContext(), {
      createMediaStreamSource: () => {
        throw new DOMException('different sample-rate', 'NotSupportedError');
      },
    });
  const media = open({ platform: { ...platform, createAudioContext } });
  media.setWanted({ microphone: true });
  await on(media, 'microphone');
  media.close();
  expect(made).toHaveLength(2);
  expect(made.map(({ readyState }) => readyState)).toEqual(['ended', 'ended']);
});

test('a second click while the picker is open opens no other', async () => {
  const media = open();
  const picker = vi.spyOn(navigator.mediaDevices, 'getDisplayMedia');
  await Promise.all([media.shareScreen(), media.shareScreen()]);
  expect(picker).toHaveBeenCalledTimes(1);
  expect(picker.mock.calls[0]?.[0]).toMatchObject({
    audio: { restrictOwnAudio: true },
    selfBrowserSurface: 'exclude',
    surfaceSwitching: 'include',
    systemAudio: 'include',
  });
  picker.mockRestore();
  await on(media, 'screen');
});

test('close releases everything, also what is only on its way', async () => {
  const tracks: MediaStreamTrack[] = [];
  const { platform } = devicesWith(async (_, real) => {
    const stream = await real();
    tracks.push(...stream.getTracks());
    return stream;
  });
  const media = open({ platform });
  media.setWanted({ camera: true, microphone: true });
  await Promise.resolve();
  media.close();
  media.close();
  await vi.waitFor(() => expect(tracks).toHaveLength(2));
  await vi.waitFor(() => expect(tracks.every((t) => t.readyState === 'ended')).toBe(true));
  expect(Object.values(media.state.get().captures).every(({ status }) => status === 'off')).toBe(true);
});
