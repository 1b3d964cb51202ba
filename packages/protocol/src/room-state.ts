import * as z from 'zod/mini';
import { displayName } from './display-name';

/** Chat messages the state keeps; older ones are in the meeting's history. */
export const CHAT_KEPT = 500;

export const participantId = z.string().check(z.regex(/^[A-Za-z0-9_-]{8,64}$/u));
export const instanceId = z.string().check(z.regex(/^[A-Za-z0-9_-]{8,64}$/u));
/** Identifier made by web (meeting, take, recording track) or signal (session). */
export const opaqueId = z.string().check(z.regex(/^[A-Za-z0-9_-]{8,64}$/u));

/** One presence in a room. Derived by web from meeting and subject, so it survives reconnects, new tickets and restarts. */
export type ParticipantId = string;
/** One page load of a participant. A new one means: drop the old peer, make a new one. */
export type InstanceId = string;

export const SOURCES = ['microphone', 'camera', 'screen', 'screen-audio'] as const;
export const source = z.enum(SOURCES);
/** What is captured. The order is the order of a peer's four slots on the wire. */
export type Source = z.infer<typeof source>;

export const role = z.enum(['host', 'cohost', 'participant']);
export type Role = z.infer<typeof role>;

/** May mute and remove others, record, and end the meeting. */
export const isHost = (role: Role): boolean => role === 'host' || role === 'cohost';

export const REACTIONS = ['👍', '👏', '❤️', '😂', '😮', '🎉'] as const;
export const reaction = z.enum(REACTIONS);
export type Reaction = z.infer<typeof reaction>;

/** A participant's announcement that a source is on offer. Exists without media: tiles, scene and recorder follow it, never `track.muted`. */
const publication = z.object({ muted: z.boolean() });
export type Publication = Readonly<z.infer<typeof publication>>;

const participant = z.object({
  id: participantId,
  name: displayName,
  role,
  guest: z.boolean(),
  /** `away`: the socket is gone, the seat is kept for the grace period; peers stay open. */
  presence: z.discriminatedUnion('status', [
    z.object({ status: z.literal('here'), instance: instanceId }),
    z.object({ status: z.literal('away'), instance: instanceId, since: z.number() }),
  ]),
  /** Milliseconds since the epoch, the server's clock; likewise every other time in the state. */
  joinedAt: z.number(),
  publications: z.partialRecord(source, publication),
  /** When the hand went up; null when it is down. */
  handRaisedAt: z.nullable(z.number()),
});
export type Participant = Readonly<z.infer<typeof participant>>;

const chatMessage = z.object({
  /** Made by the sender's browser: sending again after a reconnect adds nothing. */
  id: opaqueId,
  from: participantId,
  /** The sender's name when it was sent. */
  name: displayName,
  text: z.string(),
  at: z.number(),
});
export type ChatMessage = Readonly<z.infer<typeof chatMessage>>;

export const takeDestination = z.enum(['server', 'device']);
/** Where a take ends up: uploaded to the meeting's history, or only downloaded by who recorded it. */
export type TakeDestination = z.infer<typeof takeDestination>;

const take = z.object({
  id: opaqueId,
  by: participantId,
  destination: takeDestination,
  startedAt: z.number(),
  /** Whose browsers have confirmed that the recording notice is on screen. Only they are recorded. */
  noticed: z.array(participantId),
});
export type Take = Readonly<z.infer<typeof take>>;

export const roomSettings = z.object({
  /** Grows with each change web makes; the newest wins. */
  version: z.int().check(z.nonnegative()),
  title: z.string().check(z.maxLength(200)),
  maxParticipants: z.int().check(z.minimum(1), z.maximum(1_000)),
});
export type RoomSettings = Readonly<z.infer<typeof roomSettings>>;

