// Run by: node --test
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { alertRulePluginContract } from 'segtide/contract';
import plugin from './alert-rule.mjs';

for (const { name, run } of alertRulePluginContract(plugin, { steps: 24, channels: 1 })) test(name, run);

test('tells of a customer who stopped in the middle of the window, and of no other', async () => {
  const values = Float32Array.from({ length: 48 }, (_, i) => (i < 12 || i >= 24 ? 5 : 0));
  const windows = { length: 2, steps: 24, channels: 1, values, mask: new Uint8Array(48) };
  const [first, second] = await plugin.judge(windows);
  assert.match(first.text, /fell from 60/);
  assert.equal(second, null);
});
