import { expect, it } from 'vitest';
import { runExample } from './run-example.js';

it('examples/segment-events tells three kinds of customers apart, and ends by itself', async () => {
  const stdout = await runExample('segment-events');
  // The last model is told last; each kind is a third of the customers.
  const shares = [...stdout.matchAll(/^s\d+ is .+: (0\.\d+)$/gm)].slice(-3).map(([, share]) => Number(share));
  for (const share of shares) expect(Math.abs(share - 1 / 3)).toBeLessThan(0.1);
  const segments = [...stdout.matchAll(/^(?:night-0|office-1|flat-2) is in (s\d+)$/gm)].map(([, segment]) => segment);
  expect(new Set(segments).size).toBe(3);
});
