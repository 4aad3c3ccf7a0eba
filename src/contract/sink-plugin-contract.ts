import assert from 'node:assert/strict';
import type { OpenedSink, SinkPlugin, SinkRecord } from '../plugin/sink-plugin.js';
import type { ContractCheck } from './contract-check.js';
import { SAMPLE_RECORDS } from './sample-records.js';

export interface SinkPluginContractOptions {
  /**
   * All that it has been handed so far, in order, read from the outside: from where it writes to.
   *
   * @default what arrives is not looked at
   */
  readonly received?: () => readonly Received[] | Promise<readonly Received[]>;
}

/** A record, after the name of its output. */
export type Received = readonly [output: string, record: SinkRecord];

/**
 * What every sink plug-in must keep.
 *
 * @example
 * for (const { name, run } of sinkPluginContract(plugin, { received })) it(name, run);
 */
export function sinkPluginContract(
  plugin: SinkPlugin,
  { received }: SinkPluginContractOptions = {},
): readonly ContractCheck[] {
  const outputs = Object.keys(SAMPLE_RECORDS);
  const samples = (): Received[] =>
    Object.entries(SAMPLE_RECORDS).flatMap(([output, records]) =>
      records.map((record): Received => [output, structuredClone(record)]),
    );

  async function withSink(work: (sink: OpenedSink) => Promise<void>): Promise<void> {
    const sink = await plugin.open({ outputs });
    assert.equal(typeof sink.write, 'function', 'write() of what open() gave');
    assert.equal(typeof sink.flush, 'function', 'flush() of what open() gave');
    await work(sink);
    await sink.close?.();
  }

  /** What has arrived since, in order. */
  async function arrivesOf(work: (sink: OpenedSink) => Promise<void>): Promise<readonly Received[]> {
    let arrived: readonly Received[] = [];
    await withSink(async (sink) => {
      await sink.flush();
      const before = (await received?.())?.length ?? 0;
      await work(sink);
      await sink.flush();
      // Before it is closed: a flush must do.
      arrived = (await received?.())?.slice(before) ?? [];
    });
    return arrived;
  }

  const holds = (arrived: readonly Received[], expected: readonly Received[]): void => {
    if (received !== undefined) assert.deepEqual([...arrived], [...expected], 'what has arrived after a flush');
  };

  return [
    {
      name: 'takes records of every output, and has them in order once a flush resolves',
      run: async () => {
        const arrived = await arrivesOf(async (sink) => {
          for (const [output, record] of samples()) await sink.write(output, [record]);
        });
        holds(arrived, samples());
      },
    },
    {
      name: 'takes many records at once',
      run: async () => {
        const [record] = SAMPLE_RECORDS.assignments!;
        const many = Array.from({ length: 5_000 }, (_, i) => ({ ...record, customerId: `c${i}` }));
        const arrived = await arrivesOf(async (sink) => sink.write('assignments', many));
        holds(
          arrived,
          many.map((each) => ['assignments', each]),
        );
      },
    },
    {
      name: 'leaves what it was given as it was',
      run: async () => {
        const given = samples();
        await arrivesOf(async (sink) => {
          for (const [output, record] of given) await sink.write(output, [record]);
        });
        assert.deepEqual(given, samples());
      },
    },
    {
      name: 'takes records that it has had before, as they come after a restart',
      run: async () => {
        for (let start = 0; start < 2; start++) {
          await withSink(async (sink) => {
            for (const [output, record] of samples()) await sink.write(output, [record]);
            await sink.flush();
          });
        }
      },
    },
    {
      name: 'can be flushed and closed without a record',
      run: async () => {
        const arrived = await arrivesOf(async (sink) => sink.flush());
        holds(arrived, []);
      },
    },
  ];
}
