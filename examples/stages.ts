// The stages one by one, with a model of one's own making. `npx tsx examples/stages.ts`
import { from, lastValueFrom, of, toArray } from 'rxjs';
import {
  assignTo,
  createClusterModel,
  createVraeEncoder,
  createWindower,
  encodeWith,
  fitScale,
  resolveSeries,
  resolveVrae,
  resolveWindow,
  seedCentroids,
  toSeries,
  toUsageBatch,
  trainVrae,
  windowByEventTime,
} from 'segtide';
import { hourlyUsage } from './usage.js';

const window = resolveWindow({ step: 'hour', steps: 24 });
const series = resolveSeries({ transform: 'log1p', scale: 'zscore' }, 24, 1);

// Two weeks to learn from: windows, a scale, an encoder, and three segments.
const [history] = await lastValueFrom(
  of(toUsageBatch([...hourlyUsage(14)])).pipe(windowByEventTime(createWindower(window)), toArray()),
);
const scale = fitScale(series, [history!]);
const prepared = await lastValueFrom(of(history!).pipe(toSeries(series, () => scale)));
const settings = resolveVrae({ hidden: 16, latent: 4, updates: 300, engine: 'js' });
const { weights } = trainVrae({ settings, series: prepared });
const encoder = createVraeEncoder(weights, 'v1');
const { embeddings, embeddingSize } = await encoder.encode(prepared);
const centroids = await seedCentroids(embeddings, embeddingSize, 3, { seed: 1 });
const model = createClusterModel('v1', centroids, ['a', 'b', 'c']);

// Then a month through all stages. A batch is thousands of events, never one.
const month = [...hourlyUsage(30)];
const batches = Array.from({ length: Math.ceil(month.length / 5000) }, (_, i) =>
  toUsageBatch(month.slice(i * 5000, (i + 1) * 5000)),
);
const assigned = await lastValueFrom(
  from(batches).pipe(
    windowByEventTime(createWindower(window)),
    toSeries(series, () => scale),
    encodeWith(encoder),
    assignTo(model),
    toArray(),
  ),
);

const counts = new Map<string, number>();
for (const { length, nearest, embeddings } of assigned) {
  const { windows } = embeddings.series;
  for (let i = 0; i < length; i++) {
    const kind = windows.ids.text(windows.customers[i]!).split('-')[0];
    const key = `${kind} in ${model.segmentIds[nearest[i]!]}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
}
for (const [key, count] of [...counts].sort()) console.log(`${key}: ${count} windows`);
