'use server';

import { revalidatePath } from 'next/cache';
import type { Answer } from '../server/answer';
import * as recordings from '../server/recordings';
import { currentViewer } from '../server/viewer';

/** Deletes a recording for everybody. */
export async function deleteRecording(id: string): Promise<Answer<null>> {
  const answer = await recordings.deleteRecording(await currentViewer(), id);
  if (answer.ok) revalidatePath('/', 'layout');
  return answer;
}
