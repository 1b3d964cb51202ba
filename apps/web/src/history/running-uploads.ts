import type { PendingUpload, ResumedUpload } from '@parley/rtc-core';

/** An upload that was taken up again on a page of this tab. */
export interface RunningUpload {
  readonly pending: PendingUpload;
  readonly upload: ResumedUpload;
}

// Of the tab, not of a page: who walks on to another page does not stop what is on its way.
const running = new Map<string, RunningUpload>();

// Loaded when asked for: a page of lists needs nothing of a call.
const core = () => import('@parley/rtc-core');
const webCalls = () => import('../meeting/web-calls');

/** Everything this browser has to finish, what is on its way in this tab among it, oldest first. */
export async function unfinished(): Promise<readonly (RunningUpload | { pending: PendingUpload; upload: null })[]> {
  const { pendingUploads } = await core();
  const waiting = (await pendingUploads()).filter(({ id }) => !running.has(id));
  return [...running.values(), ...waiting.map((pending) => ({ pending, upload: null }))];
}

/** Takes it up again. */
export async function finish(pending: PendingUpload): Promise<ResumedUpload> {
  const [{ resumeUpload }, { saveFile }] = await Promise.all([core(), webCalls()]);
  const upload = resumeUpload(pending, { saveFile });
  running.set(pending.id, { pending, upload });
  upload.state.subscribe(() => {
    const { status } = upload.state.get();
    if (status === 'done' || status === 'failed') running.delete(pending.id);
  });
  return upload;
}

/** Hands what is here to the person as a file; it stays unfinished. */
export async function saveToDevice(pending: PendingUpload): Promise<void> {
  const [{ savePending }, { saveFile }] = await Promise.all([core(), webCalls()]);
  await savePending(pending, saveFile);
}

/** Deletes what this browser holds of it. */
export async function discard(pending: PendingUpload): Promise<void> {
  const { discardPending } = await core();
  await discardPending(pending);
}
