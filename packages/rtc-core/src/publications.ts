import type { Publication, RoomEvent, RoomState, Source } from '@parley/protocol/room-state';
import { SOURCES } from '@parley/protocol/room-state';
import type { LocalMedia, LocalMediaState } from './local-media';
import type { Logger } from './logger';
import type { Platform } from './platform';
import type { Answer } from './signal/channel';

export type Publications = Readonly<Partial<Record<Source, Publication>>>;

/** One step towards the publications wanted. */
export type PublicationChange =
  | { readonly name: 'publish' | 'set-muted'; readonly request: { readonly source: Source; readonly muted: boolean } }
  | { readonly name: 'unpublish'; readonly request: { readonly source: Source } };

/**
 * What this browser wants announced. A camera or microphone is announced by whoever has one or had one in this call, muted
 * while it gives nothing; a screen only while it is shared. `known` is what was captured in this call so far.
 */
export function desiredPublications(local: LocalMediaState, known: ReadonlySet<Source>): Publications {
  const devices = { microphone: local.devices.microphones, camera: local.devices.cameras };
  const desired: Partial<Record<Source, Publication>> = {};
  for (const source of SOURCES) {
    const capture = local.captures[source];
    if (capture.status === 'on') desired[source] = { muted: capture.muted };
    else if (source === 'microphone' || source === 'camera') {
      const has = known.has(source) || (capture.status === 'off' && devices[source].length > 0);
      if (has) desired[source] = { muted: true };
    }
  }
  return desired;
}

/** The next step from `actual` to `desired`, or null when they agree. */
export function nextChange(desired: Publications, actual: Publications): PublicationChange | null {
  for (const source of SOURCES) {
    const want = desired[source];
    const have = actual[source];
    if (want && !have) return { name: 'publish', request: { source, muted: want.muted } };
    if (!want && have) return { name: 'unpublish', request: { source } };
    if (want && have && want.muted !== have.muted) return { name: 'set-muted', request: { source, muted: want.muted } };
  }
  return null;
}

/** Gives way to a host's mute: the microphone or camera goes off here, a share ends. Nobody is unmuted by someone else. */
export function giveWay(source: Source, local: LocalMedia): void {
  if (source === 'microphone') local.setWanted({ microphone: false });
  else if (source === 'camera') local.setWanted({ camera: false });
  else local.stopSharing();
}

/** Whether `event` is somebody else's muting of one of our sources. */
export function mutedByOther(event: RoomEvent, you: string): Source | null {
  return event.type === 'muted-set' && event.participant === you && event.by !== you && event.muted
    ? event.source
    : null;
}

export interface Announcer {
  /** Compares and takes the next step, if any. Call after every change of either side. */
  reconcile(): void;
  /** Sources that were muted behind our back while signaling was away: compares what we knew with the `next` state. */
  mutedMeanwhile(previous: RoomState, next: RoomState): readonly Source[];
  close(): void;
}

const RETRY_MS = 1_000;

/** Keeps our publications in the room equal to what `local` captures: one command at a time, never from a queue. */
export function createAnnouncer(options: {
  local: LocalMedia;
  /** Our publications as the room knows them; null while not connected. */
  actual(): Publications | null;
  you(): string | null;
  command(change: PublicationChange): Promise<Answer<PublicationChange['name']>>;
  platform: Platform;
  logger: Logger;
}): Announcer {
  const { local, platform, logger } = options;
  const known = new Set<Source>();
  let flying: PublicationChange | null = null;
  /** What the last command asked for, until the room shows it. */
  let asked: PublicationChange | null = null;
  let timer: unknown = null;
  let closed = false;

  const step = (): void => {
    const state = local.state.get();
    for (const source of SOURCES) if (state.captures[source].status === 'on') known.add(source);
    if (closed || flying) return;
    const actual = options.actual();
    // A capture that is being switched is as good as the one before it: no flicker of the mark for the others.
    const change = actual && nextChange(withoutStarting(state, desiredPublications(state, known), actual), actual);
    if (!change) {
      if (actual) asked = null;
      return;
    }
    flying = asked = change;
    void options.command(change).then((answer) => {
      flying = null;
      if (answer !== 'lost' && answer.ok) return step();
      if (answer !== 'lost') logger.warn('Publication refused', { change, refusal: answer.refusal });
      if (!closed) timer ??= platform.setTimeout(retry, RETRY_MS);
    });
  };
  const retry = (): void => {
    timer = null;
    step();
  };

  const unsubscribe = local.state.subscribe(step);
  return {
    reconcile: step,
    mutedMeanwhile(previous, next) {
      const you = options.you();
      const before = you ? previous.participants[you]?.publications : undefined;
      const after = you ? next.participants[you]?.publications : undefined;
      if (!before || !after) return [];
      return SOURCES.filter((source) => {
        const ours = asked?.name !== 'unpublish' && asked?.request.source === source && asked.request.muted;
        return before[source]?.muted === false && after[source]?.muted === true && !ours;
      });
    },
    close() {
      closed = true;
      unsubscribe();
      if (timer !== null) platform.clearTimeout(timer);
    },
  };
}

function withoutStarting(state: LocalMediaState, desired: Publications, actual: Publications): Publications {
  const settled: Partial<Record<Source, Publication>> = { ...desired };
  for (const source of SOURCES) {
    const have = actual[source];
    if (state.captures[source].status === 'starting' && have) settled[source] = have;
  }
  return settled;
}
