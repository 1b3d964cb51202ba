import { headers } from 'next/headers';
import { ANSWER_MS } from './web-calls';

/**
 * Asks for the ticket while the page's scripts are still on their way: `requestTicket` takes the answer, so that the line to
 * signal opens as soon as they run. Scripts in a page that the router brings are not run: then `requestTicket` asks itself.
 */
export async function EarlyTicket({ slug }: { slug: string }) {
  const nonce = (await headers()).get('x-nonce') ?? undefined;
  const request = `{method:"POST",headers:{"content-type":"application/json"},body:${json(json({ meeting: slug }))},signal:AbortSignal.timeout(${ANSWER_MS})}`;
  // Read to its end at once: the signal would end a body that waits for the scripts, too.
  const answer = `fetch("/api/tickets",${request}).then(async(r)=>new Response(await r.text(),r))`;
  const early = `{slug:${json(slug)},answer:${answer}}`;
  // Browsers hide a nonce from scripts, so it can never be what the server wrote.
  return (
    <script
      nonce={nonce}
      suppressHydrationWarning
      dangerouslySetInnerHTML={{ __html: `(window.earlyTicket=${early}).answer.catch(()=>{})` }}
    />
  );
}

/** JSON that ends no script. */
const json = (value: unknown): string => JSON.stringify(value).replaceAll('<', String.raw`\u003c`);
