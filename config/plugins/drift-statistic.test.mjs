// Run by: node --test
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { driftStatisticPluginContract } from 'segtide/contract';
import plugin from './drift-statistic.mjs';

const THRESHOLD = 0.05; // as in the config

for (const { name, run } of driftStatisticPluginContract(plugin, { threshold: THRESHOLD })) test(name, run);

test('tells of windows that lie elsewhere within their segment, and not of another share of segments', async () => {
  const context = { threshold: THRESHOLD, seed: 1, parameters: {} };
  const measure = async (now) => (await plugin.measure(windowsOf([0, 0, 10]), windowsOf(now), context))[0].value;
  assert.ok((await measure([0, 10, 10])) < THRESHOLD);
  assert.ok((await measure([2, 2, 12])) > THRESHOLD);
});

/** Twenty windows at each of three places, those below 8 in the first segment. */
function windowsOf(places) {
  const values = Float32Array.from({ length: 60 }, (_, i) => places[i % 3] + Math.sin(i));
  const segments = Uint16Array.from(values, (_, i) => (places[i % 3] < 8 ? 0 : 1));
  return { segmentIds: ['s1', 's2'], size: 1, sample: { length: 60, values, segments } };
}
