import assert from 'node:assert/strict';
import type { Sink } from '../ports.js';
import type { ContractCheck } from './contract-check.js';

export interface SinkUnderTest<T> {
  readonly sink: Sink<T>;
  /** What is acknowledged, read from the outside. */
  acknowledged(): readonly T[] | Promise<readonly T[]>;
}

export interface SinkContractOptions<T> {
  /** A new one, of which nothing is acknowledged yet. */
  readonly make: () => SinkUnderTest<T> | Promise<SinkUnderTest<T>>;
  /** Makes the i-th record. */
  readonly record: (i: number) => T;
  /** `code` of the error of a write that comes too late. @default any error will do */
  readonly code?: string;
}

/**
 * What every sink must keep.
 *
 * @example
 * for (const { name, run } of sinkContract({ make, record: (i) => ({ i }) })) test(name, run);
 */
export function sinkContract<T extends object>({
  make,
  record,
  code,
}: SinkContractOptions<T>): readonly ContractCheck[] {
  const records = (from: number, to: number): T[] => Array.from({ length: to - from }, (_, i) => record(from + i));
  const holds = async ({ acknowledged }: SinkUnderTest<T>, count: number): Promise<void> =>
    assert.deepEqual([...(await acknowledged())], records(0, count), 'what is acknowledged');

  return [
    {
      name: 'has acknowledged every earlier write once a flush resolves, in order',
      run: async () => {
        const made = await make();
        const { sink } = made;
        await sink.write(records(0, 3));
        await sink.write(records(3, 4));
        await sink.flush();
        await holds(made, 4);
        await sink.close();
      },
    },
    {
      name: 'keeps the order of writes that nobody waited for, and drops none',
      run: async () => {
        const made = await make();
        const { sink } = made;
        const writes = Array.from({ length: 200 }, (_, i) => sink.write(records(10 * i, 10 * i + 10)));
        await sink.flush();
        await holds(made, 2_000);
        await Promise.all(writes);
        await sink.close();
      },
    },
    {
      name: 'leaves what it was given as it was',
      run: async () => {
        const { sink } = await make();
        const batch = Object.freeze(records(0, 3).map((each) => Object.freeze(each)));
        await sink.write(batch);
        await sink.flush();
        assert.deepEqual([...batch], records(0, 3));
        await sink.close();
      },
    },
    {
      name: 'takes an empty batch and an empty flush',
      run: async () => {
        const made = await make();
        const { sink } = made;
        await sink.write([]);
        await sink.flush();
        await holds(made, 0);
        await sink.close();
      },
    },
    {
      name: 'can be closed twice, has everything then, and refuses more in words',
      run: async () => {
        const made = await make();
        const { sink } = made;
        await sink.write(records(0, 5));
        await sink.flush();
        await Promise.all([sink.close(), sink.close()]);
        await sink.close();
        await holds(made, 5);
        await assert.rejects(
          async () => sink.write(records(5, 6)),
          (error) => {
            assert.ok(error instanceof Error && error.message !== '', 'an error that says why');
            if (code !== undefined) assert.equal((error as { readonly code?: unknown }).code, code);
            return true;
          },
        );
      },
    },
  ];
}
