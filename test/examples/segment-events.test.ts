import { expect, it } from 'vitest';
import { runExample } from './run-example.js';

it('examples/segment-events tells three kinds of customers apart, and ends by itself', async () => {
  const stdout = await runExample('segment-events');
  expect(stdout).toMatch(/s1 is .+: 0\.3/);
  const segments = [...stdout.matchAll(/^(?:night-0|office-1|flat-2) is in (s\d+)$/gm)].map(([, segment]) => segment);
  expect(new Set(segments).size).toBe(3);
});
