import type { PendingUpload, ResumedUpload } from '@parley/rtc-core';

/** An upload that was taken up again on a page of this tab. */
export interface RunningUpload {
  /** Who took it up. */
  readonly account: string;
  readonly pending: PendingUpload;
  readonly upload: ResumedUpload;
}

// Of the tab, not of a page: who walks on to another page does not stop what is on its way.
const running = new Map<string, RunningUpload>();

// Loaded when asked for: a page of lists needs nothing of a call.
const core = () => import('@parley/rtc-core');
const webCalls = () => import('../meeting/web-calls');

/** Everything this account has to finish in this browser, what is on its way in this tab among it, oldest first. */
export async function unfinished(
  account: string,
): Promise<readonly (RunningUpload | { pending: PendingUpload; upload: null })[]> {
  const { pendingUploads } = await core();
  const waiting = (await pendingUploads({ account })).filter(({ id }) => !running.has(id));
  const mine = [...running.values()].filter((one) => one.account === account);
  return [...mine, ...waiting.map((pending) => ({ pending, upload: null }))];
}

/** Takes it up again. */
export async function finish(pending: PendingUpload, account: string): Promise<ResumedUpload> {
  const [{ resumeUpload }, { saveFile }] = await Promise.all([core(), webCalls()]);
  const upload = resumeUpload(pending, { saveFile });
  running.set(pending.id, { account, pending, upload });
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

/** Deletes what this browser holds of it. False when another tab works on it, and nothing has happened. */
export async function discard(pending: PendingUpload): Promise<boolean> {
  const { discardPending } = await core();
  return discardPending(pending);
}
