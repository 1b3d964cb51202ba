import { inspect } from 'node:util';

const HIDDEN = '<secret>';

/**
 * A value that must not reach a log, an error message or a page: however it is printed, it shows as `<secret>`.
 * `unwrap()` is called at the wire and nowhere else.
 */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  unwrap(): string {
    return this.#value;
  }

  toString(): string {
    return HIDDEN;
  }

  toJSON(): string {
    return HIDDEN;
  }

  [inspect.custom](): string {
    return HIDDEN;
  }
}
