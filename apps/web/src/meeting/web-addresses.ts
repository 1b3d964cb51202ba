/** Where a web address stands in a text, and where it leads. */
export interface WebAddress {
  readonly start: number;
  readonly end: number;
  /** http or https. */
  readonly href: string;
}

/** Endings that make a link of words with dots though nobody typed https://: countries' two letters, and these. */
const COMMON_ENDINGS = 'biz|com|edu|gov|net|org|pro|web|xxx|aero|asia|coop|info|museum|name|shop|рф';
const COUNTRIES =
  'a[c-gilmnoq-uwxz]|b[abd-jmnorstvwyz]|c[acdf-ik-oruvwxyz]|d[ejkmoz]|e[cegrstu]|f[ijkmor]|g[abd-ilmnp-uwy]|h[kmnrtu]|i[delmnoq-t]|j[emop]|k[eghimnprwyz]|l[abcikrstuvy]|m[acdeghk-z]|n[acefgilopruz]|om|p[ae-hklmnrstwy]|qa|r[eosuw]|s[a-eg-ortuvxyz]|t[cdfghj-ortvwz]|u[agksyz]|v[aceginu]|w[fs]|y[et]|z[amw]';
const LABEL = String.raw`[\p{L}\p{N}](?:[\p{L}\p{N}_-]*[\p{L}\p{N}])?`;
/** Ends an address wherever it stands: space, brackets of markup, quotes, and the punctuation of Chinese. */
const TAIL = String.raw`[^\s\p{Cc}<>"\u0060｜，。！？；：、“”‘’（）【】《》「」]*`;
const WITH_SCHEME = String.raw`(?<![\p{L}\p{N}_])https?:\/\/(?=[\p{L}\p{N}[])${TAIL}`;
const WITHOUT = String.raw`(?<![\p{L}\p{N}@.:\/_-])(?:${LABEL}\.)+(?:${COMMON_ENDINGS}|${COUNTRIES})(?![\p{L}\p{N}@_-]|\.[\p{L}\p{N}])(?::\d{1,5})?(?:[\/?#]${TAIL})?`;
const ADDRESS = new RegExp(`${WITH_SCHEME}|${WITHOUT}`, 'giu');

/** Finds web addresses, and no other scheme: `javascript:` and its like can never become a link. */
export function webAddresses(text: string): readonly WebAddress[] {
  const found: WebAddress[] = [];
  for (const match of text.matchAll(ADDRESS)) {
    const address = withoutClosing(match[0]);
    const href = hrefOf(address);
    if (href !== null) found.push({ start: match.index, end: match.index + address.length, href });
  }
  return found;
}

const BRACKETS = [
  ['(', ')'],
  ['[', ']'],
  ['{', '}'],
] as const;

/** Without what belongs to the sentence around it: its full stop, and a bracket that was opened before. */
function withoutClosing(address: string): string {
  const tooMany = new Map(
    BRACKETS.map(([open, close]): [string, number] => [
      close,
      address.split(close).length - address.split(open).length,
    ]),
  );
  let end = address.length;
  for (; end > 0; end--) {
    const last = address.charAt(end - 1);
    const surplus = tooMany.get(last);
    if (surplus === undefined ? !/[.,:;!?'*]/u.test(last) : surplus <= 0) break;
    if (surplus !== undefined) tooMany.set(last, surplus - 1);
  }
  return address.slice(0, end);
}

/** Null for what is no address, and for one with a name before the host: it shows one place and leads to another. */
function hrefOf(address: string): string | null {
  const url = /^https?:/iu.test(address) ? address : `https://${address}`;
  if (!URL.canParse(url)) return null;
  const { protocol, username, password, href } = new URL(url);
  const web = protocol === 'http:' || protocol === 'https:';
  return web && username === '' && password === '' ? href : null;
}