const roomState = z.object({
  /** Meeting id. */
  meeting: opaqueId,
  /** One opening of the room, from first join to last leave; history hangs on it. */
  session: opaqueId,
  /** Changes when the room's log is begun anew: revisions of different epochs do not compare. */
  epoch: opaqueId,
  /** Number of the last event applied. */
  revision: z.int().check(z.nonnegative()),
  openedAt: z.number(),
  settings: roomSettings,
  participants: z.record(participantId, participant),
  chat: z.array(chatMessage),
  take: z.nullable(take),
  /** Who may not come back: a participant id stands for a subject in this meeting. */
  removed: z.array(participantId),
  ended: z.boolean(),
});
/**
 * The room as everybody in it knows it: a replicated value with one writer (signal).
 * Immutable and structurally shared; see docs/state.md for one commented example.
 */
export type RoomState = Readonly<z.infer<typeof roomState>>;
export { roomState as roomStateSchema };

export const leaveReason = z.enum(['left', 'vanished', 'removed', 'ended']);
export type LeaveReason = z.infer<typeof leaveReason>;
export const takeStopReason = z.enum(['stopped', 'recorder-left', 'room-empty', 'ended']);
export type TakeStopReason = z.infer<typeof takeStopReason>;

const roomEvent = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('opened'),
    meeting: opaqueId,
    session: opaqueId,
    epoch: opaqueId,
    settings: roomSettings,
  }),
  z.object({ type: z.literal('settings-changed'), settings: roomSettings }),
  z.object({ type: z.literal('joined'), participant }),
  /** Came back: after a dropped socket (same instance), a reload or another tab (new instance), with what the newest ticket says. */
  z.object({ type: z.literal('returned'), participant: participantId, instance: instanceId, name: displayName, role }),
  z.object({ type: z.literal('went-away'), participant: participantId }),
  z.object({ type: z.literal('left'), participant: participantId, why: leaveReason, by: z.nullable(participantId) }),
  z.object({ type: z.literal('published'), participant: participantId, source, muted: z.boolean() }),
  z.object({ type: z.literal('unpublished'), participant: participantId, source }),
  /** `by` is someone else than `participant` when a host muted them. */
  z.object({ type: z.literal('muted-set'), participant: participantId, source, muted: z.boolean(), by: participantId }),
  z.object({ type: z.literal('chat-sent'), message: chatMessage }),
  z.object({ type: z.literal('hand-set'), participant: participantId, raised: z.boolean() }),
  /** Passing: changes nothing but the revision. */
  z.object({ type: z.literal('reacted'), participant: participantId, reaction }),
  z.object({ type: z.literal('take-started'), take: opaqueId, by: participantId, destination: takeDestination }),
  z.object({ type: z.literal('take-noticed'), take: opaqueId, participant: participantId }),
  z.object({ type: z.literal('take-stopped'), take: opaqueId, why: takeStopReason }),
  z.object({ type: z.literal('ended'), by: z.nullable(participantId) }),
]);
export type RoomEvent = Readonly<z.infer<typeof roomEvent>>;

export const loggedEvent = z.object({
  revision: z.int().check(z.positive()),
  /** When the server decided it. */
  at: z.number(),
  event: roomEvent,
});
/** An event with its number and time: what is logged, broadcast and reported. */
export type LoggedEvent = Readonly<z.infer<typeof loggedEvent>>;

/** The state that the first event of a log makes. Throws when it is not `opened` at revision 1. */
export function openedState({ revision, at, event }: LoggedEvent): RoomState {
  if (event.type !== 'opened' || revision !== 1)
    throw new Error(`A room log begins with "opened" at revision 1, not "${event.type}" at ${revision}.`);
  return {
    meeting: event.meeting,
    session: event.session,
    epoch: event.epoch,
    revision,
    openedAt: at,
    settings: event.settings,
    participants: {},
    chat: [],
    take: null,
    removed: [],
    ended: false,
  };
}

/**
 * The meaning of an event: the same function on the server and in every browser.
 * @throws Error when `logged` does not follow `state` directly (a gap): ask for what was missed.
 */
