// Many trainings, one after the other: what each costs beside its computation, and what they leave in the memory of the
// process that asks for them.
//
//   npx tsx bench/trainings.ts [--trainings 200] [--windows 2000] [--updates 20]
//
// Build first: npm run build. Every training goes on from the model before it, as in a stream. Memory is that of the
// asking process after a collection, and the peak of the trainings' own processes.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { createRandom } from '../src/numeric/random.js';
import type * as loadConfig from '../src/service/config/load-config.js';
import type * as modelSettings from '../src/service/model/model-settings.js';
import type * as encodeArtifact from '../src/train/encode-artifact.js';
import type * as reservoirSnapshot from '../src/train/reservoir-snapshot.js';
import type * as runTrainingJob from '../src/train/run-training-job.js';
import type * as startTraining from '../src/train/start-training.js';
import type { TrainingJob } from '../src/train/training-job.js';
import type * as givenWindows from '../src/window/given-windows.js';
import { median } from './measure/statistics.js';

const { values: flags } = parseArgs({
  options: {
    trainings: { type: 'string', default: '200' },
    windows: { type: 'string', default: '2000' },
    updates: { type: 'string', default: '20' },
  },
});
const DIST = join(import.meta.dirname, '../dist');
const load = async <T>(path: string): Promise<T> => (await import(join(DIST, path))) as T;
const { startTraining: start } = await load<typeof startTraining>('train/start-training.js');
const { runTrainingJob: run } = await load<typeof runTrainingJob>('train/run-training-job.js');
const { decodeArtifact } = await load<typeof encodeArtifact>('train/encode-artifact.js');
const { toReservoirSnapshot } = await load<typeof reservoirSnapshot>('train/reservoir-snapshot.js');
const { toGivenWindows } = await load<typeof givenWindows>('window/given-windows.js');
const { modelSettingsFor } = await load<typeof modelSettings>('service/model/model-settings.js');
const { loadConfig: toConfig } = await load<typeof loadConfig>('service/config/load-config.js');

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

const random = createRandom(1);
const [length, steps] = [Number(flags.windows), 24];
const values = Float32Array.from(
  { length: length * steps },
  (_, i) => 5 + 4 * Math.sin(i / (1 + (i % 7))) + random.next(),
);
const windows = toGivenWindows({ length, steps, channels: 1, values, mask: new Uint8Array(values.length) });
const config = toConfig({
  flags: [{ key: 'encoder.updates', value: Number(flags.updates), where: 'bench' }],
});
let job: TrainingJob = {
  number: 1,
  reasons: ['bench'],
  seed: 1,
  settings: modelSettingsFor(config, { steps, channels: 1 }, 4),
  reservoir: toReservoirSnapshot(windows, 1),
  champion: undefined,
  fresh: false,
  nextSegmentNumber: 1,
};

const here = performance.now();
const first = await run(job);
const inProcess = performance.now() - here;
job = { ...job, nextSegmentNumber: first.nextSegmentNumber };

const walls: number[] = [];
const resident: number[] = [];
let peak = 0;
for (let i = 0; i < Number(flags.trainings); i++) {
  const began = performance.now();
  const training = start(job, { onProgress: () => (peak = Math.max(peak, peakOfChildren())) });
  const { artifact, nextSegmentNumber } = await training.result;
  walls.push(performance.now() - began);
  await training.stop();
  job = {
    ...job,
    number: i + 2,
    champion: { artifact, clusterModel: decodeArtifact(artifact).clusterModel },
    nextSegmentNumber,
  };
  collect();
  resident.push(process.memoryUsage().rss / 1e6);
  if ((i + 1) % 25 === 0) console.log(`after ${i + 1}: ${resident.at(-1)!.toFixed(1)} MB`);
}
const tenth = Math.ceil(resident.length / 10);
console.log(`a training: ${median(walls).toFixed(0)} ms; the first one without a process: ${inProcess.toFixed(0)} ms`);
console.log(
  `memory of this process: median of the first tenth ${median(resident.slice(0, tenth)).toFixed(1)} MB, of the last ${median(resident.slice(-tenth)).toFixed(1)} MB`,
);
console.log(`peak of a training's process: ${peak.toFixed(0)} MB`);

/** Largest resident memory that a child of this process had so far, MB; Linux tells. */
function peakOfChildren(): number {
  const pids = readFileSync(`/proc/self/task/${process.pid}/children`, 'utf8').trim().split(' ');
  return Math.max(
    ...pids.map((pid) => {
      try {
        return Number(/^VmHWM:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1000;
      } catch {
        return 0;
      }
    }),
  );
}
