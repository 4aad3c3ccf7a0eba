/**
 * How well anomalous windows are told from usual ones, side by side with PyOD's kNN and Isolation Forest: on the same
 * windows, prepared and scaled the same, fitted to the same half. Isolation Forests are the mean over three seeds.
 *
 *   npx tsx bench/anomaly-quality.ts --data FOLDER --python PYTHON [--customers 2000] [--seeds 1,2]
 *
 * FOLDER has `ECG5000.csv.gz`; PYTHON is one with pyod. Prints ROC-AUC and precision at k (k anomalies among the k highest
 * scores), and of anomalies with a score of 4 or more, in how many the named steps are the planted ones: more than half of
 * the first run's. Nothing is known here of a customer's own habits, by which windows of a stream are judged
 * (`bench/alert-stream.ts`).
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createAnomalyDetector } from '../src/anomaly/anomaly-detector.js';
import { type AnomalySet, rareClassSet, simulatedSets } from './measure/anomaly-sets.js';
import { type FittedModel, fitWindows } from './measure/fit-windows.js';
import { mean } from './measure/statistics.js';

const SCRIPT = join(import.meta.dirname, 'reference', 'anomaly_pyod.py');
const FOREST_SEEDS = [0, 1, 2];
const THRESHOLD = 4;

const { values: flags } = parseArgs({
  options: {
    data: { type: 'string', default: 'data' },
    python: { type: 'string', default: 'python3' },
    customers: { type: 'string', default: '2000' },
    seeds: { type: 'string', default: '1,2' },
  },
});

for (const seed of flags.seeds.split(',').map(Number)) {
  const simulated = simulatedSets({ customers: Number(flags.customers), days: 84, seed, anomalyShare: 0.3 });
  // One half is fitted to for all of them.
  const model = await fitWindows(simulated[0]!.fitted, seed);
  for (const set of simulated) await report(set, model, seed);
  const ecg = rareClassSet('ECG5000', join(flags.data, 'ECG5000.csv.gz'), ['0', '1'], seed);
  await report(ecg, await fitWindows(ecg.fitted, seed), seed);
}

async function report(set: AnomalySet, model: FittedModel, seed: number): Promise<void> {
  const detector = createAnomalyDetector(model.anomaly);
  const fitted = model.prepare(set.fitted);
  const assignments = await model.assign(set.scored);
  const scores = detector.score(assignments);
  const { knn, forests } = pyod(fitted.values, assignments.embeddings.series.values, fitted.steps * fitted.channels);
  const others = [rocAuc(set.labels, knn), mean(forests.map((forest) => rocAuc(set.labels, forest)))];
  const precisions = [precisionAtK(set.labels, knn), mean(forests.map((forest) => precisionAtK(set.labels, forest)))];
  const anomalies = set.labels.reduce((sum, label) => sum + label, 0);
  const columns = [
    `${set.name} ${seed}`.padEnd(20),
    `${anomalies} of ${set.labels.length}`.padEnd(14),
    `AUC ${scoreText(rocAuc(set.labels, scores))}, kNN ${others.map(scoreText).join(', forest ')}`,
    `P@k ${scoreText(precisionAtK(set.labels, scores))}, kNN ${precisions.map(scoreText).join(', forest ')}`,
  ];
  if (set.steps !== undefined) {
    const found = Array.from(set.labels.keys()).filter((row) => set.labels[row] === 1 && scores[row]! >= THRESHOLD);
    const right = found.filter((row) => {
      const [run] = detector.explain(assignments, row).deviations;
      const [first, end] = set.steps![row]!;
      const shared = Math.min(end, run!.end) - Math.max(first, run!.first);
      return shared > (run!.end - run!.first) / 2;
    });
    const false_ = Array.from(set.labels.keys()).filter((row) => set.labels[row] === 0 && scores[row]! >= THRESHOLD);
    columns.push(`found ${found.length}, named right ${right.length}, false ${false_.length}`);
  }
  console.log(columns.join(' | '));
}

function pyod(train: Float32Array, test: Float32Array, cells: number) {
  const folder = mkdtempSync(join(tmpdir(), 'segtide-anomaly-'));
  try {
    writeFileSync(join(folder, 'train.f32'), train);
    writeFileSync(join(folder, 'test.f32'), test);
    execFileSync(flags.python, [SCRIPT, folder, String(cells), FOREST_SEEDS.join()], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    const read = (name: string): Float64Array => {
      const bytes = readFileSync(join(folder, `${name}.f64`));
      return new Float64Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
    };
    return { knn: read('knn'), forests: FOREST_SEEDS.map((seed) => read(`iforest-${seed}`)) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Chance that an anomaly scores higher than another window; ties count half. */
function rocAuc(labels: Uint8Array, scores: ArrayLike<number>): number {
  const order = Array.from(labels.keys()).sort((a, b) => scores[a]! - scores[b]!);
  let ranks = 0;
  let anomalies = 0;
  for (let i = 0; i < order.length; ) {
    let end = i;
    while (end < order.length && scores[order[end]!] === scores[order[i]!]) end++;
    for (let j = i; j < end; j++) {
      if (labels[order[j]!] === 0) continue;
      ranks += (i + end + 1) / 2;
      anomalies++;
    }
    i = end;
  }
  return (ranks - (anomalies * (anomalies + 1)) / 2) / (anomalies * (labels.length - anomalies));
}

function precisionAtK(labels: Uint8Array, scores: ArrayLike<number>): number {
  const k = labels.reduce((sum, label) => sum + label, 0);
  const order = Array.from(labels.keys()).sort((a, b) => scores[b]! - scores[a]!);
  return order.slice(0, k).reduce((sum, row) => sum + labels[row]!, 0) / k;
}

function scoreText(score: number): string {
  return score.toFixed(3);
}
