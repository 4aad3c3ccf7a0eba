import { describe, expect, it } from 'vitest';
import { createPreparation } from '../../../src/transport/kafka/preparation.js';
import type { ValueParser } from '../../../src/transport/kafka/value-parser.js';
import { fetchedRecords } from './kafka-records.js';

function scripted(prepare?: ValueParser['prepare']): ValueParser {
  return {
    ...(prepare && { prepare }),
    parse: () => {
      throw new Error('not asked for');
    },
  };
}

describe('preparation', () => {
  const [one, two] = [fetchedRecords(['1']), fetchedRecords(['2'])];

  it('takes no time where there is nothing to wait for', () => {
    expect(createPreparation(scripted()).of(one, 1)).toBe(true);
    expect(createPreparation(scripted(() => undefined)).of(one, 1)).toBe(true);
  });

  it('answers in time when records have to wait, and asks once for them', async () => {
    let asked = 0;
    let arrive!: () => void;
    const preparation = createPreparation(
      scripted(() => {
        asked++;
        return new Promise<void>((resolve) => {
          arrive = resolve;
        });
      }),
    );
    expect(await preparation.of(one, 1)).toBe(false);
    expect(await preparation.of(one, 1)).toBe(false);
    arrive();
    expect(await preparation.of(one, 60_000)).toBe(true);
    expect(preparation.of(one, 1)).toBe(true);
    expect(asked).toBe(1);
    expect(await preparation.of(two, 1)).toBe(false);
    expect(asked).toBe(2);
  });

  it('forgets what earlier records waited for', async () => {
    const waits = [Promise.resolve(), new Promise<void>(() => {})];
    const preparation = createPreparation(scripted(() => waits.shift()));
    const first = preparation.of(one, 60_000);
    expect(await preparation.of(two, 1)).toBe(false);
    expect(await first).toBe(true);
    expect(await preparation.of(two, 1)).toBe(false);
  });

  it('fails with what it waits for, at each call', async () => {
    const preparation = createPreparation(scripted(() => Promise.reject(new Error('down'))));
    await expect(preparation.of(one, 1000)).rejects.toThrow('down');
    await expect(preparation.of(one, 1000)).rejects.toThrow('down');
  });
});
