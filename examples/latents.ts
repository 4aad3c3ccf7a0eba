// What do the latents mean? What each moves in a decoded window, and which features of windows it goes with.
// `npx tsx examples/latents.ts` on usage and a VRAE of its own making, or of a model and events of yours:
// `npx tsx examples/latents.ts MODEL.safetensors EVENTS STEP [ORIGIN]`
import { correlation, Matrix } from 'ml-matrix';
import { from, lastValueFrom, toArray } from 'rxjs';
import {
  createCompactFeatures,
  createFileSource,
  createIngestParsers,
  createVraeEncoder,
  createWindower,
  type Duration,
  type Encoder,
  encodeWith,
  fitScale,
  openModel,
  readModel,
  resolveIngest,
  resolveSeries,
  resolveVrae,
  resolveWindow,
  type SeriesBatch,
  type Source,
  toSeries,
  toUsageBatch,
  trainVrae,
  type UsageBatch,
  type UsageEvent,
  type WindowBatch,
  type WindowOptions,
} from 'segtide';
import { createRandom } from './seeded-random.js';

/** One channel; a model of several wants as many here. */
const MAPPING = {
  fields: { customer: 'customerId', time: 'timestamp' },
  channels: [{ name: 'usage', field: 'value' }],
  time: { unit: 'ms' },
} as const;
/** In standard deviations of a latent over the windows. */
const MOVES = [-2, 0, 2];
/** In scaled units: what moves a decoded window less is not in use. */
const STILL = 0.05;
const BLOCKS = '▁▂▃▄▅▆▇█';
const STRONGEST = 3;
const START = Date.UTC(2026, 0, 5);
/** Features that go together as closely as this tell the same, and only the first of them is named. */
const ALIKE = 0.8;

const [path, events, step, origin = '1970-01-01'] = process.argv.slice(2);
const { encoder, pages } = path === undefined ? await ownModel() : await openedModel(path, events!, step as Duration);
await tell(await describe(encoder, pages));
encoder.dispose?.();

interface Subject {
  readonly encoder: Encoder;
  readonly pages: readonly SeriesBatch[];
}

/** 120 customers in ten windows of four weeks: each customer has a level, and each window a trend. */
async function ownModel(): Promise<Subject> {
  const random = createRandom(1);
  const usage: UsageEvent[] = [];
  for (let customer = 0; customer < 120; customer++) {
    const level = 3 + random.normal();
    for (let window = 0; window < 10; window++) {
      const trend = random.normal() / 14;
      for (let day = 0; day < 28; day++) {
        const log = level + trend * (day - 13.5) + 0.2 * random.normal();
        const eventTime = START + (window * 28 + day) * 86_400_000;
        usage.push({ customerId: `c${customer}`, eventTime, values: Math.exp(log) });
      }
    }
  }
  usage.sort((a, b) => Number(a.eventTime) - Number(b.eventTime));
  const windows = await cut([toUsageBatch(usage)], { step: 'day', steps: 28, origin: START });
  const settings = resolveSeries({}, 28, 1);
  const scale = fitScale(settings, windows);
  const pages = await lastValueFrom(
    from(windows).pipe(
      toSeries(settings, () => scale),
      toArray(),
    ),
  );
  const job = { settings: resolveVrae({ hidden: 16, latent: 3, updates: 300 }), series: pages[0]! };
  return { encoder: createVraeEncoder(trainVrae(job).weights, 'v1'), pages };
}

async function openedModel(model: string, eventFile: string, stepOf: Duration): Promise<Subject> {
  const { encoder, settings, scale } = openModel(await readModel(model));
  const source = await createFileSource({ paths: [eventFile] }, createIngestParsers(resolveIngest(MAPPING)));
  const windows = await cut(pull(source), { step: stepOf, steps: settings.windowSteps, origin });
  return {
    encoder,
    pages: await lastValueFrom(
      from(windows).pipe(
        toSeries(settings, () => scale),
        toArray(),
      ),
    ),
  };
}

async function* pull(source: Source): AsyncGenerator<UsageBatch> {
  for (let batch = await source.pull(); batch !== undefined; batch = await source.pull()) yield batch;
  await source.close();
}

/** Each batch is dealt with before the next is asked for, since a source fills the same buffers again. */
async function cut(batches: Iterable<UsageBatch> | AsyncIterable<UsageBatch>, options: WindowOptions) {
  const windower = createWindower(resolveWindow(options));
  const pages: WindowBatch[] = [];
  for await (const batch of batches) pages.push(...windower.push(batch));
  pages.push(...windower.finish());
  return pages;
}

