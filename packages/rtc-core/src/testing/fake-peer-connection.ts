import { FakeTrack } from './fake-media';

/**
 * RTCPeerConnection's signaling as WebRTC 1.0 and JSEP (RFC 8829) describe it, without media: operations chain,
 * descriptions with origin and ufrags, implicit rollback, `negotiationneeded`, candidates, data channels. Two of them
 * that exchanged fitting descriptions and candidates connect. One network is one world; nothing is shared between two.
 */
export interface FakeNetwork {
  createPeerConnection(): RTCPeerConnection;
}

export function createFakeNetwork(): FakeNetwork {
  const world = new Map<string, FakePeerConnection>();
  return { createPeerConnection: () => new FakePeerConnection(world) as unknown as RTCPeerConnection };
}

interface Section {
  readonly mid: string;
  readonly kind: 'audio' | 'video' | 'application';
  readonly stream: string;
}

interface Description {
  readonly type: RTCSdpType;
  readonly sdp: string;
}

interface Generation {
  /** Local. */
  readonly ufrag: string;
  readonly local: Description;
  readonly remote: Description;
}

class FakeSender {
  track: FakeTrack | null = null;
  private parameters = { encodings: [{}], transactionId: '', codecs: [], headerExtensions: [], rtcp: {} };
  constructor(
    public stream: string,
    private readonly isClosed: () => boolean,
  ) {}
  /** Of a closed connection it neither resolves nor rejects (WebRTC 1.0, 5.2). */
  async replaceTrack(track: FakeTrack | null): Promise<void> {
    await pause();
    if (this.isClosed()) return new Promise(() => {});
    this.track = track;
  }
  setStreams(stream: MediaStream): void {
    this.stream = stream.id;
  }
  getParameters(): unknown {
    return structuredClone(this.parameters);
  }
  setParameters(parameters: never): Promise<void> {
    this.parameters = structuredClone(parameters);
    return pause();
  }
}

class FakeTransceiver {
  mid: string | null = null;
  direction: RTCRtpTransceiverDirection = 'sendrecv';
  readonly sender: FakeSender;
  readonly receiver: { readonly track: FakeTrack };
  constructor(
    readonly kind: 'audio' | 'video',
    stream: string,
    isClosed: () => boolean,
  ) {
    this.sender = new FakeSender(stream, isClosed);
    this.receiver = { track: new FakeTrack(kind) };
  }
}

class FakeDataChannel {
  readyState: RTCDataChannelState = 'connecting';
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: string }) => void) | null = null;
  far: FakeDataChannel | null = null;
  constructor(readonly id: number) {}
  send(data: string): void {
    if (this.readyState !== 'open') throw new DOMException('not open', 'InvalidStateError');
    const { far } = this;
    setTimeout(() => far?.readyState === 'open' && far.onmessage?.({ data }));
  }
}

/** A turn of the event loop: real operations take some, and that is where races live. */
const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

const invalid = (message: string): DOMException => new DOMException(message, 'InvalidStateError');
const ufragOf = ({ sdp }: Description): string => /^a=ice-ufrag:(\S+)$/mu.exec(sdp)?.[1] ?? '';
const sectionsOf = ({ sdp }: Description): Section[] =>
  [...sdp.matchAll(/^m=(\S+) .*\na=mid:(\S+)\na=msid:(\S+) /gmu)].map(([, kind, mid, stream]) => ({
    kind: kind as Section['kind'],
    mid: mid ?? '',
    stream: stream ?? '',
  }));

let sessions = 0;
let ufrags = 0;

/** What tests may do to a fake that no page can do to a real one. */
export interface FakeControls {
  /** As if the network did it. */
  moveTo(state: RTCPeerConnectionState): void;
  rejectTurn(url: string): void;
}

export class FakePeerConnection implements FakeControls {
  signalingState: RTCSignalingState = 'stable';
  connectionState: RTCPeerConnectionState = 'new';
  onnegotiationneeded: (() => void) | null = null;
  onconnectionstatechange: (() => void) | null = null;
  onicecandidate: ((event: { candidate: RTCIceCandidateInit | null }) => void) | null = null;
  onicecandidateerror: ((event: { errorCode: number; errorText: string; url: string }) => void) | null = null;

