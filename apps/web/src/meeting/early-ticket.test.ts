import { runInThisContext } from 'node:vm';
import type { ReactElement } from 'react';
import { afterEach, expect, test, vi } from 'vitest';
import { EarlyTicket } from './early-ticket';
import { requestTicket } from './web-calls';

vi.mock('next/headers', () => ({ headers: () => Promise.resolve(new Headers({ 'x-nonce': 'a nonce' })) }));

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

/** Runs the script of the page and gives its element. */
async function runs(slug: string) {
  const script = (await EarlyTicket({ slug })) as ReactElement<{
    nonce: string;
    dangerouslySetInnerHTML: { __html: string };
  }>;
  runInThisContext(script.props.dangerouslySetInnerHTML.__html);
  return script;
}

test('asks in the page for a ticket, which is taken even when the scripts come after its time', async () => {
  vi.stubGlobal('window', {});
  const ends = new AbortController();
  vi.spyOn(AbortSignal, 'timeout').mockReturnValue(ends.signal);
  // As fetch: the signal ends a body that is not read yet, too.
  const asked = vi.fn((_path: string, { signal }: RequestInit & { body: string }) => {
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        signal?.addEventListener('abort', () => controller.error(signal.reason));
        setTimeout(() => {
          controller.enqueue(new TextEncoder().encode('{"ticket":"early"}'));
          controller.close();
        });
      },
    });
    return Promise.resolve(new Response(body));
  });
  vi.stubGlobal('fetch', asked);
  const script = await runs('</script>');
  expect(script.props.nonce).toBe('a nonce');
  expect(script.props.dangerouslySetInnerHTML.__html).not.toContain('<');
  expect(JSON.parse(asked.mock.calls[0]?.[1].body ?? '')).toEqual({ meeting: '</script>' });
  await window.earlyTicket?.answer;
  await new Promise((resolve) => setTimeout(resolve, 20));
  ends.abort(new DOMException('late', 'TimeoutError'));
  expect(await requestTicket('</script>', null)).toBe('early');
});
