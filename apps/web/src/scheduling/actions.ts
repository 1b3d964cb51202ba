'use server';

import { revalidatePath } from 'next/cache';
import { redirect } from 'next/navigation';
import { getLocale } from 'next-intl/server';
import { type Answer, answer, type FormState, no } from '../server/answer';
import { answered, formAnswer, textOf } from '../server/form-answer';
import * as meetings from '../server/meetings';
import { untitled } from '../server/server-messages';
import { currentUser, currentViewer } from '../server/viewer';

/** The button "New meeting": makes one and opens its door. Comes back only with a refusal. */
export async function newMeeting(): Promise<Answer<never>> {
  const made = await answered(async () => {
    const user = await currentUser();
    if (!user) return no('not-signed-in');
    return answer(await meetings.createMeeting(user, untitled(await getLocale(), user.name)));
  });
  if (!made.ok) return made;
  redirect(`/m/${made.value.slug}`);
}

/** Form: title, startsAt (`YYYY-MM-DDTHH:mm`, wall clock of timeZone), duration (minutes), timeZone (IANA), description. Goes to the meeting's page. */
export async function scheduleMeeting(_before: FormState, data: FormData): Promise<FormState> {
  let slug = '';
  const state = await formAnswer(data, ['title', 'startsAt', 'duration', 'timeZone', 'description'], async () => {
    const user = await currentUser();
    if (!user) return no('not-signed-in');
    const made = await meetings.scheduleMeeting(user, {
      title: textOf(data, 'title'),
      startsAt: textOf(data, 'startsAt'),
      durationMinutes: Number(textOf(data, 'duration')),
      timeZone: textOf(data, 'timeZone'),
      description: textOf(data, 'description'),
    });
    if (made.ok) slug = made.value.slug;
    return made;
  });
  if (state.status === 'done') redirect(`/meetings/${slug}`);
  return state;
}

/** Form: title. Bind the meeting's id: `renameMeeting.bind(null, meeting.id)`. */
export async function renameMeeting(meetingId: string, _before: FormState, data: FormData): Promise<FormState> {
  return formAnswer(data, ['title'], async () => {
    const renamed = await meetings.renameMeeting(await currentViewer(), String(meetingId), textOf(data, 'title'));
    if (renamed.ok) revalidatePath('/meetings', 'layout');
    return renamed;
  });
}

/** Deletes a meeting with its history and goes to the meetings page. Comes back only with a refusal. */
export async function deleteMeeting(meetingId: string): Promise<Answer<never>> {
  const deleted = await answered(async () => meetings.deleteMeeting(await currentViewer(), String(meetingId)));
  if (!deleted.ok) return deleted;
  redirect('/meetings');
}

/** Makes a new invite link; the old ones let nobody new in. */
export async function renewInvite(meetingId: string): Promise<Answer<string>> {
  return answered(async () => {
    const renewed = await meetings.renewInvite(await currentViewer(), String(meetingId));
    if (renewed.ok) revalidatePath('/meetings', 'layout');
    return renewed;
  });
}
