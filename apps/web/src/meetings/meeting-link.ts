/** What somebody pasted as a meeting link. `elsewhere`: an address of another server. */
export type MeetingLink =
  | { readonly type: 'here'; readonly path: string }
  | { readonly type: 'elsewhere'; readonly host: string; readonly href: string }
  | { readonly type: 'none' };

const TOKEN = /^[A-Za-z0-9_-]{8,64}\.[A-Za-z0-9_-]{20,128}$/u;
const SLUG = /^[a-z]{4}-[a-z]{4}-[a-z]{4}$/u;
const PATH = /^\/(j|m|meetings)\/([^/]+)\/?$/u;
// What mail programs and chats leave around a link.
const AROUND = /^[\s<"'“”‘’(（「]+|[\s>"'“”‘’)）」,，.。;；]+$/gu;

/**
 * Reads a meeting link in whatever shape it was pasted: the whole address, without its scheme, its path, or the
 * token or slug alone. Whether such a meeting exists is for the server to say.
 * @param origin of this server, as `https://host[:port]`
 */
export function readMeetingLink(text: string, origin: string): MeetingLink {
  const link = text.replace(AROUND, '');
  if (TOKEN.test(link) && !link.includes('/')) return { type: 'here', path: `/j/${link}` };
  if (SLUG.test(link.toLowerCase())) return { type: 'here', path: `/m/${link.toLowerCase()}` };
  if (link.startsWith('/')) return ofPath(link.replace(/[?#].*$/u, '')) ?? { type: 'none' };
  const url = toUrl(link);
  if (!url) return { type: 'none' };
  const found = ofPath(url.pathname);
  if (!found) return { type: 'none' };
  if (url.host === new URL(origin).host) return found;
  return { type: 'elsewhere', host: url.host, href: url.href };
}

function toUrl(link: string): URL | null {
  const whole = /^https?:\/\//iu.test(link) ? link : `https://${link}`;
  // A path and a host with a dot or a port: not any word.
  if (!/^https?:\/\/[^/\s]+[.:][^/\s]+\/\S+$/iu.test(whole) && !/^https?:\/\/localhost\/\S+$/iu.test(whole))
    return null;
  return URL.canParse(whole) ? new URL(whole) : null;
}

function ofPath(path: string): MeetingLink | null {
  const [, kind, id] = PATH.exec(path) ?? [];
  if (kind === 'j' && id && TOKEN.test(id)) return { type: 'here', path: `/j/${id}` };
  if ((kind === 'm' || kind === 'meetings') && id && SLUG.test(id)) return { type: 'here', path: `/${kind}/${id}` };
  return null;
}
