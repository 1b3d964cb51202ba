import { Fragment, memo } from 'react';
import { webAddresses } from './web-addresses';

/** A stretch of a message: text, or text that leads somewhere. */
export interface Stretch {
  readonly text: string;
  /** http or https. */
  readonly href: string | null;
}

/** Finds web addresses in what somebody wrote. What they join to is the whole text. */
export function stretches(text: string): readonly Stretch[] {
  const found: Stretch[] = [];
  let done = 0;
  for (const { start, end, href } of webAddresses(text)) {
    if (start > done) found.push({ text: text.slice(done, start), href: null });
    found.push({ text: text.slice(start, end), href });
    done = end;
  }
  if (done < text.length) found.push({ text: text.slice(done), href: null });
  return found;
}

/** A message with its links. React escapes the rest. Each is looked through once. */
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
