import { describe, expect, it } from 'vitest';
import { driftStatisticPluginContract } from '../../src/contract/drift-statistic-contract.js';
import type { DriftStatisticPlugin } from '../../src/plugin/drift-statistic-plugin.js';
import { describeContract } from '../contract/describe-contract.js';

const TEMPLATE = new URL('../../config/plugins/drift-statistic.mjs', import.meta.url).href;
const { default: template } = (await import(TEMPLATE)) as { readonly default: DriftStatisticPlugin };
describeContract('the template of a drift statistic', driftStatisticPluginContract(template, { threshold: 0.05 }));
describeContract(
  'the template of a drift statistic, of other windows',
  driftStatisticPluginContract(template, { threshold: 0.05, size: 1, channels: 3 }),
);

/** Checks of the contract that a statistic does not keep, of those of some name or of all. */
async function broken(measure: DriftStatisticPlugin['measure'], named?: string): Promise<readonly string[]> {
  const checks = driftStatisticPluginContract({ kind: 'drift-statistic', measure }, { threshold: 0.5, size: 2 });
  const failed: string[] = [];
  for (const { name, run } of checks) {
    if (named === undefined || name === named) await run().catch(() => failed.push(name));
  }
  return failed;
}

describe('the contract of a drift statistic', () => {
  it('lets values pass with p-values, levels and times, and statistics that have nothing to say', async () => {
    expect(await broken(() => [])).toEqual([]);
    expect(
      await broken((_, { start }) => [
        { subject: 'all', value: 0.1, pValue: 0.5, level: 0.01, since: start },
        { subject: 's1', value: 0.1, pValue: null },
        { subject: 'dim2', value: -0.1 },
        { subject: 'channel0:q4', value: 0.1 },
      ]),
    ).toEqual([]);
    // What a test says is chance is no drift, however large; but of a side and itself there is nothing to test.
    expect(await broken((a, b) => [{ value: a === b ? 0 : 1, pValue: 0.2 }])).toEqual([]);
  });

  const finite = 'gives finite values, each subject once, of windows of any number';
  let calls = 0;
  it.each<[string, DriftStatisticPlugin['measure'], string]>([
    ['is no list', () => null as never, finite],
    ['is not finite', () => [{ value: Number.NaN }], finite],
    ['is of a subject that is none', () => [{ subject: 'c17', value: 0 }], finite],
    ['is told twice', () => [{ value: 0 }, { subject: 'all', value: 0 }], finite],
    ['has no probability', () => [{ value: 0, pValue: 1.5 }], finite],
    ['is of later', (_, { end }) => [{ value: 0, since: end }], finite],
    ['is always drift', () => [{ value: 1 }], 'tells no drift of windows that are compared with themselves'],
    [
      'is as large by chance',
      (a, b) => [{ value: a.distances.mean === b.distances.mean ? 0 : 1 }],
      'tells no drift of other windows of the same kind',
    ],
    [
      'needs reconstructions',
      (_, { reconstructionErrors }) => [{ value: reconstructionErrors.mean / 100 }],
      'can do without reconstruction errors, with one segment, and with segments that have no windows',
    ],
    [
      'needs windows in each segment',
      (_, { segmentMeans }) => [{ value: segmentMeans.reduce((sum, mean) => sum + mean, 0) / 1e6 }],
      'can do without reconstruction errors, with one segment, and with segments that have no windows',
    ],
    [
      'needs embeddings',
      (_, { sample }) => [{ value: sample.values.reduce((sum, each) => sum + each, 0) / sample.length / 1e3 }],
      'gives finite values or none where windows have no embeddings',
    ],
    [
      'counts its calls',
      () => [{ value: ++calls / 1e6 }],
      'says the same of the same windows, whatever it was asked before',
    ],
    [
      'sorts the sample',
      (_, { sample }) => [{ value: 0 * sample.values.sort().length }],
      'leaves what it was given as it was',
    ],
  ])('refuses one whose value %s', async (_, measure, check) => {
    expect(await broken(measure, check)).toEqual([check]);
  });
});
