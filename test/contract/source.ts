import { describe, expect, it } from 'vitest';
import type { UsageBatch } from '../../src/ingest/usage-batch.js';
import type { Source, SourcePosition } from '../../src/ports.js';
import { drain } from '../transport/drain.js';

/** How the contract opens a source: always over the same records, at least 20 of them, in several batches. */
export interface SourceUnderTest {
  open(from?: SourcePosition): Promise<Source>;
}

/** What every source that can go on from a position must keep. */
export function describeSourceContract(name: string, make: () => Promise<SourceUnderTest>): void {
  describe(`${name} keeps the contract of sources`, () => {
    const readAll = async (source: Source) => {
      const seen = await drain(source);
      await source.close();
      return seen;
    };

    it('hands over the same records each time', async () => {
      const { open } = await make();
      const first = await readAll(await open());
      expect(first.records.length).toBeGreaterThanOrEqual(20);
      expect(await readAll(await open())).toEqual(first);
    });

    it('goes on from any position as if never stopped, also by way of JSON', async () => {
      const { open } = await make();
      const whole = await readAll(await open());
      for (let pulls = 0; ; pulls++) {
        const first = await open();
        const seen = await drain(first, pulls);
        const isEnd = seen.records.length === whole.records.length;
        const position = JSON.parse(JSON.stringify(first.position())) as SourcePosition;
        await first.close();
        const second = await open(position);
        expect(await drain(second, Infinity, seen)).toEqual(whole);
        await second.close();
        if (isEnd) break;
        expect(pulls).toBeLessThan(1_000);
      }
    });

    it('does not move its position until the next pull', async () => {
      const { open } = await make();
      const source = await open();
      await source.pull();
      expect(source.position()).toEqual(source.position());
      await source.close();
    });

    it('says nothing more after the end', async () => {
      const { open } = await make();
      const source = await open();
      await drain(source);
      expect(await source.pull()).toBeUndefined();
      expect(await source.pull()).toBeUndefined();
      await source.close();
    });

    it('keeps a batch as it is until the next pull', async () => {
      const { open } = await make();
      const source = await open();
      const batch = (await source.pull())!;
      const before = copy(batch);
      await new Promise((resolve) => setTimeout(resolve, 20));
      expect(copy(batch)).toEqual(before);
      await source.close();
    });

    it('can be closed at once, in the middle and twice', async () => {
      const { open } = await make();
      await (await open()).close();
      const source = await open();
      await source.pull();
      await source.close();
      await source.close();
    });
  });
}

function copy(batch: UsageBatch): unknown {
  const { length } = batch;
  return {
    times: [...batch.eventTimes.subarray(0, length)],
    rows: [...batch.rows.subarray(0, length)],
    originals: Array.from({ length }, (_, i) => Buffer.from(batch.original(i)).toString()),
  };
}
