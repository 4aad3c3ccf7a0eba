import { describe, expect, it } from 'vitest';
import type { Sink } from '../../src/ports.js';

export interface SinkUnderTest<T> {
  readonly sink: Sink<T>;
  /** What is acknowledged, read from the outside. */
  acknowledged(): Promise<readonly T[]>;
}

/** What every sink must keep. `record(i)` makes the i-th record, an object. */
export function describeSinkContract<T extends object>(
  name: string,
  make: () => Promise<SinkUnderTest<T>>,
  record: (i: number) => T,
): void {
  describe(`${name} keeps the contract of sinks`, () => {
    const records = (from: number, to: number): T[] => Array.from({ length: to - from }, (_, i) => record(from + i));

    it('has acknowledged every earlier write once a flush resolves, in order', async () => {
      const { sink, acknowledged } = await make();
      await sink.write(records(0, 3));
      await sink.write(records(3, 4));
      await sink.flush();
      expect(await acknowledged()).toEqual(records(0, 4));
      await sink.close();
    });

    it('keeps the order of writes that nobody waited for, and drops none', async () => {
      const { sink, acknowledged } = await make();
      const writes = Array.from({ length: 200 }, (_, i) => sink.write(records(10 * i, 10 * i + 10)));
      await sink.flush();
      expect(await acknowledged()).toEqual(records(0, 2_000));
      await Promise.all(writes);
      await sink.close();
    });

    it('leaves what it was given as it was', async () => {
      const { sink } = await make();
      const batch = Object.freeze(records(0, 3).map((each) => Object.freeze(each)));
      await sink.write(batch);
      await sink.flush();
      expect(batch).toEqual(records(0, 3));
      await sink.close();
    });

    it('takes an empty batch and an empty flush', async () => {
      const { sink, acknowledged } = await make();
      await sink.write([]);
      await sink.flush();
      expect(await acknowledged()).toEqual([]);
      await sink.close();
    });

    it('can be closed twice, has everything then, and refuses more in words', async () => {
      const { sink, acknowledged } = await make();
      await sink.write(records(0, 5));
      await sink.flush();
      await Promise.all([sink.close(), sink.close()]);
      await sink.close();
      expect(await acknowledged()).toEqual(records(0, 5));
      await expect(sink.write(records(5, 6))).rejects.toMatchObject({ code: 'output' });
    });
  });
}
