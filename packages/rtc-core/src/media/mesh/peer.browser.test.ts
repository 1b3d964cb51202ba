import { browserPlatform } from '../../platform';
import { peerContract } from './peer.contract';

peerContract('RTCPeerConnection', {
  platform: browserPlatform,
  track(kind) {
    const stream =
      kind === 'video'
        ? document.createElement('canvas').captureStream(1)
        : new AudioContext().createMediaStreamDestination().stream;
    const [track] = stream.getTracks();
    if (!track) throw new Error(`no ${kind} track`);
    return track;
  },
});
