import { Temporal } from 'temporal-polyfill';
import { describe, expect, it } from 'vitest';

import { SegtideError } from '../../src/errors.js';
import { createRandom } from '../../src/numeric/random.js';
import { createZone } from '../../src/numeric/zone.js';

const HOUR = 3_600_000;
const utc = (text: string): number => Date.parse(`${text}Z`);

// Half-hour changes, a skipped day, changes at midnight, no changes, and a zone whose rules end before 2100.
const ZONES = [
  'America/New_York',
  'Australia/Lord_Howe',
  'Pacific/Apia',
  'America/Sao_Paulo',
  'America/St_Johns',
  'America/Havana',
  'Africa/Casablanca',
  'Asia/Kathmandu',
  'Antarctica/Troll',
  'Europe/Dublin',
];

describe('zone', () => {
  it('gives the offset before and after both changes of a year', () => {
    const zone = createZone('America/New_York');
    expect(zone.offsetAt(utc('2013-03-10T06:59:59.999'))).toBe(-5 * HOUR);
    expect(zone.offsetAt(utc('2013-03-10T07:00'))).toBe(-4 * HOUR);
    expect(zone.offsetAt(utc('2013-11-03T05:59:59.999'))).toBe(-4 * HOUR);
    expect(zone.offsetAt(utc('2013-11-03T06:00'))).toBe(-5 * HOUR);
    expect(zone.offsetAt(utc('2013-03-10T06:59:59.999'))).toBe(-5 * HOUR);
  });

  it('reads a repeated local time as the earlier and a skipped one with the offset before the gap', () => {
    const zone = createZone('America/New_York');
    expect(zone.toEpoch(utc('2013-11-03T01:30'))).toBe(utc('2013-11-03T05:30'));
    expect(zone.toEpoch(utc('2013-11-03T02:00'))).toBe(utc('2013-11-03T07:00'));
    expect(zone.toEpoch(utc('2013-03-10T02:30'))).toBe(utc('2013-03-10T07:30'));
    expect(zone.toEpoch(utc('2013-03-10T03:00'))).toBe(utc('2013-03-10T07:00'));
  });

  it('begins a bin where no earlier local time comes after', () => {
    const zone = createZone('America/New_York');
    // The repeated hour is one bin of two hours; the skipped one is empty.
    expect(zone.startOf(utc('2013-11-03T01:00'))).toBe(utc('2013-11-03T05:00'));
    expect(zone.startOf(utc('2013-11-03T02:00'))).toBe(utc('2013-11-03T07:00'));
    expect(zone.startOf(utc('2013-03-10T02:00'))).toBe(utc('2013-03-10T07:00'));
    expect(zone.startOf(utc('2013-03-10T03:00'))).toBe(utc('2013-03-10T07:00'));
    // Days of 23 and 25 hours.
    const day = (text: string): number => zone.startOf(utc(text));
    expect(day('2013-03-11T00:00') - day('2013-03-10T00:00')).toBe(23 * HOUR);
    expect(day('2013-11-04T00:00') - day('2013-11-03T00:00')).toBe(25 * HOUR);
  });

  it('gives a day that a zone skipped no length', () => {
    const zone = createZone('Pacific/Apia');
    expect(zone.startOf(utc('2011-12-31T00:00')) - zone.startOf(utc('2011-12-30T00:00'))).toBe(0);
  });

  it('begins the day after the repeated hour when clocks go back at midnight', () => {
    const zone = createZone('America/Sao_Paulo');
    expect(zone.startOf(utc('2018-02-18T00:00'))).toBe(utc('2018-02-18T03:00'));
    expect(zone.toEpoch(utc('2018-02-17T23:30'))).toBe(utc('2018-02-18T01:30'));
  });

  it.each(ZONES)('agrees with Temporal at random times and around every change in %s', (name) => {
    const zone = createZone(name);
    const random = createRandom(7);
    const times: number[] = [];
    for (let i = 0; i < 300; i++) times.push(Math.floor(random.next() * utc('2100-01-01T00:00')));
    let at = Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(name);
    for (let i = 0; i < 60; i++) {
      const next = at.getTimeZoneTransition('next');
      if (next === null) break;
      for (const d of [-90, -45, -15, 0, 15, 45, 90]) times.push(next.epochMilliseconds + d * 60_000);
      times.push(next.epochMilliseconds - 1);
      at = next;
    }
    for (const time of times) {
      const there = Temporal.Instant.fromEpochMilliseconds(time).toZonedDateTimeISO(name);
      expect(zone.offsetAt(time)).toBe(there.offsetNanoseconds / 1e6);
      const local = Temporal.Instant.fromEpochMilliseconds(time).toZonedDateTimeISO('UTC').toPlainDateTime();
      expect(zone.toEpoch(time)).toBe(local.toZonedDateTime(name).epochMilliseconds);
    }
  });

  it.each(ZONES)('begins bins by the definition in %s', (name) => {
    const zone = createZone(name);
    const random = createRandom(11);
    let at = Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(name);
    for (let i = 0; i < 40; i++) {
      const next = at.getTimeZoneTransition('next');
      if (next === null) break;
      for (let j = 0; j < 5; j++) {
        const minute = Math.floor(random.next() * 240) - 120;
        const localMs = next.epochMilliseconds + next.offsetNanoseconds / 1e6 + minute * 60_000;
        const begin = zone.startOf(localMs);
        const localAt = (t: number): number => t + zone.offsetAt(t);
        expect(localAt(begin - 1)).toBeLessThan(localMs);
        for (let t = begin; t < begin + 5 * HOUR; t += 5 * 60_000) expect(localAt(t)).toBeGreaterThanOrEqual(localMs);
      }
      at = next;
    }
  });

  it('needs no table for UTC and takes fixed offsets', () => {
    expect(createZone('UTC').toEpoch(5)).toBe(5);
    expect(createZone('+05:30').offsetAt(0)).toBe(5.5 * HOUR);
    expect(createZone('+05:30').startOf(0)).toBe(-5.5 * HOUR);
  });

  it('names a zone that does not exist', () => {
    expect(() => createZone('Europe/Atlantis')).toThrow(SegtideError);
    expect(() => createZone('Europe/Atlantis')).toThrow(/Europe\/Atlantis/);
  });
});
