import { describe, expect, it } from 'vitest';
import type { ComparisonReport, RankedCandidate } from '../../../src/service/compare/comparison-report.js';
import { renderComparison } from '../../../src/service/summary/render-comparison.js';

const candidate: RankedCandidate = {
  rank: 1,
  encoder: 'features',
  method: 'gaussian-mixture',
  k: [6, 11, 8],
  ari: -0.0001,
  nmi: 0.5,
  silhouette: 0.4,
  seriesSilhouette: 0.31,
  stability: 0.8,
  noise: 0,
  encodeSeconds: 67,
  clusterSeconds: 1.4,
  peakBytes: 235 * 2 ** 20,
};
const report: ComparisonReport = {
  files: ['usage.csv'],
  n: 1000,
  unusable: 0,
  labelled: 900,
  seeds: [1, 2, 3],
  rankedBy: 'ari',
  candidates: [candidate],
  failures: [
    { encoder: 'raw', method: 'agglomerative', why: 'too many windows' },
    { encoder: 'vrae', method: 'agglomerative', why: 'too many windows' },
    { encoder: 'dae', method: null, why: 'it took longer' },
  ],
  config: null,
  configRank: null,
  page: null,
  seconds: 3,
};

function told(changes: Partial<ComparisonReport> = {}): string {
  const text = renderComparison({ ...report, ...changes }, { width: 80, color: false });
  expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
  return text.replaceAll(/ +/g, ' ');
}

describe('the summary of a comparison in 80 columns', () => {
  it('has agreement, stability, time and memory', () => {
    expect(told()).toContain('# encoder method k ARI stability time memory');
    expect(told()).toContain('1 features gaussian-mixture 6–11 0.000 0.800 1 min 8 s 235 MiB');
  });

  it('has what ranks where there are no labels', () => {
    const text = told({ labelled: null, rankedBy: 'stability and silhouette of series' });
    expect(text).toContain('# encoder method k stability of series time memory');
    expect(text).toContain('1 features gaussian-mixture 6–11 0.800 0.310 1 min 8 s 235 MiB');
  });

  it('tells whose config was written where that is not the first', () => {
    const [config, candidates] = ['best.yaml', [candidate, { ...candidate, rank: 2, method: 'k-means' as const }]];
    expect(told({ config, configRank: 1, candidates })).toContain("wrote best.yaml: the best encoder's config");
    expect(told({ config, configRank: 2, candidates }).replaceAll(/\s+/g, ' ')).toContain(
      'wrote best.yaml: the config of number 2, features with k-means, which is the best for a run: one clusters by k-means',
    );
  });

  it('tells why candidates came to nothing, once for all that failed alike', () => {
    expect(told()).toContain(
      'Came to nothing\n raw, vrae with agglomerative: too many windows\n dae: it took longer\n',
    );
  });
});
