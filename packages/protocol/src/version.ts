/** Version of this contract. A browser and a server that differ refuse each other (`version-mismatch`); the page then says so and offers to reload. What is added and may be left out needs no new one. */
export const PROTOCOL_VERSION = 1;
