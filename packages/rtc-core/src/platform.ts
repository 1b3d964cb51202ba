/** The browser as an argument, so that tests can bring another. */
export interface Platform {
  createPeerConnection(configuration: RTCConfiguration): RTCPeerConnection;
  createMediaStream(tracks?: readonly MediaStreamTrack[]): MediaStream;
  /** Throws where there is no Web Audio. May come `suspended` outside a click. */
  createAudioContext(): AudioContext;
  /** Absent on http:// outside localhost. */
  readonly mediaDevices: MediaDevices | undefined;
  /** Absent in some browsers and on http:// outside localhost. */
  readonly permissions: Permissions | undefined;
  /** Calls `listener` when the browser has a network again; returns the function that stops it. */
  onOnline(listener: () => void): () => void;
  /** Milliseconds since the epoch. */
  now(): number;
  setTimeout(callback: () => void, ms: number): unknown;
  clearTimeout(timer: unknown): void;
  /** A fresh identifier of 128 random bits, URL-safe. */
  randomId(): string;
}

/** `navigator`, where there is one: not in Node 20, where rtc-core is tested. */
const browserNavigator = (): Navigator | undefined => globalThis.navigator;

export const browserPlatform: Platform = {
  createPeerConnection: (configuration) => new RTCPeerConnection(configuration),
  createMediaStream: (tracks = []) => new MediaStream([...tracks]),
  createAudioContext: () => new AudioContext(),
  get mediaDevices() {
    return browserNavigator()?.mediaDevices;
  },
  get permissions() {
    return browserNavigator()?.permissions;
  },
  onOnline(listener) {
    globalThis.addEventListener('online', listener);
    return () => globalThis.removeEventListener('online', listener);
  },
  now: () => Date.now(),
  setTimeout: (callback, ms) => setTimeout(callback, ms),
  clearTimeout: (timer) => clearTimeout(timer as ReturnType<typeof setTimeout>),
  randomId() {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    return btoa(String.fromCharCode(...bytes))
      .replaceAll('+', '-')
      .replaceAll('/', '_')
      .replaceAll('=', '');
  },
};
