import assert from 'node:assert/strict';
import type { AlertRulePlugin, JudgedWindows, RuleVerdict } from '../plugin/alert-rule-plugin.js';
import type { PluginShape } from '../plugin/encoder-plugin.js';
import { sliceOfJudged } from '../plugin/slice-of-judged.js';
import type { ContractCheck } from './contract-check.js';
import { drawSeries } from './draw-series.js';

type Verdicts = readonly (RuleVerdict | null)[];

/**
 * What every alert rule must keep.
 *
 * @param shape of the windows to try it on. @default 24 steps of one channel
 * @example
 * for (const { name, run } of alertRulePluginContract(plugin)) it(name, run);
 */
export function alertRulePluginContract(
  plugin: AlertRulePlugin,
  shape: PluginShape = { steps: 24, channels: 1 },
): readonly ContractCheck[] {
  const judge = async (windows: JudgedWindows): Promise<Verdicts> => plugin.judge(windows);
  return [
    {
      name: 'gives a verdict or null for each window, for any number of them, with a model and without',
      run: async () => {
        for (const length of [1, 2, 7, 300]) {
          for (const modelVersion of ['v1', null]) {
            const verdicts = await judge(drawWindows(length, shape, modelVersion));
            assert.ok(Array.isArray(verdicts), 'verdicts are a list');
            assert.equal(verdicts.length, length, `verdicts of ${length} windows`);
            for (const verdict of verdicts) checkVerdict(verdict);
          }
        }
      },
    },
    {
      name: 'judges a window by itself as among others',
      run: async () => {
        const all = drawWindows(40, shape, 'v1');
        const together = await judge(all);
        for (let row = 0; row < all.length; row++) {
          assert.deepEqual(
            (await judge(sliceOfJudged(all, row, row + 1)))[0] ?? null,
            together[row] ?? null,
            `window ${row}`,
          );
        }
      },
    },
    {
      name: 'judges the same each time',
      run: async () => {
        const first = await judge(drawWindows(40, shape, 'v1'));
        assert.deepEqual(await judge(drawWindows(40, shape, 'v1')), first);
      },
    },
    {
      name: 'leaves what it was given as it was',
      run: async () => {
        const windows = drawWindows(40, shape, 'v1');
        await judge(windows);
        assert.deepEqual(windows, drawWindows(40, shape, 'v1'));
      },
    },
  ];
}

function checkVerdict(verdict: RuleVerdict | null): void {
  if (verdict == null) return;
  const { text, severity = 'medium', score = 1, threshold = 1 } = verdict;
  assert.ok(typeof text === 'string' && text !== '', 'text is a sentence');
  assert.ok(['low', 'medium', 'high'].includes(severity), `severity is low, medium or high; got ${String(severity)}`);
  assert.ok(Number.isFinite(score), 'score is a finite number');
  assert.ok(Number.isFinite(threshold), 'threshold is a finite number');
}

const DAY = 86_400_000;

/** Windows of waves and noise, some constant or all zero, the same each time. */
function drawWindows(length: number, shape: PluginShape, modelVersion: string | null): JudgedWindows {
  const { values, mask } = drawSeries(length, shape);
  const cells = shape.steps * shape.channels;
  for (let i = 0; i < length; i++) {
    if (i % 5 === 3) values.fill(0, i * cells, (i + 1) * cells);
    if (i % 5 === 4)
      values.fill(20, i * cells, Math.floor((i + 0.5) * cells)).fill(0, Math.floor((i + 0.5) * cells), (i + 1) * cells);
  }
  const told = (value: number): number => (modelVersion === null ? Number.NaN : value);
  return {
    ...{ length, ...shape, values, mask, modelVersion },
    channelNames: Array.from({ length: shape.channels }, (_, i) => `channel${i}`),
    customerIds: Array.from({ length }, (_, i) => `ü-${i}`),
    starts: new Float64Array(length),
    ends: new Float64Array(length).fill(DAY),
    segmentIds: Array.from({ length }, (_, i) => (modelVersion === null ? null : `s${i % 3}`)),
    distances: Float32Array.from({ length }, (_, i) => (i % 7 === 6 ? Number.NaN : told(i / 10))),
    margins: Float32Array.from({ length }, (_, i) => told((i % 10) / 10)),
    reconstructionErrors: new Float32Array(length).fill(Number.NaN),
  };
}
