import { openTakeReply, type OpenTakeReply } from '@parley/protocol/recording';
import { accept, refuse, type Result } from '@parley/protocol/refusal';
import type { TakeDestination } from '@parley/protocol/room-state';
import { TicketRefused } from '@parley/rtc-core';
import * as z from 'zod/mini';

declare global {
  interface Window {
    /** What the page asked for while its scripts were on their way (early-ticket.tsx). */
    earlyTicket?: { readonly slug: string; readonly answer: Promise<Response> } | undefined;
  }
}

const ticketReply = z.object({ ticket: z.string() });
const forbiddenReply = z.object({ error: z.object({ code: z.enum(['removed', 'wrong-origin']) }) });

/** Who waits longer than this waits for a network that is gone: another attempt may find a new one. */
export const ANSWER_MS = 10_000;

function post(path: string, body: object): Promise<Response> {
  return fetch(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    credentials: 'same-origin',
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(ANSWER_MS),
  });
}

/** The answer that the page has asked for already; the first time only. */
function earlyAnswer(slug: string): Promise<Response> | undefined {
  const { earlyTicket } = window;
  window.earlyTicket = undefined;
  return earlyTicket?.slug === slug ? earlyTicket.answer : undefined;
}

/**
 * Asks web for a ticket into the meeting; `last` is the previous one.
 * @throws TicketRefused when web says no for good; any other error when it is away
 */
export async function requestTicket(slug: string, last: string | null): Promise<string> {
  // That an early request failed says nothing of now.
  const early = last === null ? await earlyAnswer(slug)?.catch(() => undefined) : undefined;
  const response = early ?? (await post('/api/tickets', { meeting: slug, ...(last === null ? {} : { last }) }));
  if (response.status === 403) {
    // One that does not say why comes from something in front of web: it may pass.
    const said = forbiddenReply.safeParse(await response.json().catch(() => null));
    if (said.success)
      throw new TicketRefused({ code: said.data.error.code === 'removed' ? 'removed' : 'origin-not-allowed' });
  }
  // No invite that is alive.
  if (response.status === 404) throw new TicketRefused({ code: 'ticket-invalid' });
  if (!response.ok) throw new Error(`No ticket: web answered ${response.status}.`);
  return ticketReply.parse(await response.json()).ticket;
}

const refusal = z.object({ error: z.object({ code: z.literal('not-found') }) });

/**
 * Asks web to open a take. `meeting` is the room's meeting id. Refusals: take-refused.
 * @throws when web is away
 */
export async function openTake(meeting: string, destination: TakeDestination): Promise<Result<OpenTakeReply>> {
  const response = await post('/api/takes', { meeting, destination });
  const answer: unknown = await response.json();
  if (response.ok) return accept(openTakeReply.parse(answer));
  // A proxy in front of it answers 404 of its own while web restarts.
  if (refusal.safeParse(answer).success) return refuse('take-refused');
  throw new Error(`No take: web answered ${response.status}.`);
}

/** Offers a file for download. */
export function saveFile(file: Blob, name: string): void {
  const url = URL.createObjectURL(file);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The browser has taken hold of it by then; a recording must not stay in memory.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
