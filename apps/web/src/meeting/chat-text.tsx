import { LinkifyIt } from 'linkify-it';
import { Fragment, memo } from 'react';

// Web addresses only: no other scheme can be made a link, whatever is typed.
const linkify = new LinkifyIt({ fuzzyLink: true, fuzzyEmail: false, fuzzyIP: false })
  .add('ftp:', null)
  .add('mailto:', null)
  .add('//', null);

/** A stretch of a message: text, or text that leads somewhere. */
export interface Stretch {
  readonly text: string;
  /** http or https. */
  readonly href: string | null;
}

/** Finds web addresses in what somebody wrote. What they join to is the whole text. */
export function stretches(text: string): readonly Stretch[] {
  const found: Stretch[] = [];
  let end = 0;
  for (const match of linkify.match(text) ?? []) {
    const href = safeAddress(match.schema === '' ? `https://${match.text}` : match.url);
    if (href === null) continue;
    if (match.index > end) found.push({ text: text.slice(end, match.index), href: null });
    found.push({ text: text.slice(match.index, match.lastIndex), href });
    end = match.lastIndex;
  }
  if (end < text.length) found.push({ text: text.slice(end), href: null });
  return found;
}

function safeAddress(address: string): string | null {
  if (!URL.canParse(address)) return null;
  const { protocol, href } = new URL(address);
  return protocol === 'http:' || protocol === 'https:' ? href : null;
}

/** A message with its links. React escapes the rest. Each is looked through once: 4,000 characters can take a tenth of a second. */
export const ChatText = memo(function ChatText({ text }: { text: string }) {
  return (
    <p className="text-button whitespace-pre-wrap [overflow-wrap:anywhere]">
      {stretches(text).map((stretch, index) =>
        stretch.href === null ? (
          <Fragment key={index}>{stretch.text}</Fragment>
        ) : (
          <a
            key={index}
            href={stretch.href}
            target="_blank"
            rel="noopener noreferrer nofollow"
            className="text-voice underline underline-offset-3"
          >
            {stretch.text}
          </a>
        ),
      )}
    </p>
  );
});
