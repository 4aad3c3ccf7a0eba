import assert from 'node:assert/strict';
import type { ComparedWindows, DriftStatisticPlugin, MeasuredDrift } from '../plugin/drift-statistic-plugin.js';
import type { ContractCheck } from './contract-check.js';
import { type DrawnShape, type DrawnWindows, drawComparedWindows } from './draw-compared-windows.js';

export interface DriftStatisticContractOptions {
  /** What the config says. */
  readonly threshold: number;
  /** What the config says. @default none */
  readonly parameters?: Readonly<Record<string, unknown>>;
  /** Numbers of an embedding to try it on. @default 8 */
  readonly size?: number;
  /** @default 1 */
  readonly channels?: number;
}

type Sides = readonly [ComparedWindows, ComparedWindows];

/**
 * What every drift statistic must keep.
 *
 * @example
 * for (const { name, run } of driftStatisticPluginContract(plugin, { threshold: 0.05 })) it(name, run);
 */
export function driftStatisticPluginContract(
  plugin: DriftStatisticPlugin,
  { threshold, parameters = {}, size = 8, channels = 1 }: DriftStatisticContractOptions,
): readonly ContractCheck[] {
  const shape: DrawnShape = { size, channels };
  const sides = (reference: DrawnWindows, current: DrawnWindows): Sides =>
    drawComparedWindows(reference, current, shape);
  async function measure([reference, current]: Sides): Promise<readonly MeasuredDrift[]> {
    const measured = await plugin.measure(reference, current, { threshold, seed: 1, parameters });
    checkMeasured(measured, subjectsOf(reference), current.end);
    return measured;
  }

  return [
    {
      name: 'gives finite values, each subject once, of windows of any number',
      run: async () => {
        for (const windows of [2, 30, 600]) await measure(sides({ seed: 1 }, { seed: 2, windows }));
      },
    },
    {
      name: 'tells no drift of windows that are compared with themselves',
      run: async () => {
        for (const seed of [1, 2, 3]) {
          const [reference] = sides({ seed }, { seed });
          for (const { subject = 'all', value } of await measure([reference, reference])) {
            assert.ok(value < threshold, `${subject}: ${value} is below the threshold, ${threshold}`);
          }
        }
      },
    },
    {
      name: 'tells no drift of other windows of the same kind',
      run: async () => {
        for (const seed of [1, 2, 3, 4, 5]) {
          for (const { subject = 'all', value, pValue, level = SIGNIFICANCE } of await measure(
            sides({ seed }, { seed: seed + 100 }),
          )) {
            const isDrift = value >= threshold && (pValue ?? 0) <= level;
            assert.ok(!isDrift, `${subject}: ${value} is below the threshold, ${threshold}, or has a larger p-value`);
          }
        }
      },
    },
    {
      name: 'can do without reconstruction errors, with one segment, and with segments that have no windows',
      run: async () => {
        for (const drawn of [{ isReconstructed: false }, { segments: 1 }, { filled: 2 }]) {
          await measure(sides({ seed: 1, ...drawn }, { seed: 2, ...drawn }));
        }
        await measure(sides({ seed: 1, filled: 2 }, { seed: 2 }));
        await measure(sides({ seed: 1 }, { seed: 2, filled: 1 }));
      },
    },
    {
      name: 'gives finite values or none where windows have no embeddings',
      run: async () => {
        await measure(sides({ seed: 1 }, { seed: 2, isEmbedded: false }));
        await measure(sides({ seed: 1, isEmbedded: false }, { seed: 2, isEmbedded: false }));
      },
    },
    {
      name: 'says the same of the same windows, whatever it was asked before',
      run: async () => {
        const first = await measure(sides({ seed: 1 }, { seed: 2, filled: 2 }));
        await measure(sides({ seed: 3 }, { seed: 4 }));
        assert.deepEqual(await measure(sides({ seed: 1 }, { seed: 2, filled: 2 })), first);
      },
    },
    {
      name: 'leaves what it was given as it was',
      run: async () => {
        const given = sides({ seed: 1 }, { seed: 2 });
        await measure(given);
        assert.deepEqual(given, sides({ seed: 1 }, { seed: 2 }));
      },
    },
  ];
}

/** Where a value has a p-value and no level of its own: what the config has as `drift.significance`. */
const SIGNIFICANCE = 0.001;

function checkMeasured(measured: readonly MeasuredDrift[], subjects: ReadonlySet<string>, end: number): void {
  assert.ok(Array.isArray(measured), 'a list of values');
  const told = measured.map(({ subject = 'all' }) => subject);
  assert.equal(new Set(told).size, told.length, `each subject once; got ${told.join(', ')}`);
  for (const { subject = 'all', value, pValue = null, level = 1, since } of measured) {
    assert.ok(
      subjects.has(subject),
      `subject is all, a channel, a quarter of one, a coordinate or the id of a segment; got ${subject}`,
    );
    assert.ok(Number.isFinite(value), `value of ${subject} is a finite number; got ${value}`);
    assert.ok(pValue === null || isWithin(pValue, 0), `pValue of ${subject} is from 0 to 1; got ${pValue}`);
    assert.ok(isWithin(level, Number.MIN_VALUE), `level is above 0 and at most 1; got ${level}`);
    assert.ok(
      since === undefined || (Number.isSafeInteger(since) && since < end),
      `since is in whole ms, before the end of the windows; got ${since}`,
    );
  }
}

function isWithin(value: unknown, least: number): boolean {
  return typeof value === 'number' && value >= least && value <= 1;
}

function subjectsOf({ channelNames, segmentIds, size }: ComparedWindows): ReadonlySet<string> {
  const quarters = channelNames.flatMap((name) => [1, 2, 3, 4].map((quarter) => `${name}:q${quarter}`));
  const coordinates = Array.from({ length: size }, (_, m) => `dim${m + 1}`);
  return new Set(['all', ...channelNames, ...quarters, ...coordinates, ...segmentIds]);
}
