import { beforeEach } from 'vitest';

// The files of the browser project share an origin: what one of them remembers must not be there for the next.
beforeEach(() => localStorage.clear());
