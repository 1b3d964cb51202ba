import { SOURCES, type Source } from '@parley/protocol/room-state';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { type LogEntry, type Logger, silentLogger } from '../../logger';
import type { Platform } from '../../platform';
import type { LinkState } from '../../room-view';
import { seeded } from '../../testing/seeded';
import type { NegotiationBody } from './negotiation';
import { createPeer, type Peer } from './peer';

/** A browser, or what stands for one. */
export interface World {
  readonly platform: Platform;
  readonly track: (kind: 'audio' | 'video') => MediaStreamTrack;
}

/** One end of a link under test, with all it said and was told. */
interface End {
  readonly peer: Peer;
  readonly pc: RTCPeerConnection;
  readonly polite: boolean;
  readonly sent: NegotiationBody[];
  readonly links: LinkState[];
  readonly texts: [channel: string, text: string][];
  readonly silences: unknown[];
  readonly strangers: NegotiationBody[];
  readonly log: Pick<LogEntry, 'message' | 'context'>[];
  arrivals: ReadonlyMap<Source, MediaStreamTrack>;
  arrivalsTold: number;
  /** What happens to a message of this end on its way. Default: it arrives, later. */
  post: (body: NegotiationBody, deliver: () => void) => void;
}

const TIMEOUT = { timeout: 15_000, interval: 5 };
const ufrag = (description: RTCSessionDescription | null): string =>
  /^a=ice-ufrag:(\S+)/mu.exec(description?.sdp ?? '')?.[1] ?? 'none';

/** Both ends speak of the same connection: each holds as remote what the other holds as local. */
const agree = (a: End, b: End): boolean =>
  a.pc.signalingState === 'stable' &&
  b.pc.signalingState === 'stable' &&
  ufrag(a.pc.localDescription) === ufrag(b.pc.remoteDescription) &&
  ufrag(b.pc.localDescription) === ufrag(a.pc.remoteDescription);

const glares = (end: End): number => end.log.filter(({ message }) => message === 'glare').length;
const failures = (end: End): unknown[] =>
  end.log.filter(({ message }) => message === 'negotiation failed' || message === 'candidate refused');
/** How many it has made: one that is not answered at once, as on a busy machine, is sent again. */
const offersOf = (end: End): number => {
  const offers = end.sent.flatMap((body) => (body.kind === 'description' ? [body.description] : []));
  return new Set(offers.filter(({ type }) => type === 'offer').map(({ sdp }) => /^o=.*$/mu.exec(sdp)?.[0])).size;
};

