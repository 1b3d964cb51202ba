/** Every IANA zone this server knows, `chosen` among them, which may be an older name of one. */
export function timeZones(chosen: string): string[] {
  const known = new Set(['UTC', ...Intl.supportedValuesOf('timeZone'), chosen]);
  return [...known].sort();
}