/** Latents and features of all windows with usage, a row a window. */
async function describe(of: Encoder, series: readonly SeriesBatch[]): Promise<Described> {
  const { steps, channels } = of;
  const { names, transform } = createCompactFeatures({ steps, channels });
  const latents: number[][] = [];
  const features: number[][] = [];
  for (const embedded of await lastValueFrom(from(series).pipe(encodeWith(of), toArray()))) {
    if (embedded.latents === undefined) throw new Error('This encoder has no latents.');
    const { latentSize, values } = embedded.latents;
    const { length, inactive } = embedded.series;
    const measured = new Float64Array(length * names.length);
    transform(embedded.series.values, length, measured);
    for (let i = 0; i < length; i++) {
      if (inactive[i] === 1) continue;
      latents.push([...values.subarray(i * latentSize, (i + 1) * latentSize)]);
      features.push([...measured.subarray(i * names.length, (i + 1) * names.length)]);
    }
  }
  return { latents: new Matrix(latents), features: new Matrix(features), names };
}

interface Described {
  readonly latents: Matrix; // (windows, latents)
  readonly features: Matrix; // (windows, features)
  readonly names: readonly string[];
}

/** Tells of each latent, those first that move a window most. */
async function tell({ latents, features, names }: Described): Promise<void> {
  const means = latents.mean('column');
  const deviations = latents.standardDeviation('column', { unbiased: false });
  const together = correlation(latents, features);
  const alike = correlation(features);
  const curves = await traverse(means, deviations);
  const most = Math.max(...curves.flat(2));
  const least = Math.min(...curves.flat(2));
  console.log(`${latents.rows} windows, scaled: ▁ is ${least.toFixed(1)}, █ is ${most.toFixed(1)}`);
  const moves = curves.map(([low, , high]) => Math.sqrt(mean(low!.map((value, i) => (high![i]! - value) ** 2))));
  const order = moves.map((_, i) => i).sort((a, b) => moves[b]! - moves[a]!);
  for (const latent of order.filter((i) => moves[i]! >= STILL)) {
    const strongest = pickStrongest(together.getRow(latent), alike);
    const named = strongest.map((i) => `${names[i]} ${together.get(latent, i).toFixed(2)}`);
    const told = `deviation ${deviations[latent]!.toFixed(2)}, moves a window by ${moves[latent]!.toFixed(2)}`;
    console.log(`\nlatent ${latent}, ${told}: ${named.join(', ')}`);
    curves[latent]!.forEach((curve, i) => {
      console.log(`  ${String(MOVES[i]).padStart(2)} ${draw(curve, least, most)}`);
    });
  }
  const still = order.filter((i) => moves[i]! < STILL).map((i) => `${i}, deviation ${deviations[i]!.toFixed(2)}`);
  if (still.length > 0) console.log(`\nmove next to nothing: ${still.join('; ')}`);
}

/** The mean of all latents, decoded, with one latent moved by standard deviations: (latents, moves, cells), scaled. */
async function traverse(means: readonly number[], deviations: readonly number[]): Promise<number[][][]> {
  const rows = means.flatMap((_, latent) =>
    MOVES.map((move) => means.map((value, i) => (i === latent ? value + move * deviations[i]! : value))),
  );
  const moved = { length: rows.length, latentSize: means.length, values: Float32Array.from(rows.flat()) };
  if (encoder.reconstruct === undefined) throw new Error('This encoder decodes nothing.');
  const decoded = await encoder.reconstruct(moved);
  const cells = decoded.length / rows.length;
  const curves = rows.map((_, i) => [...decoded.subarray(i * cells, (i + 1) * cells)]);
  return means.map((_, latent) => curves.slice(latent * MOVES.length, (latent + 1) * MOVES.length));
}

/** The features of largest |r|, of those that are alike the first. */
function pickStrongest(row: readonly number[], alike: Matrix): number[] {
  const picked: number[] = [];
  // A feature that is the same of all windows correlates with nothing: its r is no number.
  const known = row.map((_, i) => i).filter((i) => Number.isFinite(row[i]!));
  for (const i of known.sort((a, b) => Math.abs(row[b]!) - Math.abs(row[a]!))) {
    if (picked.every((other) => Math.abs(alike.get(i, other)) < ALIKE)) picked.push(i);
    if (picked.length === STRONGEST) break;
  }
  return picked;
}

function draw(curve: readonly number[], least: number, most: number): string {
  return curve.map((value) => BLOCKS[Math.round(((value - least) / (most - least)) * 7)]).join('');
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
