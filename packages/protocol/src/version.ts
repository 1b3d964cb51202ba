/** Version of this contract. A browser and a server that differ refuse each other (`version-mismatch`); the page then reloads itself. */
export const PROTOCOL_VERSION = 1;
