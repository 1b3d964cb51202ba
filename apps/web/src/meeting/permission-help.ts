/** Which way a browser has to give a refused permission back. */
export type PermissionWay = 'chromium' | 'chromiumPhone' | 'firefox' | 'safari' | 'safariPhone';

/** Tells the browser by its own name (user agent): there is no feature to ask for the place of a button. */
export function permissionWay(userAgent: string): PermissionWay {
  if (/iPhone|iPad/u.test(userAgent)) return 'safariPhone';
  if (/Firefox\//u.test(userAgent)) return 'firefox';
  if (/Android/u.test(userAgent)) return 'chromiumPhone';
  if (/Chrome\/|Chromium\/|Edg\//u.test(userAgent)) return 'chromium';
  return /Safari\//u.test(userAgent) ? 'safari' : 'chromium';
}
