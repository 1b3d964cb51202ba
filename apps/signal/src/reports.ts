import { readFile, rename, writeFile } from 'node:fs/promises';
import { REPORT_PATH, type Report, reportReply, SIGNATURE_HEADER, signBody } from '@parley/protocol/service-calls';
import type { Logger } from 'pino';
import type { Clock } from './clock';
import type { RoomLog } from './room-log';

/** Events are gathered for this long before they are reported, ms. */
const GATHER_MS = 200;
const BATCH = { events: 500, bytes: 256 * 1_024 };
const BACKOFF_MS = { first: 500, most: 30_000 };
const ANSWER_WITHIN_MS = 10_000;

export interface ReportsOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  /** Where web is reached, without a path. */
  readonly webUrl: string;
  readonly secret: string;
  /** Web has stored all of `session` up to `revision`. */
  readonly onStored: (session: string, revision: number) => void;
  /** The meeting of `session` was deleted. */
  readonly onGone: (session: string) => void;
}

interface Account {
  readonly meeting: string;
  readonly session: string;
  readonly log: RoomLog;
  /** Last event that web says it has stored. */
  cursor: number;
  running: Promise<void> | null;
  failures: number;
  /** Web asks for events that the log no longer holds: nothing more can be told. */
  given: boolean;
}

/**
 * Tells web what happened, session by session, in order: a cursor over each log. Repeats what web has not
 * confirmed, backs off while web is away, and begins again where web says it stands.
 */
export class Reports {
  #accounts = new Map<string, Account>();
  #stopped = false;
  #draining = false;
  #away = false;
  #waiting = new Set<() => void>();

  constructor(private readonly options: ReportsOptions) {}

  /** The last report did not get through. */
  get webAway(): boolean {
    return this.#away;
  }

  /** Takes up a session; after a restart its cursor is read back. A lost cursor only means that web hears some things twice. */
  async open(meeting: string, session: string, log: RoomLog): Promise<void> {
    const cursor = Number(await readFile(cursorPath(log), 'utf8').catch(() => '0'));
    this.add(meeting, session, log, Number.isSafeInteger(cursor) && cursor > 0 ? cursor : 0);
  }

  add(meeting: string, session: string, log: RoomLog, cursor = 0): void {
    this.#accounts.set(session, { meeting, session, log, cursor, running: null, failures: 0, given: false });
    this.nudge(session);
  }

  /** More of `session` is on disk. */
  nudge(session: string): void {
    const account = this.#accounts.get(session);
    if (!account || account.running || this.#stopped || account.given || account.cursor >= account.log.revision) return;
    account.running = this.#run(account)
      .catch((error: unknown) => this.options.logger.error({ err: error, session }, 'reporting failed'))
      .finally(() => {
        account.running = null;
        if (!this.#draining) this.nudge(session);
      });
  }

  /** Whether web has all of `session` that it can be told. */
  isDone(session: string): boolean {
    const account = this.#accounts.get(session);
    return !account || account.given || account.cursor >= account.log.revision;
  }

  forget(session: string): void {
    this.#accounts.delete(session);
  }

  /** Reports what is left without waiting, gives up at the first failure of each session, and stops. */
  async drain(withinMs: number): Promise<boolean> {
    this.#draining = true;
    this.#wake();
    const all = Promise.all([...this.#accounts.values()].flatMap((account) => account.running ?? []));
    const late = new Promise<void>((resolve) => void setTimeout(resolve, withinMs).unref());
    await Promise.race([all, late]);
    this.stop();
    return [...this.#accounts.keys()].every((session) => this.isDone(session));
  }

  stop(): void {
    this.#stopped = true;
    this.#wake();
  }

  async #run(account: Account): Promise<void> {
    await this.#wait(GATHER_MS);
    while (!this.#stopped && !account.given && account.cursor < account.log.revision) {
      try {
        await this.#send(account);
        account.failures = 0;
        if (this.#away) {
          this.#away = false;
          this.options.logger.info('web is back');
          this.#wake();
        }
      } catch (error) {
        if (this.#stopped) return;
        if (!this.#away)
          this.options.logger.warn({ err: error, session: account.session }, 'web does not take reports');
        this.#away = true;
        if (this.#draining) return;
        const backoff = Math.min(BACKOFF_MS.most, BACKOFF_MS.first * 2 ** account.failures++);
        await this.#wait(backoff * (0.75 + Math.random() / 2));
      }
    }
  }

  /** @throws Error when web is away, refuses, or does not move on */
  async #send(account: Account): Promise<void> {
    const { meeting, session, log } = account;
    const events = await log.read(account.cursor + 1, BATCH);
    const last = events.at(-1)?.revision;
    if (last === undefined) {
      // Only a web that lost what it had confirmed asks for events that the log no longer holds.
      this.options.logger.error({ session, cursor: account.cursor }, 'web asks for events that are gone');
      account.given = true;
      return this.options.onStored(session, account.cursor);
    }
    // Web must never know more than what survives a power cut here.
    await log.sync();
    const body = JSON.stringify({ meeting, session, events } satisfies Report);
    const response = await fetch(new URL(REPORT_PATH, this.options.webUrl), {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        [SIGNATURE_HEADER]: await signBody(this.options.secret, body, this.options.clock.now()),
      },
      body,
      redirect: 'error',
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
    });
    if (!response.ok) {
      await response.body?.cancel();
      throw new Error(`Web answered a report with ${response.status}.`);
    }
    const reply = reportReply.parse(await response.json());
    const stored = Math.min(reply.stored, log.revision);
    const before = account.cursor;
    account.cursor = stored;
    // Without it web hears some things twice after a restart: no reason to hold up what it has heard.
    await saveCursor(log, stored).catch((error: unknown) =>
      this.options.logger.warn({ err: error, session }, 'how far web has heard cannot be written down'),
    );
    this.options.onStored(session, stored);
    if (reply.gone) this.options.onGone(session);
    if (stored === before) throw new Error('Web took a report and stored nothing of it.');
  }

  /** Until `ms` have passed, or there is a reason not to wait. */
  async #wait(ms: number): Promise<void> {
    if (this.#draining || this.#stopped) return;
    await new Promise<void>((resolve) => {
      const callOff = this.options.clock.after(ms, end);
      const waiting = this.#waiting;
      function end() {
        callOff();
        waiting.delete(end);
        resolve();
      }
      waiting.add(end);
    });
  }

  #wake(): void {
    for (const end of this.#waiting) end();
  }
}

export const cursorPath = (log: RoomLog): string => `${log.path}.reported`;

async function saveCursor(log: RoomLog, revision: number): Promise<void> {
  const part = `${cursorPath(log)}.part`;
  await writeFile(part, String(revision), { mode: 0o600 });
  await rename(part, cursorPath(log));
}
