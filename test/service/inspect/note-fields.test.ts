import { describe, expect, it } from 'vitest';
import { toConfig } from '../../../src/service/inspect/to-config.js';
import { renderFindings } from '../../../src/service/summary/render-findings.js';
import { hourlyRows, inspectCsv } from './inspect-csv.js';

describe('noteFields', () => {
  it('tells numbers with a decimal comma, and never takes them for the customer', async () => {
    const found = await inspectCsv(
      'Zeit;Kunde;Menge',
      hourlyRows((i, time) => `${time};k${i % 2};${i % 5 === 0 ? 2 : `${i % 5},16`}`),
    );
    expect(found.roles).toMatchObject({ customer: { field: 'Kunde', alternatives: [] }, values: [] });
    expect(found.fields[2]).toMatchObject({ name: 'Menge', type: 'decimal comma', example: '1,16' });
    const words = /Menge holds numbers with a decimal comma \(2,5\).*write them with a point \(2\.5\)/;
    const other = await inspectCsv(
      'Zeit;Menge;Kunde',
      hourlyRows((i, time) => `${time};2,5;k${i % 2}`),
    );
    expect(other.notes).toEqual([expect.stringMatching(words)]);
    expect(toConfig(other)).toMatch(words);
    await expect(
      inspectCsv(
        'Zeit;Menge',
        hourlyRows((i, time) => `${time};${i % 3},5`),
      ),
    ).rejects.toThrow(/no field can be the customer.*Menge \(decimal comma/);
  });

  it('takes a few numbers with a comma among others for spoilt ones', async () => {
    const { fields } = await inspectCsv(
      'time;customer;v',
      hourlyRows((i, time) => `${time};k${i % 2};${i === 7 ? '1,5' : i}`),
    );
    expect(fields[2]!.type).toBe('integer');
  });

  it('makes a channel of a constant number, with a note', async () => {
    const found = await inspectCsv(
      'customer,time,fee,v',
      hourlyRows((i, time) => `a${i % 2},${time},5,${i}`),
    );
    expect(found.roles.values).toEqual(['v', 'fee']);
    expect(found.notes).toEqual(['fee is 5 in every record: as a channel it tells nothing yet']);
  });

  it('tells numbers that it proposes no channels for', async () => {
    const found = await inspectCsv(
      'customer,time,a,b,c,d,e,f,g',
      hourlyRows((i, time) => `k${i % 2},${time},${Array.from({ length: 7 }, (_, j) => i * j + (i % 3)).join(',')}`),
    );
    expect(found.roles.values).toEqual(['a', 'b', 'c', 'd', 'e', 'f']);
    expect(found.notes).toEqual(['also numbers, and no channels of the proposal: g']);
  });

  it('warns of columns of one name', async () => {
    const found = await inspectCsv(
      'customer,time,v,v',
      hourlyRows((i, time) => `k${i % 2},${time},1,${i}`),
    );
    expect(found.csv?.repeated).toEqual(['v']);
    expect(found.notes).toEqual([expect.stringMatching(/^several columns are called v: .* rename all but one$/)]);
    expect(renderFindings(found, 'next', { width: 200 })).toContain('note: several columns are called v');
  });
});
