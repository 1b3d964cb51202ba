'use server';

import { revalidatePath } from 'next/cache';
import { opaqueId } from '@parley/protocol/room-state';
import { actionAnswer } from '../frame/form-answer';
import { type Answer, no } from '../server/answer';
import * as recordings from '../server/recordings';
import { currentViewer } from '../server/viewer';

/** Deletes a recording for everybody. */
export async function deleteRecording(id: string): Promise<Answer<null>> {
  const answer = await actionAnswer(async () => {
    // From a browser: whatever React could decode.
    const track = opaqueId.safeParse(id);
    if (!track.success) return no('not-found');
    const viewer = await currentViewer();
    return viewer.user ? recordings.deleteRecording(viewer, track.data) : no('not-signed-in');
  });
  if (answer.ok) revalidatePath('/', 'layout');
  return answer;
}
