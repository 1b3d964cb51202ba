import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { manifestReply, type ManifestUpdate, type OpenTakeReply } from '@parley/protocol/recording';
import type { LoggedEvent, RoomEvent } from '@parley/protocol/room-state';
import { signUp } from './accounts';
import type { Answer } from './answer';
import { database } from './database';
import { finaliseTrack } from './finalise-track';
import { openQueue } from './jobs';
import { wallClock } from './local-time';
import { receiveManifest } from './manifest-request';
import { createMeeting, deleteMeeting, scheduleMeeting } from './meetings';
import { participantIdOf } from './participants';
import { storeReport } from './reports';
import { openTake } from './takes';
import { recordedSlices, recordedTake } from './testing-take';
import { issueTicket, roomSettings } from './tickets';
import { receiveUpload } from './uploads';
import { type CurrentUser, newGuestId, type Viewer } from './viewer';

export const DEMO_EMAIL = 'demo@example.org';
const DEMO_NAME = 'Maya Okafor';
const GUESTS = { jonas: 'Jonas Weber', sofia: 'Sofia Almeida', ravi: 'Ravi Menon' } as const;
type Guest = keyof typeof GUESTS;

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
/** Longest a finalise job of three seconds of film may take on a busy machine. */
const FINALISE_WITHIN_MS = 60_000;

const RECORDED = 'Design review';
const TALKED = 'Interview';
const PLANNED = 'Planning';

/** What there is to look at after `seed`. */
export interface Seeded {
  readonly email: string;
  /** Null when the account was there already: a password can only be told when it is made. */
  readonly password: string | null;
}

/**
 * Makes a demo account with a planned meeting, one that took place, and one with two sessions, chat and a recording. All of
 * it goes the way that the product goes: reports of a room, a tus upload with its manifest, a finalise job. What is there is
 * left as it is, and what an earlier run left half done is made anew.
 */
export async function seed(now = Date.now()): Promise<Seeded> {
  const { user, password } = await account();
  const viewer: Viewer = { user, guestId: null };
  if (await isMissing(viewer, PLANNED)) await plan(user, now);
  if (await isMissing(viewer, TALKED)) {
    const room = await enter(viewer, TALKED);
    await report(room, now - 3 * DAY_MS, [
      [0, room.joins()],
      [1, room.joins('ravi')],
      [2, room.says('Thanks for taking the time. I have put the questions into the chat.')],
      [9, room.says('https://example.org/questions')],
      [31, room.says('That was all from me. Thank you!', 'ravi')],
      [32, room.leaves('ravi')],
      [32, room.leaves()],
      [32, { type: 'ended', by: null }],
    ]);
  }
  if (await isMissing(viewer, RECORDED)) await recordedMeeting(viewer, now);
  return { email: user.email, password };
}

async function account(): Promise<{ user: CurrentUser; password: string | null }> {
  const select = { id: true, name: true, email: true, locale: true };
  const there = await database().user.findUnique({ where: { email: DEMO_EMAIL }, select });
  if (there) return { user: there, password: null };
  const password = randomBytes(12).toString('base64url');
  must(await signUp({ name: DEMO_NAME, email: DEMO_EMAIL, password }, 'seed'));
  return { user: await database().user.findUniqueOrThrow({ where: { email: DEMO_EMAIL }, select }), password };
}

/** Whether the demo account has no whole meeting `title`; half of one is deleted. */
async function isMissing(viewer: Viewer, title: string): Promise<boolean> {
  const meetings = await database().meeting.findMany({
    where: { ownerId: viewer.user?.id ?? '', title },
    select: {
      id: true,
      startsAt: true,
      sessions: { where: { endedAt: { not: null } }, select: { id: true } },
      takes: { where: { state: 'ready' }, select: { id: true } },
    },
  });
  let missing = true;
  for (const { id, startsAt, sessions, takes } of meetings) {
    const whole =
      title === PLANNED ? startsAt !== null : sessions.length > 0 && (title !== RECORDED || takes.length > 0);
    if (whole) missing = false;
    else must(await deleteMeeting(viewer, id));
  }
  return missing;
}

async function plan(user: CurrentUser, now: number): Promise<void> {
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
  const day = wallClock(new Date(now + 2 * DAY_MS), timeZone).slice(0, 10);
  const description = 'What we do next, and who does it.';
  must(
    await scheduleMeeting(user, {
      title: PLANNED,
      startsAt: `${day}T10:00`,
      durationMinutes: 45,
      timeZone,
      description,
    }),
  );
}

async function recordedMeeting(viewer: Viewer, now: number): Promise<void> {
  const room = await enter(viewer, RECORDED);
  await report(room, now - 8 * DAY_MS, [
    [0, room.joins()],
    [0.5, room.joins('jonas')],
    [1, room.joins('sofia')],
    [3, room.says('Three layouts today. The second one is new.')],
    [24, room.says('I like the second best.', 'sofia')],
    [25, room.leaves('sofia')],
    [25, room.leaves('jonas')],
    [25, room.leaves()],
    [25, { type: 'ended', by: null }],
  ]);

  const take = must(await openTake(viewer, { meeting: room.meeting, destination: 'server' }));
  const begins = 5;
  const stops = begins + (recordedSlices().at(-1)?.end ?? 0) / MINUTE_MS;
  await report(room, now - DAY_MS, [
    [0, room.joins()],
    [0.3, room.joins('jonas')],
    [0.6, room.joins('sofia')],
    [4, room.says('I will record the part about the second layout.')],
    [begins, { type: 'take-started', take: take.take, by: room.participant(), destination: 'server' }],
    [stops, { type: 'take-stopped', take: take.take, why: 'stopped' }],
    [12, room.says('It reads better on a phone.', 'jonas')],
    [13, room.says('Agreed. Let us take that one.')],
    [18, room.leaves('jonas')],
    [18, room.leaves('sofia')],
    [18, room.leaves()],
    [18, { type: 'ended', by: null }],
  ]);
  await deliver(take);
}

