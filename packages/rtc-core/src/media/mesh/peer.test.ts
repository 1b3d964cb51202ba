import { browserPlatform } from '../../platform';
import { fakeStream, fakeTrack } from '../../testing/fake-media';
import { createFakeNetwork } from '../../testing/fake-peer-connection';
import { peerContract } from './peer.contract';

const network = createFakeNetwork();

peerContract('the fake connection', {
  platform: {
    ...browserPlatform,
    createPeerConnection: () => network.createPeerConnection(),
    createMediaStream: fakeStream,
  },
  track: fakeTrack,
});