  private readonly session = String(1_000 + ++sessions);
  private version = 1;
  private current: Generation | null = null;
  private pending: { side: 'local' | 'remote'; description: Description; ufrag: string } | null = null;
  private transceivers: FakeTransceiver[] = [];
  private channels: FakeDataChannel[] = [];
  private restartWanted = false;
  private heard = new Set<string>();
  private chain: Promise<unknown> = Promise.resolve();
  private queued = 0;
  private readonly isClosed = (): boolean => this.signalingState === 'closed';

  constructor(private readonly world: Map<string, FakePeerConnection>) {}

  get localDescription(): Description | null {
    return this.pending?.side === 'local' ? this.pending.description : (this.current?.local ?? null);
  }

  get currentLocalDescription(): Description | null {
    return this.current?.local ?? null;
  }

  get remoteDescription(): Description | null {
    return this.pending?.side === 'remote' ? this.pending.description : (this.current?.remote ?? null);
  }

  addTransceiver(kind: 'audio' | 'video', { streams }: { streams: MediaStream[] }): FakeTransceiver {
    const transceiver = new FakeTransceiver(kind, streams[0]?.id ?? '-', this.isClosed);
    this.transceivers.push(transceiver);
    this.checkNegotiation();
    return transceiver;
  }

  getTransceivers(): FakeTransceiver[] {
    return [...this.transceivers];
  }

  createDataChannel(_label: string, { id }: { id: number }): FakeDataChannel {
    const channel = new FakeDataChannel(id);
    this.channels.push(channel);
    this.checkNegotiation();
    return channel;
  }

  restartIce(): void {
    if (!this.current) return;
    this.restartWanted = true;
    this.checkNegotiation();
  }

  setLocalDescription(): Promise<void> {
    return this.enqueue(async () => {
      await pause();
      if (this.signalingState === 'have-remote-offer') this.finishAnswer();
      else {
        const ufrag = this.current && !this.restartWanted ? this.current.ufrag : this.newUfrag();
        this.pending = { side: 'local', description: this.describe('offer', ufrag), ufrag };
        this.signalingState = 'have-local-offer';
        this.gather(ufrag);
      }
    });
  }

  setRemoteDescription(description: Description): Promise<void> {
    return this.enqueue(async () => {
      await pause();
      if (description.type === 'offer') {
        if (this.signalingState === 'have-remote-offer') throw invalid('an offer is being answered');
        // Implicit rollback of our own offer (JSEP 4.1.10.2).
        this.pending = { side: 'remote', description, ufrag: '' };
        this.signalingState = 'have-remote-offer';
        sectionsOf(description).forEach(({ kind }, i) => {
          if (kind !== 'application' && !this.transceivers[i])
            this.transceivers.push(new FakeTransceiver(kind, '-', this.isClosed));
        });
      } else if (description.type === 'answer') {
        if (this.signalingState !== 'have-local-offer' || this.pending?.side !== 'local')
          throw invalid('an answer without an offer');
        // One section for each of the offer (JSEP 5.11).
        if (sectionsOf(description).length !== sectionsOf(this.pending.description).length)
          throw new DOMException('no answer to this offer', 'InvalidAccessError');
        this.becomeStable({ ufrag: this.pending.ufrag, local: this.pending.description, remote: description });
      } else throw invalid(`no ${description.type} here`);
    });
  }

  addIceCandidate({ usernameFragment }: RTCIceCandidateInit): Promise<void> {
    return this.enqueue(async () => {
      await pause();
      if (!this.remoteDescription) throw invalid('no remote description');
      if (usernameFragment && usernameFragment !== ufragOf(this.remoteDescription))
        throw new DOMException('unknown ufrag', 'OperationError');
      this.heard.add(ufragOf(this.remoteDescription));
      this.tryConnect();
    });
  }

  setConfiguration(): void {}

  getStats(): Promise<ReadonlyMap<string, unknown>> {
    return Promise.resolve(new Map());
  }

  close(): void {
    this.signalingState = 'closed';
    this.connectionState = 'closed';
    for (const channel of this.channels) channel.readyState = 'closed';
    if (this.current) this.world.delete(this.current.ufrag);
  }

  moveTo(state: RTCPeerConnectionState): void {
    if (this.connectionState === state || this.connectionState === 'closed') return;
    this.connectionState = state;
    this.onconnectionstatechange?.();
  }