/** What every RTCPeerConnection must bear from a peer, and a peer from it. Run on the fake and on the real one. */
export function peerContract(name: string, { platform, track }: World): void {
  const ends: End[] = [];
  afterEach(() => {
    for (const end of ends.splice(0)) end.peer.close();
  });

  function logTo(end: () => End | undefined): Logger {
    const note = (message: string, context: Record<string, unknown> = {}) => end()?.log.push({ message, context });
    return { ...silentLogger, info: note, warn: note, error: note, with: () => logTo(end) };
  }

  function makeEnd(polite: boolean, far: () => End | undefined): End {
    let pc: RTCPeerConnection | undefined;
    const self: { end?: End } = {};
    const peer = createPeer({
      polite,
      configuration: {},
      platform: { ...platform, createPeerConnection: (c) => (pc = platform.createPeerConnection(c)) },
      logger: logTo(() => self.end),
      send(body) {
        const { end } = self;
        if (!end) throw new Error('sent before it was made');
        end.sent.push(body);
        const copy = structuredClone(body);
        end.post(copy, () => setTimeout(() => far()?.peer.receive(copy)));
      },
      onLink: (state) => self.end?.links.push(state),
      onArrivals(tracks) {
        const { end } = self;
        if (!end) return;
        end.arrivals = tracks;
        end.arrivalsTold += 1;
      },
      onText: (channel, text) => self.end?.texts.push([channel, text]),
      onSilence: (what) => self.end?.silences.push(what),
      onStranger: (body) => self.end?.strangers.push(body),
    });
    if (!pc) throw new Error('the peer made no connection');
    const end: End = {
      peer,
      pc,
      polite,
      sent: [],
      links: [],
      texts: [],
      silences: [],
      strangers: [],
      log: [],
      arrivals: new Map(),
      arrivalsTold: 0,
      post: (_body, deliver) => deliver(),
    };
    self.end = end;
    ends.push(end);
    return end;
  }

  /** A polite and an impolite end with a wire between them. */
  function pair(post?: End['post']): { polite: End; impolite: End } {
    const both: { polite?: End; impolite?: End } = {};
    const polite = (both.polite = makeEnd(true, () => both.impolite));
    const impolite = (both.impolite = makeEnd(false, () => both.polite));
    if (post) polite.post = impolite.post = post;
    return { polite, impolite };
  }

  const connected = (...all: End[]): Promise<void> =>
    vi.waitFor(() => expect(all.map(({ pc }) => pc.connectionState)).toEqual(all.map(() => 'connected')), TIMEOUT);

  const agreed = (a: End, b: End): Promise<void> => vi.waitFor(() => expect(agree(a, b)).toBe(true), TIMEOUT);

  /** A turn for everything that is on its way: what was queued before it has happened after it. */
  const settle = async (...all: End[]): Promise<void> => {
    for (let turn = 0; turn < 5; turn++) {
      await new Promise((resolve) => setTimeout(resolve, 20));
      await Promise.all(all.map(({ pc }) => pc.getStats()));
    }
  };

  describe(`a peer on ${name}`, () => {
    test('connects with one offer over four slots in order', async () => {
      const { polite, impolite } = pair();
      await connected(polite, impolite);
      await settle(polite, impolite);
      expect([offersOf(polite), offersOf(impolite)]).toEqual([0, 1]);
      for (const end of [polite, impolite]) {
        expect(end.pc.getTransceivers().map(({ mid, direction }) => [mid, direction])).toEqual(
          ['0', '1', '2', '3'].map((mid) => [mid, 'sendrecv']),
        );
        expect([...end.arrivals].map(([source, { kind }]) => [source, kind])).toEqual([
          ['microphone', 'audio'],
          ['camera', 'video'],
          ['screen', 'video'],
          ['screen-audio', 'audio'],
        ]);
        expect(end.arrivalsTold).toBe(1);
        expect(end.links).toEqual([{ status: 'connected' }]);
        expect(failures(end)).toEqual([]);
      }
    });

    test('groups voice with face, and screen with its sound, on both sides', async () => {
      const { polite, impolite } = pair();
      await connected(polite, impolite);
      for (const { pc } of [polite, impolite]) {
        const streams = [...(pc.localDescription?.sdp ?? '').matchAll(/^a=msid:(\S+) /gmu)]
          .map(([, stream]) => stream)
          .slice(0, SOURCES.length);
        const [microphone, camera, screen, sound] = streams;
        expect(microphone).not.toBe('-');
        expect([camera, sound]).toEqual([microphone, screen]);
        expect(screen).not.toBe(microphone);
      }
    });

    test('opens both data channels', async () => {
      const { polite, impolite } = pair();
      await vi.waitFor(() => expect(polite.peer.sendText('sure', 'h')).toBe(true), TIMEOUT);
      await vi.waitFor(() => expect(impolite.peer.sendText('fast', 'b')).toBe(true), TIMEOUT);
      await vi.waitFor(() => {
        expect(impolite.texts).toEqual([['sure', 'h']]);
        expect(polite.texts).toEqual([['fast', 'b']]);
      }, TIMEOUT);
      expect(impolite.silences).toEqual([]);
    });

    test('replaces tracks before and after the exchange without another offer', async () => {
      const { polite, impolite } = pair();
      const [voice, face, later] = [track('audio'), track('video'), track('video')];
      await polite.peer.setTrack('microphone', voice);
      await impolite.peer.setTrack('camera', face);
      await connected(polite, impolite);
      expect(polite.pc.getTransceivers()[0]?.sender.track).toBe(voice);
      expect(impolite.pc.getTransceivers()[1]?.sender.track).toBe(face);
      await Promise.all([polite.peer.setTrack('screen', later), impolite.peer.setTrack('camera', null)]);
      expect(polite.pc.getTransceivers()[2]?.sender.track).toBe(later);
      expect(impolite.pc.getTransceivers()[1]?.sender.track).toBeNull();
      await settle(polite, impolite);
      expect(offersOf(polite) + offersOf(impolite)).toBe(1);
      for (const sent of [voice, face, later]) sent.stop();
    });

    test('meets glare in fifty rounds and comes out of each in agreement', async () => {
      const { polite, impolite } = pair();
      await connected(polite, impolite);
      for (let round = 0; round < 50; round++) {
        const before = [offersOf(polite), offersOf(impolite)] as const;
        polite.peer.restart('test');
        impolite.peer.restart('test');
        await vi.waitFor(() => {
          expect(offersOf(polite) + offersOf(impolite)).toBeGreaterThan(before[0] + before[1]);
          expect(agree(polite, impolite)).toBe(true);
        }, TIMEOUT);
      }
      await settle(polite, impolite);
      await agreed(polite, impolite);
      expect(glares(polite)).toBeGreaterThan(10);
      expect(polite.log.every(({ message, context }) => message !== 'glare' || context['yields'] === true)).toBe(true);
      for (const end of [polite, impolite]) {
        expect(failures(end)).toEqual([]);
        expect(end.pc.getTransceivers()).toHaveLength(4);
      }
      await connected(polite, impolite);
    });

    test('an offer that arrives while the own one is being made is glare too', async () => {
      const { polite, impolite } = pair();
      await connected(polite, impolite);
      const held: (() => void)[] = [];
      polite.post = (body, deliver) =>
        body.kind === 'description' && body.description.type === 'offer' ? held.push(deliver) : deliver();
      polite.peer.restart('test');
      await vi.waitFor(() => expect(held).toHaveLength(1), TIMEOUT);
      polite.post = (_body, deliver) => deliver();
      // The far end's offer is handed over the moment ours begins to be made: nothing but `makingOffer` knows of it yet.
      const real = impolite.pc.setLocalDescription.bind(impolite.pc);
      let stateThen: string | undefined;
      impolite.pc.setLocalDescription = (description) => {
        impolite.pc.setLocalDescription = real;
        const making = real(description);
        stateThen = impolite.pc.signalingState;
        const offer = polite.sent.findLast((b) => b.kind === 'description' && b.description.type === 'offer');
        if (offer) impolite.peer.receive(structuredClone(offer));
        return making;
      };
      impolite.peer.restart('test');
      await vi.waitFor(() => expect(glares(impolite)).toBe(1), TIMEOUT);
      expect(stateThen).toBe('stable');
      await vi.waitFor(() => expect(offersOf(impolite)).toBe(2), TIMEOUT);
      await agreed(polite, impolite);
      expect(impolite.log.find(({ message }) => message === 'glare')?.context).toEqual({ yields: false });
      expect(glares(polite)).toBe(1);
      expect([...failures(polite), ...failures(impolite)]).toEqual([]);
    });

    test.each(['offer', 'answer', 'candidates'] as const)('a lost %s is made good by resend', async (lost) => {
      const dropped: NegotiationBody[] = [];
      const { polite, impolite } = pair((body, deliver) => {
        const what = body.kind === 'description' ? body.description.type : 'candidates';
        if (what !== lost) deliver();
        else dropped.push(body);
      });
      await vi.waitFor(() => expect(dropped.length).toBeGreaterThan(0), TIMEOUT);
      await settle(polite, impolite);
      polite.post = impolite.post = (_body, deliver) => deliver();
      polite.peer.resend();
      impolite.peer.resend();
      await connected(polite, impolite);
      await agreed(polite, impolite);
      expect([...failures(polite), ...failures(impolite)]).toEqual([]);
    });

    test('an offer whose answer could not be made is answered when it comes again', async () => {
      const { polite, impolite } = pair();
      const answer = vi.spyOn(polite.pc, 'setLocalDescription').mockRejectedValueOnce(new Error('not now'));
      await vi.waitFor(() => expect(failures(polite)).toHaveLength(1), TIMEOUT);
      expect(polite.pc.signalingState).toBe('have-remote-offer');
      impolite.peer.resend();
      await connected(polite, impolite);
      expect(answer).toHaveBeenCalledTimes(2);
      expect(polite.links.at(-1)).toEqual({ status: 'connected' });
    });

    test('an offer that could not be made is reported, and made when it is asked for again', async () => {
      const { polite, impolite } = pair();
      vi.spyOn(impolite.pc, 'setLocalDescription').mockRejectedValueOnce(new Error('not now'));
      await vi.waitFor(() => expect(failures(impolite)).toHaveLength(1), TIMEOUT);
      expect(impolite.links[0]).toMatchObject({ status: 'failed', error: { code: 'negotiation-failed' } });
      impolite.peer.resend();
      await connected(polite, impolite);
      expect(impolite.links.at(-1)).toEqual({ status: 'connected' });
    });

    test('a lost offer is made good without anybody asking', async () => {
      let lost = 0;
      const { polite, impolite } = pair((body, deliver) => (lost++ === 0 ? undefined : deliver()));
      await connected(polite, impolite);
      expect(lost).toBeGreaterThan(1);
    });

    test('a lost answer is found again though both have offers pending by now', async () => {
      const { polite, impolite } = pair();
      await connected(polite, impolite);
      let lost = 0;
      polite.post = (body, deliver) =>
        body.kind === 'description' && body.description.type === 'answer' ? (lost += 1) : deliver();
      impolite.peer.restart('test');
      await vi.waitFor(() => expect(lost).toBe(1), TIMEOUT);
      polite.peer.restart('test');
      await vi.waitFor(() => expect(glares(impolite)).toBe(1), TIMEOUT);
      expect([polite.pc.signalingState, impolite.pc.signalingState]).toEqual(['have-local-offer', 'have-local-offer']);
      polite.post = (_body, deliver) => deliver();
      impolite.peer.resend();
      await vi.waitFor(() => expect(impolite.pc.signalingState).toBe('stable'), TIMEOUT);
      polite.peer.resend();
      await agreed(polite, impolite);
      expect([...failures(polite), ...failures(impolite)]).toEqual([]);
    });

    test('candidates that overtake their description wait for it', async () => {
      const descriptions: (() => void)[] = [];
      const { polite, impolite } = pair((body, deliver) =>
        body.kind === 'description' ? descriptions.push(deliver) : deliver(),
      );
      await vi.waitFor(() => expect(impolite.sent.some(({ kind }) => kind === 'candidates')).toBe(true), TIMEOUT);
      await settle(polite, impolite);
      polite.post = impolite.post = (_body, deliver) => deliver();
      for (const deliver of descriptions) deliver();
      await connected(polite, impolite);
      expect([...failures(polite), ...failures(impolite)]).toEqual([]);
    });

    test('what comes twice counts once', async () => {
      const { polite, impolite } = pair((_body, deliver) => {
        deliver();
        deliver();
      });
      await connected(polite, impolite);
      impolite.peer.restart('test');
      await vi.waitFor(() => expect(offersOf(impolite)).toBe(2), TIMEOUT);
      polite.peer.resend();
      impolite.peer.resend();
      await settle(polite, impolite);
      await agreed(polite, impolite);
      expect([...failures(polite), ...failures(impolite)]).toEqual([]);
    });

    test.each([1, 2, 3, 4])('converges when four of ten messages are lost (seed %i)', async (seed) => {
      // Draws of their own, for how many messages come between two actions is a matter of time.
      const [random, loss] = [seeded(seed), seeded(seed + 100)];
      let lossy = true;
      let lost = 0;
      const { polite, impolite } = pair((_body, deliver) => {
        if (lossy && loss() < 0.4) lost += 1;
        else deliver();
      });
      for (let round = 0; round < 12 || lost <= 5; round++) {
        await settle(polite, impolite);
        const [first, second] = random() < 0.5 ? [polite, impolite] : [impolite, polite];
        first.peer.resend();
        if (random() < 0.5) second.peer.resend();
        if (random() < 0.3) first.peer.restart('test');
        if (random() < 0.3) second.peer.restart('test');
      }
      lossy = false;
      await vi.waitFor(
        () => {
          polite.peer.resend();
          impolite.peer.resend();
          const states = [polite.pc.signalingState, impolite.pc.signalingState];
          expect([agree(polite, impolite), ...states]).toEqual([true, 'stable', 'stable']);
        },
        { timeout: 15_000, interval: 200 },
      );
      await connected(polite, impolite);
      expect([...failures(polite), ...failures(impolite)]).toEqual([]);
    });

    test('tells when the far end has begun anew', async () => {
      const { polite, impolite } = pair();
      await connected(polite, impolite);
      const again = makeEnd(false, () => polite);
      await vi.waitFor(() => expect(polite.strangers).toHaveLength(1), TIMEOUT);
      expect(polite.strangers).toEqual(again.sent.filter(({ kind }) => kind === 'description'));
      expect(polite.pc.signalingState).toBe('stable');
    });

    test('reports a description it cannot use', async () => {
      const { polite, impolite } = pair((_body, deliver) => void deliver);
      const sdp = 'v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\nnonsense';
      polite.peer.receive({ kind: 'description', description: { type: 'offer', sdp: 'v=0' } });
      // An answer to no offer is none to look at.
      await vi.waitFor(() => expect(offersOf(impolite)).toBe(1), TIMEOUT);
      impolite.peer.receive({ kind: 'description', description: { type: 'answer', sdp } });
      for (const end of [polite, impolite]) {
        await vi.waitFor(
          () =>
            expect(end.links).toMatchObject([
              { status: 'failed', error: { name: 'RtcError', code: 'negotiation-failed' } },
            ]),
          TIMEOUT,
        );
        expect(failures(end)).toHaveLength(1);
      }
    });

    test('says bye, closes once, and says nothing after', async () => {
      const { polite, impolite } = pair();
      await vi.waitFor(() => expect(polite.peer.sendText('sure', '')).toBe(true), TIMEOUT);
      polite.peer.close({ bye: true });
      polite.peer.close({ bye: true });
      const said = polite.sent.length;
      polite.peer.resend();
      polite.peer.restart('test');
      await vi.waitFor(() => expect(impolite.silences[0]).toBe('bye'), TIMEOUT);
      await vi.waitFor(() => expect(polite.pc.signalingState).toBe('closed'), TIMEOUT);
      expect(polite.sent).toHaveLength(said);
    });

    test('hears the silence of a far end that is gone without a word', async () => {
      const { polite, impolite } = pair();
      await vi.waitFor(() => expect(polite.peer.sendText('sure', '')).toBe(true), TIMEOUT);
      polite.peer.close();
      await vi.waitFor(() => expect(impolite.silences.length).toBeGreaterThan(0), TIMEOUT);
      expect(impolite.silences[0]).toMatchObject({ silentMs: expect.any(Number) as number });
    });
  });
}
