/**
 * Asks for the page again if the server is there to write it. Next answers a refresh that fails by loading the whole page: on the
 * browser's error page a playback and a running upload would end.
 */
export async function refreshIfUp(router: { refresh(): void }, signal: AbortSignal): Promise<void> {
  try {
    const { ok } = await fetch('/api/health', { cache: 'no-store', signal });
    if (ok && !signal.aborted) router.refresh();
  } catch {
    // Away for the moment: what is on the page stays.
  }
}
