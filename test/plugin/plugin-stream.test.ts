import { lastValueFrom } from 'rxjs';
import { describe, expect, it } from 'vitest';
import type { PluginModule } from '../../src/plugin/plugin-module.js';
import { createSegmentation } from '../../src/segmentation.js';
import { createScriptedSource } from '../../src/transport/memory/scripted-source.js';
import { collectOutputs, smallSettings, smallStream, trainHere } from '../support/small-stream.js';
import { toUsageBatch } from '../window/usage-events.js';
import { pluginOf } from './plugin-of.js';

const EVENTS = smallStream(120, 16);

/** Means of both halves of the window; of one that ends higher than it began by `odd`, what `body` does. */
function halves(body: string): string {
  return `export default {
    kind: 'encoder',
    fit: () => ({ embeddingSize: 2 }),
    open: () => ({ encode({ length, steps, values }) {
      const half = steps / 2;
      const mean = (from) => values.subarray(from, from + half).reduce((sum, value) => sum + value, 0) / half;
      return Float32Array.from({ length: 2 * length }, (_, i) => {
        const row = (i >> 1) * steps;
        if (values[row + steps - 1] - values[row] > 2) { ${body} }
        return mean(row + (i % 2) * half);
      });
    } }),
  };`;
}

async function run(plugin: PluginModule, size: number) {
  const outputs = collectOutputs();
  const told: string[] = [];
  const encoder = { kind: 'plugin', plugin: 'own', plugins: [plugin], engine: 'js' } as const;
  const batches = Array.from({ length: Math.ceil(EVENTS.length / size) }, (_, i) =>
    toUsageBatch(EVENTS.slice(i * size, (i + 1) * size), 1, i * size + 1),
  );
  const segmentation = createSegmentation(smallSettings({ encoder }), createScriptedSource(batches), outputs, {
    train: trainHere,
    onEncoderFailure: ({ message }) => told.push(message),
  });
  try {
    await lastValueFrom(segmentation.page$, { defaultValue: undefined });
    await segmentation.end();
  } finally {
    await segmentation.stop();
  }
  return { ...outputs.records, told };
}

describe('a stream whose encoder is a plug-in', () => {
  it('assigns every window, without a distance where the plug-in throws, and trains again', async () => {
    const plugin = pluginOf(halves("throw new Error('it rises');"));
    const { told, ...records } = await run(plugin, 1000);
    const { assignments, modelEvents } = records;
    const assigned = assignments.filter(({ status }) => status === 'assigned');
    expect(assigned.length).toBe(assignments.length - 512);
    const lost = assigned.filter(({ distance }) => distance === null);
    expect(lost.length).toBeGreaterThan(0);
    expect(lost.length).toBeLessThan(assigned.length / 2);
    expect(told.length).toBeGreaterThanOrEqual(lost.length);
    expect(told[0]).toContain('it rises');
    expect(modelEvents.filter(({ event }) => event === 'promoted' || event === 'refused').length).toBeGreaterThan(1);
    const { told: _, ...again } = await run(plugin, 333);
    expect(again).toEqual(records);
  });

  it('goes on without a model where every training fails, and says why', async () => {
    const plugin = pluginOf(halves('').replace('({ embeddingSize: 2 })', "{ throw new Error('no licence'); }"));
    const { assignments, modelEvents } = await run(plugin, 1000);
    expect(assignments.every(({ status }) => status === 'warming')).toBe(true);
    expect(JSON.stringify(modelEvents)).toContain('threw in fit(): no licence');
  });
});