  rejectTurn(url: string): void {
    this.onicecandidateerror?.({ errorCode: 401, errorText: 'Unauthorized', url });
  }

  /** The operations chain of WebRTC 1.0, 4.4.1.2. */
  private enqueue(operation: () => Promise<void>): Promise<void> {
    this.queued += 1;
    const run = this.chain
      .then(() => {
        if (this.signalingState === 'closed') throw invalid('closed');
        return operation();
      })
      .finally(() => {
        this.queued -= 1;
        this.checkNegotiation();
      });
    this.chain = run.catch(() => undefined);
    return run;
  }

  private needsNegotiation(): boolean {
    const negotiated = this.current ? sectionsOf(this.current.local) : [];
    const open = this.transceivers.some(({ mid }) => mid === null || !negotiated.some((s) => s.mid === mid));
    const data = this.channels.length > 0 && !negotiated.some(({ kind }) => kind === 'application');
    return open || data || this.restartWanted;
  }

  private checkNegotiation(): void {
    setTimeout(() => {
      if (this.signalingState === 'stable' && this.queued === 0 && this.needsNegotiation())
        this.onnegotiationneeded?.();
    });
  }

  private newUfrag(): string {
    return `u${++ufrags}`;
  }

  private describe(type: RTCSdpType, ufrag: string): Description {
    this.version += 1;
    this.transceivers.forEach((transceiver, i) => (transceiver.mid ??= String(i)));
    const lines = [`v=0`, `o=- ${this.session} ${this.version} IN IP4 127.0.0.1`, `a=ice-ufrag:${ufrag}`];
    for (const { kind, mid, sender } of this.transceivers)
      lines.push(`m=${kind} 9 X 0`, `a=mid:${mid}`, `a=msid:${sender.stream} ${kind}`);
    if (this.channels.length > 0) lines.push('m=application 9 X 0', `a=mid:${this.transceivers.length}`, 'a=msid:- -');
    return { type, sdp: `${lines.join('\n')}\n` };
  }

  private finishAnswer(): void {
    const offer = this.pending?.description;
    if (!offer) throw invalid('no offer to answer');
    const restarted = !this.current || ufragOf(this.current.remote) !== ufragOf(offer);
    const ufrag = this.current && !restarted ? this.current.ufrag : this.newUfrag();
    this.becomeStable({ ufrag, local: this.describe('answer', ufrag), remote: offer });
    if (restarted) this.gather(ufrag);
  }

  private becomeStable(generation: Generation): void {
    // A restart that the far end began gives us new credentials too, which is all that was wanted.
    if (generation.ufrag !== this.current?.ufrag) this.restartWanted = false;
    this.current = generation;
    this.pending = null;
    this.signalingState = 'stable';
    this.world.set(generation.ufrag, this);
    this.tryConnect();
  }

  private gather(ufrag: string): void {
    for (const port of [1, 2])
      setTimeout(() => {
        const candidate = `candidate:${port} 1 udp 1 127.0.0.1 ${port} typ host ufrag ${ufrag}`;
        if (this.signalingState !== 'closed')
          this.onicecandidate?.({ candidate: { candidate, sdpMid: '0', sdpMLineIndex: 0, usernameFragment: ufrag } });
      });
    setTimeout(() => this.onicecandidate?.({ candidate: null }));
  }

  private reaches(far: FakePeerConnection): boolean {
    return this.current !== null && far.current !== null && ufragOf(this.current.remote) === far.current.ufrag;
  }

  private tryConnect(): void {
    const far = this.current && this.world.get(ufragOf(this.current.remote));
    if (!far || !this.current || !this.reaches(far) || !far.reaches(this)) return;
    // One candidate suffices: the other side then learns of us by the check itself (peer-reflexive).
    if (!this.heard.has(far.current?.ufrag ?? '') && !far.heard.has(this.current.ufrag)) return;
    for (const [near, distant] of [
      [this, far],
      [far, this],
    ] as const) {
      near.moveTo('connected');
      for (const channel of near.channels) {
        const other = distant.channels.find(({ id }) => id === channel.id);
        if (!other || channel.readyState !== 'connecting') continue;
        channel.far = other;
        channel.readyState = 'open';
        setTimeout(() => channel.onopen?.());
      }
    }
  }
}
