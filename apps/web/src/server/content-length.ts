import { subscribe } from 'node:diagnostics_channel';
import type { ServerResponse } from 'node:http';

/** Carries a length past Next, which takes `Content-Length` off whatever a route handler answers (16.4, send-response.js). */
const CARRIER = 'x-parley-content-length';

/**
 * Gives back to answers of route handlers the length that `sayLength` has put on them: without it a download has no
 * progress, a cut one looks finished, and some players do not seek. Once, at the start of the process.
 */
export function keepContentLength(): void {
  subscribe('http.server.request.start', (message) => {
    const { response } = message as { response: ServerResponse };
    const set = response.setHeader.bind(response);
    response.setHeader = (name, value) =>
      name.toLowerCase() === CARRIER ? set('Content-Length', String(value)) : set(name, value);
  });
}

/** The same response, with its `Content-Length` in a shape that arrives. */
export function sayLength(response: Response): Response {
  const length = response.headers.get('content-length');
  if (length !== null) response.headers.set(CARRIER, length);
  return response;
}
