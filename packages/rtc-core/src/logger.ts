import { redact } from './secret';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

export interface LogEntry {
  /** Milliseconds since the epoch, this browser's clock. */
  readonly at: number;
  readonly level: LogLevel;
  readonly message: string;
  readonly context: Readonly<Record<string, unknown>>;
}

/** One line at info per lifecycle transition; SDP and candidates at debug; tickets and credentials never. */
export interface Logger {
  debug(message: string, context?: Record<string, unknown>): void;
  info(message: string, context?: Record<string, unknown>): void;
  warn(message: string, context?: Record<string, unknown>): void;
  error(message: string, context?: Record<string, unknown>): void;
  /** A logger whose every entry carries `context` as well. */
  with(context: Record<string, unknown>): Logger;
}

export const silentLogger: Logger = {
  debug() {},
  info() {},
  warn() {},
  error() {},
  with: () => silentLogger,
};

const KEPT = 500;

/** The flight recorder: what it is told it passes on to `next` and keeps, the last 500 entries, without secrets. */
export interface FlightRecorder extends Logger {
  /** Oldest first. */
  entries(): readonly LogEntry[];
}

export function createFlightRecorder(next: Logger, now: () => number): FlightRecorder {
  const ring: LogEntry[] = [];
  const log = (context: Record<string, unknown>, onward: Logger, level: LogLevel) => {
    return (message: string, more: Record<string, unknown> = {}): void => {
      const clean = redact({ ...context, ...more }) as Record<string, unknown>;
      ring.push({ at: now(), level, message, context: clean });
      if (ring.length > KEPT) ring.shift();
      onward[level](message, more);
    };
  };
  const logger = (context: Record<string, unknown>, onward: Logger): Logger => ({
    debug: log(context, onward, 'debug'),
    info: log(context, onward, 'info'),
    warn: log(context, onward, 'warn'),
    error: log(context, onward, 'error'),
    with: (more) => logger({ ...context, ...more }, onward.with(more)),
  });
  return { ...logger({}, next), entries: () => [...ring] };
}
