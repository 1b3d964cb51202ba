/** The browser as an argument, so that tests can bring another. */
export interface Platform {
  createPeerConnection(configuration: RTCConfiguration): RTCPeerConnection;
  /** Absent on http:// outside localhost. */
  readonly mediaDevices: MediaDevices | undefined;
  /** Milliseconds since the epoch. */
  now(): number;
  setTimeout(callback: () => void, ms: number): unknown;
  clearTimeout(timer: unknown): void;
  /** A fresh identifier of 128 random bits, URL-safe. */
  randomId(): string;
}

export const browserPlatform: Platform = {
  createPeerConnection: (configuration) => new RTCPeerConnection(configuration),
  get mediaDevices() {
    return navigator.mediaDevices as MediaDevices | undefined;
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
