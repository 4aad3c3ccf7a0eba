import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import * as segtide from '../src/index.js';

// Written by hand: whoever adds or removes an export says so here.
const EXPORTS = {
  ingest: ['createUsageEventParser', 'resolveIngest', 'toUsageBatch'],
  window: [
    'MASK_ABSENT',
    'MASK_MISSING',
    'MASK_OBSERVED',
    'MASK_ZERO',
    'createWindower',
    'resolveWindow',
    'windowByEventTime',
  ],
  series: ['fitScale', 'resolveSeries', 'toSeries'],
  encode: [
    'createCatch22',
    'createCompactFeatures',
    'createInferenceNetwork',
    'createTrainingNetwork',
    'createVraeEncoder',
    'encodeWith',
    'resolveVrae',
    'toVraeShape',
    'trainVrae',
  ],
  cluster: [
    'adjustedRandIndex',
    'assign',
    'assignTo',
    'createClusterModel',
    'merge',
    'seedCentroids',
    'statistics',
    'update',
  ],
  drift: [
    'createAdwin',
    'createKswin',
    'createPageHinkley',
    'jensenShannon',
    'kolmogorovSmirnov',
    'mmd',
    'psi',
    'wasserstein',
  ],
  anomaly: ['createAnomalyDetector', 'fitAnomalyModel'],
  publish: [
    'ALERTS',
    'ASSIGNMENTS',
    'DEAD_LETTERS',
    'DRIFT',
    'EMBEDDINGS',
    'LATE',
    'MODEL_EVENTS',
    'SEGMENTS',
    'TRANSITIONS',
    'toAssignmentRecords',
    'toEmbeddingRecords',
  ],
  train: ['decodeArtifact', 'adoptModel', 'openModel', 'readModel', 'saveModel', 'saveOnnx', 'toOnnx'],
  transport: [
    'createAvroValues',
    'createContentValues',
    'createFileSource',
    'createIngestParsers',
    'createJsonValues',
    'createKafkaProducer',
    'createKafkaSink',
    'createKafkaSource',
    'createListSink',
    'createNdjsonSink',
    'createParquetSink',
    'createRegistryClient',
    'createScriptedSource',
    'findOutputSchemas',
  ],
  whole: ['SegtideError', 'createSegmentation', 'resolveSegmentation', 'segment'],
};

describe('the package', () => {
  it('exports what is listed here, and nothing more', () => {
    expect(Object.keys(segtide).sort()).toEqual(Object.values(EXPORTS).flat().sort());
  });

  it('loads no package but rxjs and small ones when it is imported', async () => {
    expect(await packagesLoadedBy('await import("./src/index.ts")')).toEqual([
      'croner',
      'fastest-levenshtein',
      'fdir',
      'picomatch',
      'rxjs',
      'tinyglobby',
    ]);
  });

  it('leaves the process as it found it: no listeners, no globals, no reason to stay alive', async () => {
    const script = `
      const before = [Object.getOwnPropertyNames(globalThis).length, process.eventNames().length];
      await import('./src/index.ts');
      console.log(JSON.stringify([before, [Object.getOwnPropertyNames(globalThis).length, process.eventNames().length]]));`;
    const [before, after] = JSON.parse((await run(script)).stdout);
    expect(after).toEqual(before);
  });

  it('lets the process end after a host unsubscribed in the middle of a training', async () => {
    const script = `
      import { Subject } from 'rxjs';
      import { segment } from './src/index.ts';
      const events$ = new Subject();
      const subscription = events$
        .pipe(segment({
          window: { step: '1h', steps: 2, outOfOrderness: 0 },
          encoder: { updates: 10_000_000, engine: 'js', patience: 1000 },
          model: { firstFit: 256, retrain: { swapAfterWindows: 256 * 4000 } },
          buffer: { batchEvents: 10 },
        }))
        .subscribe(({ windowStart }) => {
          // By then the training has begun, and would go on for days.
          if (windowStart >= 600 * 3_600_000) { console.log('unsubscribed'); subscription.unsubscribe(); }
        });
      for (let hour = 0; hour < 700; hour++) events$.next({ customerId: 'c' + (hour % 3), eventTime: hour * 3_600_000, values: hour % 5 });`;
    expect((await run(script)).stdout).toBe('unsubscribed\n');
  });
});

/** Names of the npm packages that a script loads, dependencies of dependencies included. */
async function packagesLoadedBy(script: string): Promise<string[]> {
  const hooks = `
    import { writeSync } from 'node:fs';
    export async function load(url, context, next) { writeSync(2, 'LOAD ' + url + '\\n'); return next(url, context); }`;
  const { stderr } = await run(`
    import { createRequire, register } from 'node:module';
    register('data:text/javascript,' + encodeURIComponent(${JSON.stringify(hooks)}));
    ${script};
    for (const path of Object.keys(createRequire(process.cwd() + '/').cache)) console.error('LOAD ' + path);`);
  // tsx and esbuild are there to read the sources.
  const names = [...stderr.matchAll(/^LOAD .*\/node_modules\/((?:@[^/]+\/)?[^/]+)/gm)]
    .map(([, name]) => name!)
    .filter((name) => name !== 'tsx' && name !== 'esbuild');
  return [...new Set(names)].sort();
}

function run(script: string): Promise<{ stdout: string; stderr: string }> {
  const arguments_ = ['--import', 'tsx', '--input-type=module', '-e', script];
  return promisify(execFile)(process.execPath, arguments_, { cwd: new URL('..', import.meta.url), timeout: 50_000 });
}
