import { describe, expect, it } from 'vitest';

import { SegtideError } from '../../src/errors.js';
import type { IngestOptions } from '../../src/ingest/ingest-options.js';
import { resolveIngest } from '../../src/ingest/ingest-settings.js';

const FIELDS = { customer: 'id', time: 'time' };

describe('ingest settings', () => {
  it('fills in defaults', () => {
    expect(resolveIngest({ fields: FIELDS })).toMatchObject({
      channels: [{ name: 'events', field: undefined, cumulative: false }],
      pivot: undefined,
      unit: 'iso',
      zone: 'UTC',
      minTime: 0,
      maxTime: Date.UTC(2100, 0),
      negative: 'keep',
      maxRecordBytes: 16 * 1024 * 1024,
      csv: { delimiter: ',', header: true },
    });
  });

  it('reads a field that serves twice once', () => {
    const { fields, channels } = resolveIngest({ fields: FIELDS, channels: [{ name: 'a', field: 'id' }] });
    expect(fields.map(({ name, numeric }) => [name, numeric])).toEqual([
      ['id', true],
      ['time', false],
    ]);
    expect(channels[0]!.field).toBe(0);
  });

  it('is plain data that another thread can take', () => {
    const settings = resolveIngest({ fields: FIELDS, time: { zone: 'Europe/Berlin', unit: 's' } });
    expect(structuredClone(settings)).toEqual(settings);
  });

  const wrong: readonly (readonly [Partial<IngestOptions>, RegExp])[] = [
    [{ fields: { customer: '', time: 't' } }, /`fields.customer` must be the name of a field.*got ""/],
    [{ fields: { customer: 'a..b', time: 't' } }, /`fields.customer`/],
    [{ fields: { customer: 'a\nb', time: 't' } }, /`fields.customer`/],
    [{ fields: { customer: 'a', time: 'a.b' } }, /`a` can't be a value, since `a.b` lies inside it/],
    [{ channels: [] }, /at least one channel/],
    [
      {
        channels: [
          { name: 'x', field: 'a' },
          { name: 'x', field: 'b' },
        ],
      },
      /got `x` twice/,
    ],
    [{ channels: [{ name: '', field: 'a' }] }, /not empty/],
    [{ channels: [{ name: 'x', field: 'a' }], pivot: { field: 'k', values: ['a'] } }, /exclude each other/],
    [{ pivot: { field: 'k', values: [] } }, /at least one value/],
    [{ pivot: { field: 'k', values: ['a', 'a'] } }, /got `a` twice/],
    [{ pivot: { field: 'k', values: ['a'], cumulative: true } }, /needs `pivot.value`/],
    [{ pivot: { field: 'k', values: ['a'], unknown: 'ignore' as 'skip' } }, /`reject` or `skip`; got `ignore`/],
    [{ time: { unit: 'h' as 's' } }, /one of iso, s, ms, us, ns; got `h`/],
    [{ time: { zone: 'Europe/Atlantis' } }, /Europe\/Atlantis/],
    [{ time: { min: 'yesterday' } }, /`time.min`.*got `yesterday`/],
    [{ time: { min: '2020-01-01', max: '2019-01-01' } }, /before `time.max`/],
    [{ negative: 'drop' as 'keep' }, /got `drop`/],
    [{ maxRecordBytes: 0 }, /whole number from 1 to 1073741824; got 0/],
    [{ csv: { delimiter: '"' } }, /one ASCII character/],
    [{ csv: { delimiter: ';;' } }, /one ASCII character/],
    [{ csv: { header: ['a', 'a'] } }, /twice/],
  ];
  it.each(wrong)('refuses %j', (options, message) => {
    const resolve = () => resolveIngest({ fields: FIELDS, ...options });
    expect(resolve).toThrow(message);
    expect(resolve).toThrow(SegtideError);
  });
});
