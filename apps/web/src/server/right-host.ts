import { env } from './env';

/** Set by proxy.ts: the path and query that were asked for on the wrong host. */
export const WANTED_PATH_HEADER = 'x-parley-wanted-path';

/** The same path on the host of WEB_URL. A path can look like a host (`//evil.example`): nobody is led away from here. */
export function onRightHost(path: string): string {
  const { WEB_URL } = env();
  if (!URL.canParse(path, WEB_URL)) return WEB_URL;
  const target = new URL(path, WEB_URL);
  return target.origin === WEB_URL ? target.href : WEB_URL;
}
