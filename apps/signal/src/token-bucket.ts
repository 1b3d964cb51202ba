/** `rate`: tokens a second. `burst`: tokens at most, and at first. */
export interface Allowance {
  readonly rate: number;
  readonly burst: number;
}

/**
 * What a packet over its allowance meets. A bucket may go into debt by its burst once more before the
 * sender counts as flooding: who is merely eager reads `too-fast` and goes on, who does not stop is closed.
 */
export type Verdict = 'ok' | 'too-fast' | 'flood';

/** Token bucket: `rate` a second on average, `burst` at once. */
export class TokenBucket {
  #tokens: number;
  #at: number;

  constructor(
    private readonly allowance: Allowance,
    now: number,
  ) {
    this.#tokens = allowance.burst;
    this.#at = now;
  }

  take(now: number): Verdict {
    const { burst } = this.allowance;
    this.#tokens = this.#tokensAt(now) - 1;
    this.#at = now;
    if (this.#tokens >= 0) return 'ok';
    return this.#tokens < -burst ? 'flood' : 'too-fast';
  }

  /** Takes a token if there is one besides `spared`. Who asks in vain owes nothing, and gets the next that there is. */
  takeIfAny(now: number, spared = 0): boolean {
    return this.#tokensAt(now) >= 1 + spared && this.take(now) === 'ok';
  }

  /** Full again: nothing would be forgotten by dropping it. */
  isFull(now: number): boolean {
    return this.#tokensAt(now) >= this.allowance.burst;
  }

  #tokensAt(now: number): number {
    const { rate, burst } = this.allowance;
    return Math.min(burst, this.#tokens + (Math.max(0, now - this.#at) * rate) / 1_000);
  }
}
