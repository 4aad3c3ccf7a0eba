import { expect, it } from 'vitest';
import { emptyObservation } from '../../src/drift/drift-observation.js';
import { type Judged, toDriftReports } from '../../src/drift/to-drift-reports.js';
import { clusterModelOf } from '../cluster/embeddings.js';

const observation = emptyObservation(clusterModelOf([[0]]), 1);
const round = {
  ...{ round: 1, reference: observation, current: observation, suppressed: false },
  actions: { input: 'none', embedding: 'refit', assignment: 'none', model: 'retrain' },
} as const;

function judged(subject: string, value: number, fields: Partial<Judged> = {}): Judged {
  const unmoved = { drifted: false, hadDrifted: false, driftedSince: null };
  return { layer: 'embedding', subject, statistic: 'ks', value, pValue: 0.5, threshold: 1, ...unmoved, ...fields };
}

it('reports of a round tell of 64 subjects of a layer, and of more only where they drift or had drifted', () => {
  // The last is nearest to its threshold: 0.099 down to 0.
  const dimensions = Array.from({ length: 100 }, (_, i) => judged(`dim${i + 1}`, i / 1000));
  const share = { ...judged('all', 0), layer: 'assignment' } as const;
  const quiet = toDriftReports([...dimensions, share], round);
  expect(quiet.map(({ subject }) => subject)).toEqual([...Array.from({ length: 64 }, (_, i) => `dim${i + 37}`), 'all']);
  expect(quiet[0]!.rank).toBe(64);

  const drifting = [...dimensions, share];
  drifting[4] = judged('dim5', 2, { drifted: true, driftedSince: 7 });
  drifting[1] = judged('dim2', 0.001, { hadDrifted: true });
  const told = toDriftReports(drifting, round).map(({ subject }) => subject);
  // The one that drifts takes a place among the 64; the one that did is told of once more.
  expect(told).toEqual(['dim2', 'dim5', ...Array.from({ length: 63 }, (_, i) => `dim${i + 38}`), 'all']);
});
