// Processor time of the autoencoders that are trained by mini-batches: an update, a training of 1,000 windows and a window
// encoded, by the defaults of each kind.
//
//   npx tsx bench/autoencoders.ts [--kinds dae,cnn,transformer] [--steps 24,140,720] [--engines auto] [--updates 20] [--training 140]
//
// `--training` names the steps for which whole trainings are timed; '' leaves them out.
import { parseArgs } from 'node:util';
import { architectureOf } from '../src/encode/autoencoder/architectures.js';
import { createAutoencoderEncoder } from '../src/encode/autoencoder/autoencoder-encoder.js';
import { createAutoencoderNetwork } from '../src/encode/autoencoder/autoencoder-network.js';
import { trainAutoencoder } from '../src/encode/autoencoder/train-autoencoder.js';
import { type AutoencoderKind, isAutoencoderKind, isEncoderKind } from '../src/encode/encoder-kind.js';
import { autoencoderOf, resolveEncoder } from '../src/encode/encoder-options.js';
import { openEngine } from '../src/encode/vrae/engines/open-engine.js';
import type { VraeEngine } from '../src/encode/vrae/vrae-options.js';
import { prepareSeries } from '../src/series/prepare-series.js';
import { resolveSeries } from '../src/series/series-settings.js';
import { toGivenWindows } from '../src/window/given-windows.js';
import { createUsageWindows } from './measure/random-kernel-workload.js';

const WINDOWS = 1_000;

const { values: flags } = parseArgs({
  options: {
    kinds: { type: 'string', default: 'dae,cnn,transformer' },
    steps: { type: 'string', default: '24,140,720' },
    engines: { type: 'string', default: 'auto' },
    updates: { type: 'string', default: '20' },
    training: { type: 'string', default: '140' },
  },
});
const trained = new Set(flags.training.split(',').filter(Boolean).map(Number));

for (const engine of flags.engines.split(',') as VraeEngine[]) {
  for (const steps of flags.steps.split(',').map(Number)) {
    for (const kind of flags.kinds.split(',')) {
      if (!isEncoderKind(kind) || !isAutoencoderKind(kind)) throw new Error(`--kinds has no autoencoder ${kind}`);
      await measure(kind, steps, engine);
    }
  }
}

async function measure(kind: AutoencoderKind, steps: number, name: VraeEngine): Promise<void> {
  const settings = autoencoderOf(resolveEncoder({ kind }))!;
  const series = usageSeries(steps);
  const { latent } = settings;
  const shape = architectureOf(kind).toShape(settings, { steps, channels: 1, latent, output: 'linear' });
  const train = async (updates: number) => {
    const { engine } = await openEngine(name);
    const network = createAutoencoderNetwork(engine, { kind, shape }, { rows: settings.batch, training: settings });
    const began = process.cpuUsage();
    const fit = trainAutoencoder({ settings: { ...settings, updates }, series, seed: 1 }, network);
    const seconds = processorSeconds(began);
    network.dispose();
    return { fit, seconds };
  };
  await train(2);
  const updates = Number(flags.updates);
  // An evaluation comes after every twentieth of the updates; two runs tell them apart.
  const [short, long] = [await train(updates), await train(2 * updates)];
  const update = (1000 * (long.seconds - short.seconds)) / updates;
  const {
    engine,
    engine: { description },
  } = await openEngine(name);
  const encoder = createAutoencoderEncoder({ kind, weights: long.fit.weights, embedding: 'latents' }, '', engine);
  await encoder.encode(series);
  const began = process.cpuUsage();
  for (let round = 0; round < 3; round++) await encoder.encode(series);
  const window = (1e6 * processorSeconds(began)) / (3 * WINDOWS);
  encoder.dispose();
  const numbers = long.fit.weights.values.length;
  let told = `${kind} T=${steps} ${description}: ${update.toFixed(1)} ms an update of ${settings.batch}, ${window.toFixed(1)} µs a window encoded and decoded, ${numbers} weights`;
  if (trained.has(steps)) {
    const { fit, seconds } = await train(settings.updates);
    told += `; ${seconds.toFixed(1)} s a training of ${WINDOWS} (${fit.updates} of ${settings.updates} updates, held-out loss ${fit.heldOutLoss.toFixed(4)})`;
  }
  console.log(told);
}

function usageSeries(steps: number) {
  const { values } = createUsageWindows({ steps, channels: 1 }, WINDOWS);
  const windows = toGivenWindows({ length: WINDOWS, steps, channels: 1, values, mask: new Uint8Array(values.length) });
  return prepareSeries(resolveSeries({ transform: 'none', scope: 'own' }, steps, 1), undefined, windows);
}

function processorSeconds(since: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(since);
  return (user + system) / 1e6;
}
