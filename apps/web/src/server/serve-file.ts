import { refusedResponse } from './respond';
import type { RecordingStore } from './storage';

export interface ServedFile {
  readonly key: string;
  readonly mimeType: string;
  /** Strong: changes whenever a byte does. With its quotes. */
  readonly etag: string;
  readonly modifiedAt: Date;
  /** Saved under this name when given, else shown in place. */
  readonly saveAs?: string;
}

/** What of a file is asked for. `null`: all of it. */
export type AskedRange = { readonly start: number; readonly end: number } | 'unsatisfiable' | null;

/**
 * The one byte range of a `Range` header (RFC 9110, section 14.2). A header of another unit, of several ranges or of no
 * sense asks for the whole, as the RFC allows.
 */
export function askedRange(header: string | null, bytes: number): AskedRange {
  const match = /^bytes=\s*(\d*)-(\d*)\s*$/iu.exec(header ?? '');
  if (!match) return null;
  const [from, to] = [match[1] ?? '', match[2] ?? ''];
  if (from === '' && to === '') return null;
  if (from === '') {
    const suffix = Number(to);
    return suffix === 0 || bytes === 0 ? 'unsatisfiable' : { start: Math.max(0, bytes - suffix), end: bytes - 1 };
  }
  const start = Number(from);
  const end = to === '' ? bytes - 1 : Math.min(Number(to), bytes - 1);
  if (to !== '' && Number(to) < start) return null;
  return start >= bytes ? 'unsatisfiable' : { start, end };
}

/** GET or HEAD of a stored file: 200, 206, 304, 404 or 416 (RFC 9110). The caller has checked that it may be seen. */
export async function serveFile(request: Request, store: RecordingStore, file: ServedFile): Promise<Response> {
  const stored = await store.stat(file.key);
  if (!stored) return refusedResponse('not-found');
  const headers = new Headers({
    'Content-Type': file.mimeType,
    'Accept-Ranges': 'bytes',
    ETag: file.etag,
    'Last-Modified': file.modifiedAt.toUTCString(),
    // Kept by this person's browser, asked about each time: rights may have changed.
    'Cache-Control': 'private, no-cache',
    Vary: 'Cookie',
    'X-Content-Type-Options': 'nosniff',
    'Cross-Origin-Resource-Policy': 'same-origin',
    'Content-Security-Policy': "default-src 'none'; sandbox",
    'Content-Disposition': contentDisposition(file.saveAs),
  });
  if (isFresh(request.headers, file)) return new Response(null, { status: 304, headers });

  const range = mayRange(request.headers, file) ? askedRange(request.headers.get('range'), stored.bytes) : null;
  if (range === 'unsatisfiable') {
    headers.set('Content-Range', `bytes */${stored.bytes}`);
    headers.set('Content-Length', '0');
    return new Response(null, { status: 416, headers });
  }
  const { start, end } = range ?? { start: 0, end: stored.bytes - 1 };
  if (range) headers.set('Content-Range', `bytes ${start}-${end}/${stored.bytes}`);
  headers.set('Content-Length', String(end - start + 1));
  const body = request.method === 'HEAD' || stored.bytes === 0 ? null : store.read(file.key, start, end);
  return new Response(body, { status: range ? 206 : 200, headers });
}

/** If-None-Match before If-Modified-Since (RFC 9110, section 13.2.2). */
function isFresh(headers: Headers, { etag, modifiedAt }: ServedFile): boolean {
  const match = headers.get('if-none-match');
  if (match !== null) {
    return match.split(',').some((tag) => tag.trim() === '*' || tag.trim().replace(/^W\//u, '') === etag);
  }
  const since = Date.parse(headers.get('if-modified-since') ?? '');
  return !Number.isNaN(since) && wholeSeconds(modifiedAt) <= since;
}

/** Whether the part asked for is of this version of the file (If-Range; RFC 9110, section 13.1.5). */
function mayRange(headers: Headers, { etag, modifiedAt }: ServedFile): boolean {
  const condition = headers.get('if-range')?.trim();
  if (condition === undefined) return true;
  return condition.startsWith('"') ? condition === etag : Date.parse(condition) === wholeSeconds(modifiedAt);
}

const wholeSeconds = (date: Date): number => Math.floor(date.getTime() / 1000) * 1000;

/** `Content-Disposition` (RFC 6266) with a name in plain ASCII for old programs and the true one beside it (RFC 8187). */
export function contentDisposition(saveAs: string | undefined): string {
  if (saveAs === undefined) return 'inline';
  const ascii = saveAs
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/[^\x20-\x7e]|["\\%]/gu, '_');
  const encoded = encodeURIComponent(saveAs).replace(
    /['()*]/gu,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `attachment; filename="${ascii}"; filename*=UTF-8''${encoded}`;
}

/**
 * The name a recording is saved under: "Design review 2026-11-17 10.02.webm". No character that a file system or a
 * shell minds, nothing that turns the reading direction, no leading dot, at most 100 characters of title.
 */
export function recordingFileName(
  title: string,
  startedAt: Date,
  mimeType: string,
  timeZone: string | null = null,
): string {
  const plain = title
    .toWellFormed()
    .normalize('NFC')
    .replace(/[/\\:*?"<>|\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, ' ')
    .replace(/\s+/gu, ' ')
    .trim()
    .replace(/^[.\s]+/u, '');
  const cut = Array.from(plain)
    .slice(0, 100)
    .join('')
    .replace(/[.\s]+$/u, '');
  return `${cut || 'Recording'} ${localTime(startedAt, timeZone)}.${mimeType === 'video/mp4' ? 'mp4' : 'webm'}`;
}

/** "2026-11-17 10.02" in the time zone, or in UTC when there is no such zone. */
function localTime(date: Date, timeZone: string | null): string {
  try {
    const format = new Intl.DateTimeFormat('sv-SE', {
      timeZone: timeZone ?? 'UTC',
      dateStyle: 'short',
      timeStyle: 'short',
    });
    return format.format(date).replace(':', '.');
  } catch {
    return localTime(date, 'UTC');
  }
}
