import { cleanName, isVisible } from '@parley/protocol/display-name';
import { mayAccess } from './access';
import { answer, type Answer, no } from './answer';
import { tellSignal } from './control';
import { database } from './database';
import { currentInviteLink, firstInvite, renewInvite as replaceInvite } from './invites';
import { isTimeZone, momentOf } from './local-time';
import { log } from './log';
import { deleteMeetingRecordings } from './recordings';
import { isSlug, newSlug } from './slug';
import { storable } from './storable';
import { roomSettings } from './tickets';
import { type CurrentUser, subjectsOf, type Viewer } from './viewer';

const MAX_TITLE_LENGTH = 200;
const MAX_DESCRIPTION_LENGTH = 5_000;

/** A new meeting, to be entered at once. The title may be empty, and is cut to what fits. */
export async function createMeeting(user: CurrentUser, title: string): Promise<{ id: string; slug: string }> {
  return database().meeting.create({
    data: {
      slug: newSlug(),
      title: cleanName(title).slice(0, MAX_TITLE_LENGTH),
      ownerId: user.id,
      invites: { create: firstInvite() },
    },
    select: { id: true, slug: true },
  });
}

/** What the form "Schedule a meeting" sends. */
export interface ScheduleInput {
  readonly title: string;
  /** Wall clock of `timeZone`: `YYYY-MM-DDTHH:mm`. */
  readonly startsAt: string;
  readonly durationMinutes: number;
  /** IANA name. */
  readonly timeZone: string;
  readonly description?: string;
}

/**
 * A meeting with a date. Refusals: title-invalid, description-long, time-zone-invalid, starts-invalid, duration-invalid.
 */
export async function scheduleMeeting(
  user: CurrentUser,
  input: ScheduleInput,
  now = new Date(),
): Promise<Answer<{ id: string; slug: string }>> {
  const title = cleanTitle(input.title);
  if (title === null) return no('title-invalid');
  const description = storable(input.description ?? '').trim();
  if (description.length > MAX_DESCRIPTION_LENGTH) return no('description-long');
  if (!isTimeZone(input.timeZone)) return no('time-zone-invalid');
  const startsAt = momentOf(input.startsAt, input.timeZone);
  if (!startsAt || startsAt <= now) return no('starts-invalid');
  const { durationMinutes } = input;
  if (!Number.isInteger(durationMinutes) || durationMinutes < 5 || durationMinutes > 1_440)
    return no('duration-invalid');
  const meeting = await database().meeting.create({
    data: {
      slug: newSlug(),
      title,
      description,
      ownerId: user.id,
      startsAt,
      durationMinutes,
      timeZone: input.timeZone,
      invites: { create: firstInvite() },
    },
    select: { id: true, slug: true },
  });
  return answer(meeting);
}

/** Gives a meeting another title; the room hears of it. Refusals: not-found, title-invalid. */
export async function renameMeeting(viewer: Viewer, meetingId: string, title: string): Promise<Answer<string>> {
  if (!(await mayAccess(viewer, 'change', { type: 'meeting', meetingId }))) return no('not-found');
  const cleaned = cleanTitle(title);
  if (cleaned === null) return no('title-invalid');
  const [meeting] = await database().meeting.updateManyAndReturn({
    where: { id: meetingId },
    data: { title: cleaned, settingsVersion: { increment: 1 } },
  });
  // Deleted meanwhile.
  if (!meeting) return no('not-found');
  void tellSignal({ type: 'settings-changed', meeting: meetingId, settings: roomSettings(meeting) });
  return answer(cleaned);
}

/** Deletes a meeting with its history; its room ends, its recordings go. Refusals: not-found. */
export async function deleteMeeting(viewer: Viewer, meetingId: string): Promise<Answer<null>> {
  if (!(await mayAccess(viewer, 'change', { type: 'meeting', meetingId }))) return no('not-found');
  await deleteMeetingRecordings(meetingId);
  await database().meeting.deleteMany({ where: { id: meetingId } });
  // Only now: a ticket given meanwhile would open the room again. Nobody new before nobody at all.
  void closeToOldTickets(meetingId).then(() => tellSignal({ type: 'end', meeting: meetingId }));
  log().info({ meeting: meetingId }, 'meeting deleted');
  return answer(null);
}

/** Tickets given until now let nobody in any more who has no seat: whoever still may come in is given another. */
const closeToOldTickets = (meetingId: string): Promise<boolean> =>
  tellSignal({ type: 'entries-from', meeting: meetingId, at: Date.now() });

/** A new invite link; the old ones let nobody new in. Refusals: not-found. */
export async function renewInvite(viewer: Viewer, meetingId: string): Promise<Answer<string>> {
  if (!(await mayAccess(viewer, 'change', { type: 'meeting', meetingId }))) return no('not-found');
  const link = await replaceInvite(meetingId);
  if (link === null) return no('not-found');
  log().info({ meeting: meetingId }, 'invite renewed');
  void closeToOldTickets(meetingId);
  return answer(link);
}

/** A meeting at its door, for whoever may come in. */
export interface DoorMeeting {
  readonly id: string;
  readonly slug: string;
  /** Empty when it was never given one. */
  readonly title: string;
  readonly ownerName: string;
  readonly mine: boolean;
  /** For its owner alone. */
  readonly inviteLink: string | null;
}

/** The meeting behind `/m/<slug>`, or null for a stranger, whether it exists or not. */
export async function meetingForDoor(slug: string, viewer: Viewer): Promise<DoorMeeting | null> {
  if (!isSlug(slug)) return null;
  const meeting = await database().meeting.findUnique({
    where: { slug },
    include: { owner: { select: { name: true } } },
  });
  if (!meeting || !(await mayAccess(viewer, 'see', { type: 'door', meetingId: meeting.id }))) return null;
  const mine = meeting.ownerId === viewer.user?.id;
  return {
    id: meeting.id,
    slug: meeting.slug,
    title: meeting.title,
    ownerName: meeting.owner.name,
    mine,
    inviteLink: mine ? await currentInviteLink(meeting.id) : null,
  };
}

/** Whether a host removed the viewer from the meeting behind `/m/<slug>`. They have been in it, so this tells them nothing new. */
export async function wasRemoved(slug: string, viewer: Viewer): Promise<boolean> {
  const subjects = subjectsOf(viewer);
  if (!isSlug(slug) || subjects.length === 0) return false;
  return (await database().ban.count({ where: { meeting: { slug }, subject: { in: subjects } } })) > 0;
}

/** A title as it is kept: cleaned like a name, visible, of 1 to 200 characters; null otherwise. */
function cleanTitle(title: string): string | null {
  const cleaned = cleanName(title.slice(0, 5_000));
  return isVisible(cleaned) && cleaned.length <= MAX_TITLE_LENGTH ? cleaned : null;
}
