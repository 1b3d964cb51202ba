import type { Command } from '@parley/protocol/commands';
import { refuse, type Refusal } from '@parley/protocol/refusal';
import {
  apply,
  isHost,
  type LeaveReason,
  type Participant,
  type ParticipantId,
  participantOf,
  type RoomEvent,
  type RoomState,
  type Source,
} from '@parley/protocol/room-state';
import type { TakePermitClaims, TicketClaims } from '@parley/protocol/ticket';

/** Commands whose request is a signed text: what it says, verified, stands in its place. `catch-up` only reads and is not decided. */
type Verified =
  | {
      readonly name: 'join';
      readonly request: Asked<'join'>;
      readonly claims: TicketClaims;
      /** A newer page of the same participant has taken this one's seat before. */
      readonly superseded: boolean;
      /** Ms since the epoch: tickets issued until then let nobody in who has no seat. */
      readonly entriesFrom: number;
    }
  | { readonly name: 'refresh-ticket'; readonly claims: TicketClaims }
  | { readonly name: 'start-take'; readonly permit: TakePermitClaims };
type Asked<N extends Command['name']> = Extract<Command, { name: N }>['request'];
export type Question = Verified | Exclude<Command, { name: Verified['name'] | 'catch-up' }>;

export interface Circumstances {
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** The most people this installation seats in a room; the room's own setting may be lower. */
  readonly maxParticipants: number;
}

export type Decision =
  | { readonly ok: true; readonly events: readonly RoomEvent[]; readonly reply: Readonly<Record<string, string>> }
  | { readonly ok: false; readonly refusal: Refusal };

const yes = (...events: RoomEvent[]): Decision => ({ ok: true, events, reply: {} });
/** Already so: asking again, after a lost acknowledgement, changes nothing. */
const already = yes();

/**
 * Every rule of the room: what `actor` asks, and what happens or why not. Pure.
 * @param state the room, in which `actor` may or may not have a seat
 * @param actor whom the connection's ticket speaks for
 */
export function decide(
  state: RoomState,
  actor: ParticipantId,
  question: Question,
  circumstances: Circumstances,
): Decision {
  if (state.ended) return refuse('room-ended');
  if (question.name === 'join') return decideJoin(state, question, circumstances);
  const me = participantOf(state, actor);
  if (!me) return refuse('not-joined');

  switch (question.name) {
    case 'leave':
      return question.request.why === 'unload'
        ? yes({ type: 'went-away', participant: actor }, ...recorderGone(state, actor))
        : yes(...departure(state, actor, 'left', null));
    case 'refresh-ticket':
      return yes(...ticketChanges(state, me, question.claims));
    case 'publish': {
      const { source, muted } = question.request;
      if (me.publications[source]?.muted === muted) return already;
      return yes({ type: 'published', participant: actor, source, muted });
    }
    case 'unpublish': {
      const { source } = question.request;
      return me.publications[source] ? yes({ type: 'unpublished', participant: actor, source }) : already;
    }
    case 'set-muted':
      return decideMuted(me, question.request.source, question.request.muted, actor);
    case 'chat':
      return decideChat(state, me, question.request, circumstances.now);
    case 'set-hand': {
      const { raised } = question.request;
      return raised === (me.handRaisedAt !== null) ? already : yes({ type: 'hand-set', participant: actor, raised });
    }
    case 'react':
      return yes({ type: 'reacted', participant: actor, reaction: question.request.reaction });
    case 'start-take':
      return decideStartTake(state, me, question.permit);
    case 'notice-take': {
      const { take } = state;
      if (take?.id !== question.request.take) return refuse('not-found');
      return take.noticed.includes(actor) ? already : yes({ type: 'take-noticed', take: take.id, participant: actor });
    }
    case 'stop-take': {
      const { take } = state;
      if (take?.id !== question.request.take) return refuse('not-found');
      if (take.by !== actor && !isHost(me.role)) return refuse('not-allowed');
      return yes({ type: 'take-stopped', take: take.id, why: 'stopped' });
    }
    case 'mute-participant': {
      if (!isHost(me.role)) return refuse('not-allowed');
      const target = participantOf(state, question.request.participant);
      return target ? decideMuted(target, question.request.source, true, actor) : refuse('not-found');
    }
    case 'remove-participant':
      return decideRemove(state, me, question.request.participant);
    case 'end-room':
      return isHost(me.role) ? yes(...ending(state, actor)) : refuse('not-allowed');
  }
}

