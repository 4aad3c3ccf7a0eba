import { describe, expect, it } from 'vitest';
import { toKeyedRecords } from '../../src/simulate/keyed-records.js';
import { simulateUsage } from '../../src/simulate/simulate-usage.js';

const SMALL = { customers: 40, days: 10, seed: 3 };

describe('the keyed records of a simulation', () => {
  it('are its lines, all of them and in their order', () => {
    const chunks = [...simulateUsage(SMALL).events];
    const values = chunks.flatMap((chunk) => Array.from(toKeyedRecords(chunk), ({ value }) => `${value}\n`));
    const simulation = simulateUsage(SMALL);
    expect(values.join('')).toBe(Buffer.concat([...simulation.events]).toString());
    expect(values.length).toBe(simulation.manifest().records);
  });

  it('have the customer as their key, also where the record is spoilt', () => {
    const spoilt = simulateUsage({ ...SMALL, corruptShare: 0.5, outOfOrderShare: 0 });
    const records = Array.from(spoilt.events, (chunk) => [...toKeyedRecords(chunk)]).flat();
    const keys = new Set(records.map(({ key }) => key));
    expect([...keys].every((key) => /^c(\ufffd\ufffd)?0000\d\d$/.test(key))).toBe(true);
    for (const { key, value } of records) {
      if (!key.includes('\ufffd')) expect(value.toString().startsWith(`{"customerId":"${key}"`)).toBe(true);
    }
  });

  it('are none of an empty chunk', () => {
    expect([...toKeyedRecords(new Uint8Array())]).toEqual([]);
  });
});
