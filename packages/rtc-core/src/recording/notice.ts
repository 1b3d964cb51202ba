import type { Platform } from '../platform';
import type { RoomView } from '../room-view';
import type { Readable } from '../store';

/** How long the first slice waits for everybody's notice. */
export const NOTICE_MS = 5_000;

/** Whether everybody who is here has the notice of `take` on screen. */
export function allNoticed({ room }: RoomView, take: string): boolean {
  if (room?.take?.id !== take) return false;
  const { noticed } = room.take;
  return Object.values(room.participants).every((p) => p.presence.status !== 'here' || noticed.includes(p.id));
}

/** Resolves when everybody has noticed, after 5 s, or when aborted: whichever comes first. */
export function whenNoticed(
  view: Readable<RoomView>,
  take: string,
  { platform, signal }: { platform: Platform; signal: AbortSignal },
): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      platform.clearTimeout(timer);
      stopListening();
      signal.removeEventListener('abort', done);
      resolve();
    };
    const check = (): void => {
      if (signal.aborted || allNoticed(view.get(), take)) done();
    };
    const timer = platform.setTimeout(done, NOTICE_MS);
    const stopListening = view.subscribe(check);
    signal.addEventListener('abort', done);
    check();
  });
}