function decideJoin(
  state: RoomState,
  { request, claims, superseded, entriesFrom }: Extract<Question, { name: 'join' }>,
  { maxParticipants, now }: Circumstances,
): Decision {
  const id = claims.participant;
  if (state.removed.includes(id)) return refuse('removed');
  // Its device slept or was offline and did not hear of it: what comes back by itself must not end the call of the newer page.
  if (superseded) return refuse('seat-taken');
  const seated = participantOf(state, id);
  // Likewise a page of an earlier session, of which this one has not heard.
  const fromEarlier = request.session !== undefined && request.session !== state.session;
  if (fromEarlier && seated && seated.presence.instance !== request.instance) return refuse('seat-taken');
  // Whether it would still be given is web's to say: the browser asks for another.
  if (!seated && claims.iat * 1_000 <= entriesFrom) return refuse('ticket-expired');
  const name = claims.name ?? request.name ?? seated?.name;
  if (name === undefined) return refuse('malformed', 'a guest needs a name');
  const settings = newerSettings(state, claims);
  if (seated) {
    const { instance } = request;
    const over = seated.presence.instance !== instance ? recorderGone(state, id) : [];
    return yes(...settings, { type: 'returned', participant: id, instance, name, role: claims.role }, ...over);
  }

  const most = Math.min(maxParticipants, (settings[0]?.settings ?? state.settings).maxParticipants);
  if (Object.keys(state.participants).length >= most) return refuse('room-full');
  const participant: Participant = {
    id,
    name,
    role: claims.role,
    guest: claims.guest,
    presence: { status: 'here', instance: request.instance },
    joinedAt: now,
    publications: {},
    handRaisedAt: null,
  };
  return yes(...settings, { type: 'joined', participant });
}

/** A page that goes records no more, and a new one does not go on with its take: that is over, whatever it has brought so far. */
function recorderGone({ take }: RoomState, id: ParticipantId): RoomEvent[] {
  return take?.by === id ? [{ type: 'take-stopped', take: take.id, why: 'recorder-left' }] : [];
}

function decideMuted(target: Participant, source: Source, muted: boolean, by: ParticipantId): Decision {
  const publication = target.publications[source];
  if (!publication) return refuse('not-found');
  if (publication.muted === muted) return already;
  return yes({ type: 'muted-set', participant: target.id, source, muted, by });
}

function decideChat(state: RoomState, me: Participant, { id, text }: Asked<'chat'>, now: number): Decision {
  const sent = state.chat.find((message) => message.id === id);
  if (sent) return sent.from === me.id ? already : refuse('malformed', 'the message id is taken');
  return yes({ type: 'chat-sent', message: { id, from: me.id, name: me.name, text, at: now } });
}

function decideStartTake(state: RoomState, me: Participant, permit: TakePermitClaims): Decision {
  if (!isHost(me.role)) return refuse('not-allowed');
  if (permit.meeting !== state.meeting || permit.participant !== me.id) return refuse('not-permitted-take');
  const reply = { take: permit.take };
  if (state.take) return state.take.id === permit.take ? { ok: true, events: [], reply } : refuse('already-recording');
  const { take, destination } = permit;
  return { ok: true, events: [{ type: 'take-started', take, by: me.id, destination }], reply };
}

function decideRemove(state: RoomState, me: Participant, id: ParticipantId): Decision {
  // A cohost may not take the room from its host; nobody bars the door to oneself.
  const target = participantOf(state, id);
  if (!isHost(me.role) || id === me.id || (target?.role === 'host' && me.role !== 'host')) return refuse('not-allowed');
  if (state.removed.includes(id)) return already;
  return target ? yes(...departure(state, id, 'removed', me.id)) : refuse('not-found');
}

/** What a newer ticket changes for someone who is seated. */
function ticketChanges(state: RoomState, me: Participant, claims: TicketClaims): RoomEvent[] {
  const name = claims.name ?? me.name;
  const events: RoomEvent[] = newerSettings(state, claims);
  if (name === me.name && claims.role === me.role) return events;
  const { instance } = me.presence;
  return [...events, { type: 'returned', participant: me.id, instance, name, role: claims.role }];
}

function newerSettings(state: RoomState, { settings }: Pick<TicketClaims, 'settings'>) {
  return settings.version > state.settings.version ? [{ type: 'settings-changed' as const, settings }] : [];
}

/** What happens when `id` gives up the seat, or loses it: recordings and the session may end with it. */
export function departure(
  state: RoomState,
  id: ParticipantId,
  why: LeaveReason,
  by: ParticipantId | null,
): RoomEvent[] {
  const left: RoomEvent = { type: 'left', participant: id, why, by };
  const at = 0; // The time of an event does not bear on what follows from it.
  return [left, ...settlement(apply(state, { revision: state.revision + 1, at, event: left }))];
}

/**
 * What must follow from how the room stands: a take ends with its recorder, a session with its last seat.
 * Nothing when the room is in order; also what puts a log in order that was cut off between two events.
 */
export function settlement(state: RoomState): RoomEvent[] {
  if (state.ended) return [];
  const empty = Object.keys(state.participants).length === 0;
  const events: RoomEvent[] = [];
  if (state.take && (empty || !participantOf(state, state.take.by)))
    events.push({ type: 'take-stopped', take: state.take.id, why: empty ? 'room-empty' : 'recorder-left' });
  if (empty) events.push({ type: 'ended', by: null });
  return events;
}

/** The meeting ends for everybody; `by` is null when web says so. */
export function ending(state: RoomState, by: ParticipantId | null): RoomEvent[] {
  if (state.ended) return [];
  return [
    ...(state.take ? [{ type: 'take-stopped' as const, take: state.take.id, why: 'ended' as const }] : []),
    ...Object.keys(state.participants).map((participant) => ({
      type: 'left' as const,
      participant,
      why: 'ended' as const,
      by,
    })),
    { type: 'ended', by },
  ];
}
