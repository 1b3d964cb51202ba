'use server';

import { revalidatePath } from 'next/cache';
import { redirect } from 'next/navigation';
import { opaqueId } from '@parley/protocol/room-state';
import { actionAnswer, field, formAnswer } from '../frame/form-answer';
import { type Answer, answer, type FormState, no } from '../server/answer';
import * as meetings from '../server/meetings';
import { currentUser, currentViewer, requireUser, type Viewer } from '../server/viewer';

/** Button "New meeting": makes one and opens its door. */
export async function newMeeting(_: FormState, form: FormData): Promise<FormState> {
  const { state, value } = await formAnswer(form, [], async () => {
    const user = await requireUser('/meetings');
    // Without a title: everybody reads "<host>'s meeting" in their own language.
    return answer(await meetings.createMeeting(user, ''));
  });
  if (value) redirect(`/m/${value.slug}`);
  return state;
}

/** Form "Schedule a meeting": title, starts, duration (minutes), timeZone, description. Goes to the meeting's page. */
export async function scheduleMeeting(_: FormState, form: FormData): Promise<FormState> {
  const keep = ['title', 'starts', 'duration', 'timeZone', 'description'];
  const { state, value } = await formAnswer(form, keep, async () => {
    // An answer, not the way to the sign-in page: what was typed would be lost.
    const user = await currentUser();
    if (!user) return no('not-signed-in');
    return meetings.scheduleMeeting(user, {
      title: field(form, 'title'),
      startsAt: field(form, 'starts'),
      durationMinutes: Number(field(form, 'duration')),
      timeZone: field(form, 'timeZone'),
      description: field(form, 'description'),
    });
  });
  if (value) redirect(`/meetings/${value.slug}`);
  return state;
}

/** Form "Rename meeting": id, title. */
export async function renameMeeting(_: FormState, form: FormData): Promise<FormState> {
  const { state } = await formAnswer(form, ['title'], () =>
    withMeeting(field(form, 'id'), (viewer, id) => meetings.renameMeeting(viewer, id, field(form, 'title'))),
  );
  if (state.status === 'done') revalidatePath('/meetings', 'layout');
  return state;
}

/** Deletes a meeting with its history and goes back to the list. */
export async function deleteMeeting(meetingId: string): Promise<Answer<null>> {
  const deleted = await actionAnswer(() => withMeeting(meetingId, meetings.deleteMeeting));
  if (deleted.ok) redirect('/meetings');
  return deleted;
}

/** Replaces the invite link of a meeting. */
export async function renewInvite(meetingId: string): Promise<Answer<string>> {
  const renewed = await actionAnswer(() => withMeeting(meetingId, meetings.renewInvite));
  if (renewed.ok) revalidatePath('/meetings', 'layout');
  return renewed;
}

/** Acts on a meeting for who is signed in. `id` comes from a browser, and is whatever React could decode. */
async function withMeeting<T>(
  id: unknown,
  act: (viewer: Viewer, meetingId: string) => Promise<Answer<T>>,
): Promise<Answer<T>> {
  const meetingId = opaqueId.safeParse(id);
  if (!meetingId.success) return no('not-found');
  const viewer = await currentViewer();
  return viewer.user ? act(viewer, meetingId.data) : no('not-signed-in');
}
