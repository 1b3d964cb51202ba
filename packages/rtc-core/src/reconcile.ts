export interface Reconciler<T> {
  /** The value the resource shall have. Returns at once; call it as often as you like. */
  want(value: T): void;
  /** Resolves when nothing is left to do: the resource has the wanted value, reaching it failed and was reported, or it is closed. Never rejects. */
  settled(): Promise<void>;
  /** No further change begins. One that runs is let finish, and nobody waits for it: that of a closed resource may never. Idempotent. */
  close(): void;
}

export interface ReconcileOptions<T> {
  /** Brings the resource to `value`. Never called while another call runs. */
  readonly apply: (value: T) => Promise<void>;
  /** `apply` rejected. The value is not tried again until it is wanted again. */
  readonly onFailure: (error: unknown, value: T) => void;
  /** Whether the resource has `b` already when it has `a`. Default: Object.is. */
  readonly equal?: (a: T, b: T) => boolean;
}

/**
 * Brings a resource in line with a value, one change at a time, the latest wins. If the value changes faster than
 * `apply` can follow, values between are skipped.
 */
export function reconcile<T>({ apply, onFailure, equal = Object.is }: ReconcileOptions<T>): Reconciler<T> {
  let wanted: { readonly value: T } | null = null;
  let reached: { readonly value: T } | null = null;
  let running: Promise<void> | null = null;
  let closed = false;
  let release = (): void => {};
  const released = new Promise<void>((resolve) => (release = resolve));

  async function run(): Promise<void> {
    while (wanted && !closed) {
      const { value } = wanted;
      wanted = null;
      if (reached && equal(reached.value, value)) continue;
      try {
        await apply(value);
        reached = { value };
      } catch (error) {
        // What the resource has now is unknown, so that even the value it had before must be applied again.
        reached = null;
        onFailure(error, value);
      }
    }
    running = null;
  }

  return {
    want(value) {
      if (closed) return;
      wanted = { value };
      running ??= Promise.resolve().then(run);
    },
    settled: () => (running ? Promise.race([running, released]) : Promise.resolve()),
    close() {
      closed = true;
      wanted = null;
      release();
    },
  };
}
