import { describe, expect, it } from 'vitest';
import { isTimeZone, momentOf, wallClock } from './local-time';

describe('the moment of a wall clock', () => {
  it.each([
    ['2026-01-15T09:00', 'Europe/Berlin', '2026-01-15T08:00:00.000Z'],
    ['2026-07-15T09:00', 'Europe/Berlin', '2026-07-15T07:00:00.000Z'],
    ['2026-12-01T09:00', 'Asia/Kolkata', '2026-12-01T03:30:00.000Z'],
    ['2026-12-01T00:30', 'Pacific/Kiritimati', '2026-11-30T10:30:00.000Z'],
    // The day before and after the clocks change.
    ['2026-03-28T09:00', 'Europe/Berlin', '2026-03-28T08:00:00.000Z'],
    ['2026-03-29T09:00', 'Europe/Berlin', '2026-03-29T07:00:00.000Z'],
    ['2026-10-24T09:00', 'Europe/Berlin', '2026-10-24T07:00:00.000Z'],
    ['2026-10-25T09:00', 'Europe/Berlin', '2026-10-25T08:00:00.000Z'],
    // Half past two does not exist that night: half past three.
    ['2026-03-29T02:30', 'Europe/Berlin', '2026-03-29T01:30:00.000Z'],
    // It comes twice that night: the first.
    ['2026-10-25T02:30', 'Europe/Berlin', '2026-10-25T00:30:00.000Z'],
    // The other half of the world, and half an hour of summer time.
    ['2026-10-04T02:30', 'Australia/Sydney', '2026-10-03T16:30:00.000Z'],
    ['2026-04-05T01:45', 'Australia/Lord_Howe', '2026-04-04T14:45:00.000Z'],
  ])('%s in %s is %s', (local, zone, utc) => {
    expect(momentOf(local, zone)?.toISOString()).toBe(utc);
  });

  it.each(['', 'tomorrow', '2026-02-30T09:00', '2026-13-01T09:00', '2026-01-01T25:00'])('%j is none', (local) => {
    expect(momentOf(local, 'Europe/Berlin')).toBeNull();
  });

  it.each([
    ['+099999-01-01T00:00', 'UTC'],
    ['+010000-01-01T00:00', 'Pacific/Kiritimati'],
    ['9999-12-31T23:00', 'America/St_Johns'],
  ])('%s in %s is none that the database and every clock can hold', (local, zone) => {
    expect(momentOf(local, zone)).toBeNull();
  });

  it('is shown again by the same clock', () => {
    const moment = momentOf('2026-07-15T09:05', 'America/St_Johns');
    expect(moment && wallClock(moment, 'America/St_Johns')).toBe('2026-07-15T09:05');
  });
});

it('knows time zones by name only', () => {
  expect(['UTC', 'Europe/Berlin', 'Asia/Shanghai'].every(isTimeZone)).toBe(true);
  expect(['', '+02:00', 'Mars/Olympus', 'Europe/Berlin; DROP'].some(isTimeZone)).toBe(false);
});
