'use server';

import { revalidatePath } from 'next/cache';
import { redirect } from 'next/navigation';
import { field, formAnswer } from '../frame/form-answer';
import type { Answer, FormState } from '../server/answer';
import * as meetings from '../server/meetings';
import { currentViewer, requireUser } from '../server/viewer';

/** Button "New meeting": makes one and opens its door. */
export async function newMeeting(): Promise<void> {
  const user = await requireUser('/meetings');
  // Without a title: everybody reads "<host>'s meeting" in their own language.
  const { slug } = await meetings.createMeeting(user, '');
  redirect(`/m/${slug}`);
}

/** Form "Schedule a meeting": title, starts, duration (minutes), timeZone, description. Goes to the meeting's page. */
export async function scheduleMeeting(_: FormState, form: FormData): Promise<FormState> {
  const user = await requireUser('/meetings/new');
  const { state, value } = await formAnswer(form, ['title', 'starts', 'duration', 'timeZone', 'description'], () =>
    meetings.scheduleMeeting(user, {
      title: field(form, 'title'),
      startsAt: field(form, 'starts'),
      durationMinutes: Number(field(form, 'duration')),
      timeZone: field(form, 'timeZone'),
      description: field(form, 'description'),
    }),
  );
  if (value) redirect(`/meetings/${value.slug}`);
  return state;
}

/** Form "Rename meeting": id, title. */
export async function renameMeeting(_: FormState, form: FormData): Promise<FormState> {
  const viewer = await currentViewer();
  const { state } = await formAnswer(form, ['title'], () =>
    meetings.renameMeeting(viewer, field(form, 'id'), field(form, 'title')),
  );
  if (state.status === 'done') revalidatePath('/meetings', 'layout');
  return state;
}

/** Deletes a meeting with its history and goes back to the list. */
export async function deleteMeeting(meetingId: string): Promise<Answer<null>> {
  const answer = await meetings.deleteMeeting(await currentViewer(), meetingId);
  if (answer.ok) redirect('/meetings');
  return answer;
}

/** Replaces the invite link of a meeting. */
export async function renewInvite(meetingId: string): Promise<Answer<string>> {
  const answer = await meetings.renewInvite(await currentViewer(), meetingId);
  if (answer.ok) revalidatePath('/meetings', 'layout');
  return answer;
}