export function apply(state: RoomState, logged: LoggedEvent): RoomState {
  if (logged.revision !== state.revision + 1)
    throw new Error(`Event ${logged.revision} does not follow revision ${state.revision}.`);
  return { ...changed(state, logged), revision: logged.revision };
}

function changed(state: RoomState, { at, event }: LoggedEvent): RoomState {
  switch (event.type) {
    case 'opened':
      throw new Error('A room is opened once.');
    case 'settings-changed':
      return { ...state, settings: event.settings };
    case 'joined':
      return { ...state, participants: { ...state.participants, [event.participant.id]: event.participant } };
    case 'returned': {
      const samePage = participantOf(state, event.participant)?.presence.instance === event.instance;
      const returned = withParticipant(state, event.participant, (p) => ({
        ...p,
        name: event.name,
        role: event.role,
        presence: { status: 'here', instance: event.instance },
        // A new page has captured nothing yet: what the old one offered is gone.
        publications: samePage ? p.publications : {},
      }));
      // Nor has it shown the recording notice.
      return samePage ? returned : withoutNotice(returned, event.participant);
    }
    case 'went-away':
      return withParticipant(state, event.participant, (p) => ({
        ...p,
        presence: { status: 'away', instance: p.presence.instance, since: at },
      }));
    case 'left': {
      const seated = participantOf(state, event.participant) !== undefined;
      const removed = event.why === 'removed' && !state.removed.includes(event.participant);
      if (!seated && !removed) return state;
      const { [event.participant]: _gone, ...participants } = state.participants;
      return withoutNotice(
        { ...state, participants, removed: removed ? [...state.removed, event.participant] : state.removed },
        event.participant,
      );
    }
    case 'published':
      return withPublication(state, event.participant, event.source, { muted: event.muted });
    case 'unpublished':
      return withParticipant(state, event.participant, (p) => {
        const { [event.source]: _gone, ...publications } = p.publications;
        return { ...p, publications };
      });
    case 'muted-set':
      return withPublication(state, event.participant, event.source, { muted: event.muted });
    case 'chat-sent':
      return { ...state, chat: [...state.chat, event.message].slice(-CHAT_KEPT) };
    case 'hand-set':
      return withParticipant(state, event.participant, (p) => ({
        ...p,
        handRaisedAt: event.raised ? (p.handRaisedAt ?? at) : null,
      }));
    case 'reacted':
      return state;
    case 'take-started':
      return {
        ...state,
        take: { id: event.take, by: event.by, destination: event.destination, startedAt: at, noticed: [] },
      };
    case 'take-noticed':
      return state.take?.id === event.take && !state.take.noticed.includes(event.participant)
        ? { ...state, take: { ...state.take, noticed: [...state.take.noticed, event.participant] } }
        : state;
    case 'take-stopped':
      return state.take?.id === event.take ? { ...state, take: null } : state;
    case 'ended':
      return { ...state, ended: true, take: null };
  }
}

/** The participant who has this id, if they have a seat. Ids come from outside: `constructor` and `__proto__` name nobody. */
export function participantOf(state: RoomState, id: ParticipantId): Participant | undefined {
  return Object.hasOwn(state.participants, id) ? state.participants[id] : undefined;
}

function withoutNotice(state: RoomState, id: ParticipantId): RoomState {
  if (!state.take?.noticed.includes(id)) return state;
  return { ...state, take: { ...state.take, noticed: state.take.noticed.filter((noticed) => noticed !== id) } };
}

function withParticipant(state: RoomState, id: ParticipantId, change: (p: Participant) => Participant): RoomState {
  const participant = participantOf(state, id);
  if (!participant) return state;
  return { ...state, participants: { ...state.participants, [id]: change(participant) } };
}

function withPublication(state: RoomState, id: ParticipantId, source: Source, publication: Publication): RoomState {
  return withParticipant(state, id, (p) => ({ ...p, publications: { ...p.publications, [source]: publication } }));
}
