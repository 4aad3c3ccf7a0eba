import { describe, expect, it } from 'vitest';

import type { TimeUnit } from '../../src/ingest/ingest-options.js';
import { resolveIngest } from '../../src/ingest/ingest-settings.js';
import { createNdjsonParser } from '../../src/ingest/ndjson-parser.js';
import { createTimeUnitWatch } from '../../src/ingest/time-unit-watch.js';
import { parseInChunks } from './read-batch.js';

const MS = 1_704_067_200_123;

function parse(unit: TimeUnit, times: readonly unknown[], min?: string) {
  const settings = resolveIngest({ fields: { customer: 'c', time: 't' }, time: { unit, ...(min ? { min } : {}) } });
  const text = times.map((t) => `${JSON.stringify({ c: 'a', t })}\n`).join('');
  return parseInChunks(createNdjsonParser(settings), Buffer.from(text));
}
const repeat = (value: unknown, n = 150): unknown[] => Array(n).fill(value);

describe('time unit watch', () => {
  it('names the unit that fits and an example', () => {
    expect(() => parse('s', repeat(MS))).toThrow(
      '`input.time.unit` is `s`, but values such as 1704067200123 fit `ms`: set `input.time.unit: ms` (flag --set input.time.unit=ms)',
    );
  });

  const wrong: readonly (readonly [TimeUnit, unknown, string])[] = [
    ['s', MS * 1000, 'us'],
    ['ms', MS * 1000, 'us'],
    ['ms', MS * 1e6, 'ns'],
    ['us', MS * 1e6, 'ns'],
    ['iso', MS, 'ms'],
    ['iso', 1_704_067_200.5, 's'],
    ['ms', '2024-01-01T00:00:00Z', 'iso'],
    // Plausible as they are, but all in January 1970.
    ['ms', 1_704_067_200, 's'],
    ['us', MS, 'ms'],
    ['ns', MS * 1000, 'us'],
    ['ns', 1_704_067_200, 's'],
  ];
  it.each(wrong)('notices %s with values such as %j', (unit, value, fits) => {
    expect(() => parse(unit, repeat(value))).toThrow(`set \`input.time.unit: ${fits}\``);
    expect(() => parse(unit, [value])).toThrow(`set \`input.time.unit: ${fits}\``);
  });

  it.each([
    ['ms', 1_704_067_200, true], // January 1970
    ['us', 1_704_067_200, true],
    ['s', MS, false], // beyond the latest time
    ['iso', MS, false], // no ISO time, wherever the ends are
    ['ms', '2024-01-01T00:00:00Z', false],
  ] as const)('advises an earlier `time.min` only where that would help: %s, %j', (unit, value, helps) => {
    let message = '';
    try {
      parse(unit, [value]);
    } catch (error) {
      message = (error as Error).message;
    }
    expect(message).toContain('set `input.time.unit');
    expect(message.includes('--set input.time.min=1969-12-31')).toBe(helps);
    if (helps) expect(parse(unit, [value], '1969-12-31').events).toHaveLength(1);
  });

  it('says nothing once one time was beyond doubt', () => {
    const all = parse('s', [1_704_067_200, ...repeat(MS)]);
    expect([all.events.length, all.deadLetters.length]).toEqual([1, 150]);
  });

  it('says nothing where no unit fits most values', () => {
    expect(parse('s', repeat(1e25)).deadLetters).toHaveLength(150);
    expect(parse('s', [...repeat(1e25, 60), ...repeat(MS, 60)]).deadLetters).toHaveLength(120);
    expect(parse('ms', repeat('soon')).deadLetters).toHaveLength(150);
  });

  it('takes made-up times that begin at 0, and all of 1970 where the user moved the lower end', () => {
    expect(
      parse(
        'ms',
        Array.from({ length: 300 }, (_, i) => i * 3_600_000),
      ).events,
    ).toHaveLength(300);
    expect(parse('ms', repeat(1_704_067_200), '1969-12-31').events).toHaveLength(150);
  });

  it('looks at all files of an input when they share it', () => {
    const settings = resolveIngest({ fields: { customer: 'c', time: 't' }, time: { unit: 's' } });
    const watch = createTimeUnitWatch(settings);
    const odd = Buffer.from(`{"c":"a","t":${MS}}\n`);
    expect(parseInChunks(createNdjsonParser(settings, watch), odd).deadLetters).toHaveLength(1);
    expect(() => watch.end()).toThrow('set `input.time.unit: ms`');
  });
});
