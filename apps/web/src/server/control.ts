import { type Control, CONTROL_PATH, SIGNATURE_HEADER, signBody } from '@parley/protocol/service-calls';
import { env } from './env';
import { log } from './log';

const TIMEOUT_MS = 2_000;
/** Waits before the second and third try, ms: enough for a restart of signal to be nearly through. */
const RETRY_AFTER_MS = [300, 2_000];

/**
 * Tells signal what changed outside the room. Tried three times, then logged and let go: whoever acted is not made to wait for it,
 * and the next ticket carries the newest settings anyway. Never rejects.
 * @returns whether signal has heard it
 */
export async function tellSignal(control: Control): Promise<boolean> {
  const body = JSON.stringify(control);
  for (let attempt = 0; ; attempt++) {
    try {
      const response = await fetch(new URL(CONTROL_PATH, env().SIGNAL_INTERNAL_URL), {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          [SIGNATURE_HEADER]: await signBody(env().REPORT_SECRET.unwrap(), body, Date.now()),
        },
        body,
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      await response.body?.cancel();
      if (response.ok) return true;
      throw new Error(`signal answered ${response.status}`);
    } catch (error) {
      const wait = RETRY_AFTER_MS[attempt];
      if (wait === undefined) {
        log().warn({ err: error, type: control.type, meeting: control.meeting }, 'signal did not hear a control call');
        return false;
      }
      await new Promise((resolve) => setTimeout(resolve, wait));
    }
  }
}
