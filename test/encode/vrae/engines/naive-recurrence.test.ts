import { describe, expect, it } from 'vitest';
import type { LayerSpec } from '../../../../src/encode/vrae/recurrent-engine.js';
import { type LayerInput, randomInput, runNaively } from './naive-recurrence.js';

// The reference that the engines are measured against is itself measured against differences of its loss.
describe.each(['lstm', 'gru'] as const)('the naive %s', (cell) => {
  it.each(['all', 'last'] as const)(
    'has the gradients that differences of its outputs give (outputs: %s)',
    (outputs) => {
      const spec: LayerSpec = { cell, steps: 4, inputs: 2, hidden: 3, rows: 2, training: true, outputs };
      const input = randomInput(spec, 2, 1);
      const result = runNaively(spec, input);
      const loss = (changed: LayerInput): number =>
        runNaively(spec, changed).outputs.reduce((sum, value, i) => sum + value * input.outputGradients[i]!, 0);
      for (const [of, gradients] of [
        ['weights', result.weightGradients],
        ['inputs', result.inputGradients],
        ['initialHidden', result.initialHiddenGradients],
      ] as const) {
        for (let i = 0; i < gradients.length; i++) {
          const moved = (by: number): LayerInput => ({ ...input, [of]: input[of].with(i, input[of][i]! + by) });
          const difference = (loss(moved(1e-5)) - loss(moved(-1e-5))) / 2e-5;
          expect(gradients[i]).toBeCloseTo(difference, 7);
        }
      }
    },
  );
});