/** A meeting whose people have their seats, and how its room words what happens. */
interface SeededRoom {
  readonly meeting: string;
  /** The demo account without a guest's name. */
  participant(guest?: Guest): string;
  joins(guest?: Guest): RoomEvent;
  leaves(guest?: Guest): RoomEvent;
  says(text: string, guest?: Guest): RoomEvent;
}

async function enter(viewer: Viewer, title: string): Promise<SeededRoom> {
  const user = viewer.user;
  if (!user) throw new Error('The demo account is signed in.');
  const { id: meeting, slug } = await createMeeting(user, title);
  // Writes down whose seat it is, so that attendance knows the account.
  must(await issueTicket(viewer, { meeting: slug }));
  const subjects = new Map((Object.keys(GUESTS) as Guest[]).map((guest) => [guest, `guest:${newGuestId()}`]));
  const participant = (guest?: Guest): string =>
    participantIdOf(meeting, (guest && subjects.get(guest)) ?? `user:${user.id}`);
  const nameOf = (guest?: Guest): string => (guest ? GUESTS[guest] : user.name);
  return {
    meeting,
    participant,
    joins: (guest) => ({
      type: 'joined',
      participant: {
        id: participant(guest),
        name: nameOf(guest),
        role: guest ? 'participant' : 'host',
        guest: guest !== undefined,
        presence: { status: 'here', instance: randomBytes(12).toString('base64url') },
        joinedAt: 0,
        publications: {},
        handRaisedAt: null,
      },
    }),
    leaves: (guest) => ({ type: 'left', participant: participant(guest), why: 'left', by: null }),
    says: (text, guest) => ({
      type: 'chat-sent',
      message: {
        id: randomBytes(12).toString('base64url'),
        from: participant(guest),
        name: nameOf(guest),
        text,
        at: 0,
      },
    }),
  };
}

/** Stores one session of the room, as signal would report it: what happened so many minutes after it opened. */
async function report(
  room: SeededRoom,
  openedAt: number,
  happened: readonly (readonly [minute: number, event: RoomEvent])[],
): Promise<void> {
  const { meeting } = room;
  const session = randomBytes(12).toString('base64url');
  const settings = roomSettings(await database().meeting.findUniqueOrThrow({ where: { id: meeting } }));
  const epoch = randomBytes(12).toString('base64url');
  const events = [[0, { type: 'opened', meeting, session, epoch, settings }] as const, ...happened].map(
    ([minute, event], i): LoggedEvent => {
      const at = Math.round(openedAt + minute * MINUTE_MS);
      return { revision: i + 1, at, event: timed(event, at) };
    },
  );
  const stored = await storeReport({ meeting, session, events });
  if (stored !== events.length) throw new Error(`Only ${stored} of ${events.length} events were stored.`);
}

function timed(event: RoomEvent, at: number): RoomEvent {
  if (event.type === 'joined') return { ...event, participant: { ...event.participant, joinedAt: at } };
  if (event.type === 'chat-sent') return { ...event, message: { ...event.message, at } };
  return event;
}

/** Brings three seconds of film to the server as a recorder does, by tus and a manifest, and waits until they can be played. */
async function deliver({ take, upload }: OpenTakeReply): Promise<void> {
  const [bytes, slices] = [new Uint8Array(recordedTake()), recordedSlices()];
  if (!upload) throw new Error('The take has no upload.');
  const { track, grant, uploadUrl, manifestUrl } = upload;
  const common = { authorization: `Bearer ${grant}`, 'tus-resumable': '1.0.0' };
  const tus = async (
    url: string,
    method: string,
    headers: Record<string, string>,
    body?: BodyInit,
  ): Promise<Response> => {
    const response = await receiveUpload(
      new Request(url, { method, headers: { ...common, ...headers }, ...(body === undefined ? {} : { body }) }),
    );
    if (!response.ok) throw new Error(`The upload was answered with ${response.status}.`);
    return response;
  };

  // Whoever is first takes the job: this process, or a Parley that is running.
  await openQueue({ finalise: finaliseTrack });
  const created = await tus(uploadUrl, 'POST', {
    'upload-length': String(bytes.length),
    'upload-metadata': `track ${Buffer.from(track).toString('base64')}`,
  });
  const location = created.headers.get('location');
  if (!location) throw new Error('The upload has no address.');
  await tus(location, 'PATCH', { 'upload-offset': '0', 'content-type': 'application/offset+octet-stream' }, bytes);

  const complete = { slices: slices.length, bytes: bytes.length, chain: slices.at(-1)?.chain ?? null };
  const tell = async (update: ManifestUpdate) => {
    const request = new Request(manifestUrl, {
      method: 'POST',
      headers: { ...common, 'content-type': 'application/json' },
      body: JSON.stringify(update),
    });
    const response = await receiveManifest(request, { take, track });
    if (!response.ok) throw new Error(`The manifest was answered with ${response.status}.`);
    return manifestReply.parse(await response.json()).state;
  };
  let state = await tell({ slices, complete });
  for (const until = Date.now() + FINALISE_WITHIN_MS; state !== 'finalised'; state = await tell({ slices: [] })) {
    if (state === 'failed' || Date.now() > until) throw new Error(`The recording is not ready: ${state}.`);
    await delay(100);
  }
}

/** The value of an answer that cannot be a refusal here. */
function must<T>(answered: Answer<T>): T {
  if (!answered.ok) throw new Error(`Refused: ${answered.code}.`);
  return answered.value;
}
