let made = 0;

/** Stands for a MediaStreamTrack where there is none: carries no media, has its life cycle. */
export class FakeTrack extends EventTarget {
  readonly id = `track-${++made}`;
  readonly label: string;
  enabled = true;
  muted = false;
  contentHint = '';
  readyState: MediaStreamTrackState = 'live';
  onended: ((event: Event) => void) | null = null;

  constructor(
    readonly kind: 'audio' | 'video',
    private readonly settings: MediaTrackSettings = kind === 'video' ? { width: 640, height: 360 } : {},
  ) {
    super();
    this.label = `fake ${kind}`;
  }

  getSettings(): MediaTrackSettings {
    return this.settings;
  }

  clone(): FakeTrack {
    return new FakeTrack(this.kind, this.settings);
  }

  stop(): void {
    this.readyState = 'ended';
  }
}

export const fakeTrack = (kind: 'audio' | 'video'): MediaStreamTrack =>
  new FakeTrack(kind) as unknown as MediaStreamTrack;

let streams = 0;

export function fakeStream(tracks: readonly MediaStreamTrack[] = []): MediaStream {
  return { id: `stream-${++streams}`, getTracks: () => [...tracks] } as unknown as MediaStream;
}
