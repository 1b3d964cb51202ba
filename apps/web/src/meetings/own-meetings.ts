import { getTranslations } from 'next-intl/server';
import { listMeetings, type ListedMeeting } from '../server/history';
import { meetingActivity, type MeetingActivity } from '../server/meeting-activity';
import { recordingsFor, type RecordingView } from '../server/recordings';
import { type CurrentUser, currentViewer } from '../server/viewer';

/** A meeting as a list shows it. */
export interface OwnMeeting extends ListedMeeting {
  /** Its title, or "<host>'s meeting" when it never got one. */
  readonly shownTitle: string;
  readonly ownerName: string;
  /** Its latest session, if there was any the user may see. */
  readonly activity: MeetingActivity | null;
  /** Its latest recording, if the user may see any. */
  readonly recording: RecordingView | null;
}

export interface OwnMeetings {
  /** Somebody is in the room now. */
  readonly live: readonly OwnMeeting[];
  readonly upcoming: readonly OwnMeeting[];
  readonly past: readonly OwnMeeting[];
  /** There are older ones than `past` lists. */
  readonly hasOlderPast: boolean;
}

/** The meetings page: those of the user and those they were in. Those going on now stand apart. */
export async function listOwnMeetings(user: CurrentUser): Promise<OwnMeetings> {
  const [{ upcoming, past, hasOlderPast }, t] = await Promise.all([
    listMeetings(user),
    getTranslations('pages.meetings'),
  ]);
  const [activity, { recordings }] = await Promise.all([
    meetingActivity(
      user,
      [...upcoming, ...past].map(({ id }) => id),
    ),
    recordingsFor(await currentViewer()),
  ]);
  // Newest first, so the last one written here is the newest of its meeting.
  const latest = new Map(recordings.toReversed().map((recording) => [recording.meetingSlug, recording]));
  const own = (meeting: ListedMeeting): OwnMeeting => {
    const last = activity.get(meeting.id) ?? null;
    const ownerName = last?.ownerName ?? user.name;
    return {
      ...meeting,
      ownerName,
      shownTitle: meeting.title || t('untitled', { name: ownerName }),
      activity: last,
      recording: latest.get(meeting.slug) ?? null,
    };
  };
  const isLive = ({ activity: last }: OwnMeeting) => last !== null && last.endedAt === null && last.people.length > 0;
  const all = { upcoming: upcoming.map(own), past: past.map(own) };
  return {
    live: [...all.upcoming, ...all.past].filter(isLive),
    upcoming: all.upcoming.filter((meeting) => !isLive(meeting)),
    past: all.past.filter((meeting) => !isLive(meeting)),
    hasOlderPast,
  };
}
