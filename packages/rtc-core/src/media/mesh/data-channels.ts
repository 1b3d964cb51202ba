import type { Platform } from '../../platform';

const HEARTBEAT_MS = 1_000;
/** Heartbeats may be lost; three in a row hardly ever are. */
const SILENT_AFTER_MS = 3_000;

// First character of each message: what follows.
const HEARTBEAT = 'h';
const BYE = 'b';
const TEXT = 't';

export type ChannelName = 'fast' | 'sure';

export interface DataChannelsOptions {
  readonly pc: RTCPeerConnection;
  readonly platform: Platform;
  readonly onText: (channel: ChannelName, text: string) => void;
  /** The far end closes of its own will. */
  readonly onBye: () => void;
  /** The channels ended without a word from us or them: the far end closed its connection. */
  readonly onEnd: () => void;
  /** Each second while no heartbeat came for three seconds or more: ms since the last one. */
  readonly onSilence: (silentMs: number) => void;
}

export interface DataChannels {
  /** Whether the message was handed to an open channel. */
  send(channel: ChannelName, text: string): boolean;
  /** Tells the far end that we go. Whether it could be said. */
  bye(): boolean;
  close(): void;
}

/**
 * The two data channels of a peer, with ids agreed beforehand so that none must be announced (WebRTC 1.0, 6.1 `negotiated`):
 * `fast` neither orders nor repeats, `sure` does both. Make them before the first offer, or before its answer.
 */
export function openDataChannels({ pc, platform, onText, onBye, onEnd, onSilence }: DataChannelsOptions): DataChannels {
  const channels: Readonly<Record<ChannelName, RTCDataChannel>> = {
    fast: pc.createDataChannel('fast', { negotiated: true, id: 0, ordered: false, maxRetransmits: 0 }),
    sure: pc.createDataChannel('sure', { negotiated: true, id: 1, ordered: true }),
  };
  let lastHeard: number | null = null;
  let timer: unknown = null;
  let closed = false;
  let saidBye = false;

  function put(channel: ChannelName, message: string): boolean {
    if (closed || channels[channel].readyState !== 'open') return false;
    try {
      channels[channel].send(message);
      return true;
    } catch {
      // The send buffer is full, or the channel closed a moment ago: for the caller it is the same.
      return false;
    }
  }

  function beat(): void {
    put('fast', HEARTBEAT);
    if (lastHeard !== null && platform.now() - lastHeard >= SILENT_AFTER_MS) onSilence(platform.now() - lastHeard);
    timer = platform.setTimeout(beat, HEARTBEAT_MS);
  }

  channels.fast.onopen = () => {
    if (closed) return;
    lastHeard ??= platform.now();
    platform.clearTimeout(timer);
    beat();
  };

  channels.sure.onclose = () => {
    if (!closed && !saidBye) onEnd();
  };

  for (const name of ['fast', 'sure'] as const) {
    channels[name].onmessage = ({ data }: MessageEvent) => {
      if (closed || typeof data !== 'string') return;
      lastHeard = platform.now();
      if (data.startsWith(TEXT)) onText(name, data.slice(TEXT.length));
      else if (data === BYE && name === 'sure') {
        saidBye = true;
        onBye();
      }
    };
  }

  return {
    send: (channel, text) => put(channel, TEXT + text),
    bye: () => put('sure', BYE),
    close() {
      closed = true;
      platform.clearTimeout(timer);
    },
  };
}
