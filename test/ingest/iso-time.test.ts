import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { parseIsoTime } from '../../src/ingest/iso-time.js';
import { createZone } from '../../src/numeric/zone.js';

const UTC = createZone('UTC');

function parse(text: string, zone = UTC): number {
  // The text stands between digits, which must not be read.
  const bytes = Buffer.from(`00${text}00`);
  return parseIsoTime(bytes, 2, bytes.length - 2, zone);
}

describe('iso time', () => {
  it.each([
    ['2013-01-01', '2013-01-01T00:00:00.000Z'],
    ['2013-01-01T05:06', '2013-01-01T05:06:00.000Z'],
    ['2013-01-01 05:06:07', '2013-01-01T05:06:07.000Z'],
    ['2013-01-01t05:06:07z', '2013-01-01T05:06:07.000Z'],
    ['2013-01-01T05:06:07.1Z', '2013-01-01T05:06:07.100Z'],
    ['2013-01-01T05:06:07,123999999Z', '2013-01-01T05:06:07.123Z'],
    ['2013-01-01T05:06:07.12+01:30', '2013-01-01T03:36:07.120Z'],
    ['2013-01-01T05:06-0800', '2013-01-01T13:06:00.000Z'],
    ['2013-01-01T05:06+02', '2013-01-01T03:06:00.000Z'],
    ['2012-02-29T23:59:60Z', '2012-02-29T23:59:59.000Z'],
    ['0001-01-01', '0001-01-01T00:00:00.000Z'],
    ['9999-12-31T23:59:59.999Z', '9999-12-31T23:59:59.999Z'],
  ])('reads %s', (text, expected) => {
    expect(new Date(parse(text)).toISOString()).toBe(expected);
  });

  it.each([
    '',
    '2013',
    '2013-01',
    '2013-1-1',
    '2013-02-29',
    '1900-02-29',
    '2013-04-31',
    '2013-00-01',
    '2013-13-01',
    '2013-01-00',
    '2013-01-32',
    '20130101T0000',
    '2013/01/01',
    '2013-01-01T',
    '2013-01-01T05',
    '2013-01-01T05:6',
    '2013-01-01T24:00',
    '2013-01-01T05:60',
    '2013-01-01T05:06:61',
    '2013-01-01T05:06:07.',
    '2013-01-01T05:06:07.Z',
    '2013-01-01T05:06:07.1234x',
    '2013-01-01T05:06ZZ',
    '2013-01-01T05:06+1',
    '2013-01-01T05:06+01:',
    '2013-01-01T05:06+01:3',
    '2013-01-01T05:06+24:00',
    '2013-01-01T05:06+01:60',
    '2013-01-01TT05:06',
    '+002013-01-01',
    'x013-01-01',
    ' 2013-01-01',
    '2013-01-01Z',
    '1704067200',
  ])('refuses %j', (text) => {
    expect(parse(text)).toBeNaN();
  });

  it('reads times without zone in the zone, with the rule for hours that occur twice or never', () => {
    const zone = createZone('America/New_York');
    expect(parse('2013-11-03T01:30', zone)).toBe(Date.parse('2013-11-03T05:30Z'));
    expect(parse('2013-03-10T02:30', zone)).toBe(Date.parse('2013-03-10T07:30Z'));
    expect(parse('2013-07-01', zone)).toBe(Date.parse('2013-07-01T04:00Z'));
    expect(parse('2013-07-01T00:00Z', zone)).toBe(Date.parse('2013-07-01T00:00Z'));
  });

  it('agrees with Date on every day', () => {
    const day = fc.integer({ min: -719_162, max: 2_932_896 }); // years 1 to 9999
    fc.assert(
      fc.property(day, fc.nat(86_399_999), (days, ms) => {
        const text = new Date(days * 86_400_000 + ms).toISOString();
        expect(parse(text)).toBe(Date.parse(text));
      }),
      { numRuns: 2000 },
    );
  });
});
