import { dtwKMeans } from '../../src/cluster/offline/dtw-k-means.js';
import { kShape } from '../../src/cluster/offline/k-shape.js';
import type { Architecture } from '../../src/encode/autoencoder/architecture.js';
import { architectureOf } from '../../src/encode/autoencoder/architectures.js';
import { createAutoencoderNetwork } from '../../src/encode/autoencoder/autoencoder-network.js';
import { trainAutoencoder } from '../../src/encode/autoencoder/train-autoencoder.js';
import { CNN_DEFAULTS } from '../../src/encode/cnn/cnn-options.js';
import { DAE_DEFAULTS } from '../../src/encode/dae/dae-options.js';
import { type AutoencoderKind, PROJECTED_VIEWS, type ProjectedKind } from '../../src/encode/encoder-kind.js';
import { TRANSFORMER_DEFAULTS } from '../../src/encode/transformer/transformer-options.js';
import { fitViews } from '../../src/encode/views/fit-views.js';
import { createViewTransform } from '../../src/encode/views/view-transform.js';
import { openEngine } from '../../src/encode/vrae/engines/open-engine.js';
import type { VraeEngine } from '../../src/encode/vrae/vrae-options.js';

export interface WorkloadSettings {
  readonly threads: number;
  readonly engine: VraeEngine;
}

/** What fitting gave: how many windows it went through, and what embeds all windows, where that is another step. */
export interface FittedWorkload {
  readonly windows: number;
  readonly embed?: () => void | Promise<void>;
}

type Workload = (
  values: Float32Array, // (rows, steps)
  steps: number,
  settings: WorkloadSettings,
) => Promise<{ readonly learn: () => Promise<FittedWorkload> }>;

const DEFAULTS = { dae: DAE_DEFAULTS, cnn: CNN_DEFAULTS, transformer: TRANSFORMER_DEFAULTS };
/** Of a training, in which neither side stops early. */
const UPDATES = { dae: 200, cnn: 60, transformer: 60 };
const CLUSTERS = 5;

const project =
  (kind: ProjectedKind): Workload =>
  async (values, steps, settings) => {
    const { engine } = await openEngine(settings.engine, settings);
    const length = values.length / steps;
    const mask = new Uint8Array(values.length);
    const scale = { centers: [0], scales: [1], log: false };
    return {
      learn: async () => {
        const windows = { length, steps, channels: 1, values, mask };
        const views = await fitViews(windows, { kinds: [PROJECTED_VIEWS[kind]], scale, seed: 1 }, engine);
        const { size, transform } = createViewTransform(views, engine);
        const out = new Float32Array(length * size);
        return { windows: length, embed: () => transform(values, mask, length, undefined, out) };
      },
    };
  };

/** One by its defaults, but for updates, of which neither side leaves one out. */
const autoencoder =
  (kind: AutoencoderKind): Workload =>
  async (values, steps, { engine: name, threads }) => {
    const { engine } = await openEngine(name, { threads });
    const length = values.length / steps;
    const options = { ...DEFAULTS[kind], updates: UPDATES[kind], heldOut: 0, patience: 1000 };
    const { latent, batch: rows } = options;
    const architecture: Architecture = architectureOf(kind);
    const shape = architecture.toShape(options, { steps, channels: 1, latent, output: 'linear' });
    const network = createAutoencoderNetwork(engine, { kind, shape }, { rows, training: options });
    const latents = new Float32Array(length * latent);
    return {
      learn: async () => {
        const series = { length, steps, channels: 1, values, mask: new Uint8Array(values.length) };
        const { updates } = trainAutoencoder({ settings: options, series, seed: 1 }, network);
        return { windows: updates * rows, embed: () => network.encode(values, length, latents) };
      },
    };
  };

/** Windows of all passes over the rows, so that starts which settle sooner or later do not count. */
const shapes: Workload = async (values, steps) => ({
  learn: async () => {
    const length = values.length / steps;
    const { facts } = await kShape({ length, steps, channels: 1, values }, CLUSTERS, { seed: 1, starts: 1 });
    return { windows: length * (Number(facts.iterations) + 1) };
  },
});

const barycentres: Workload = async (values, steps, { threads }) => ({
  learn: async () => {
    const length = values.length / steps;
    const rows = { length, steps, channels: 1, values };
    const options = { seed: 1, starts: 1, band: Math.max(1, Math.round(0.1 * steps)) };
    const { facts } = await dtwKMeans(rows, CLUSTERS, { ...options, threads: threads > 1 ? threads : 0 });
    return { windows: length * (Number(facts.iterations) + 1) };
  },
});

export const WORKLOADS = {
  raw: project('raw'),
  features: project('features'),
  rocket: project('rocket'),
  dtw: project('dtw'),
  dae: autoencoder('dae'),
  cnn: autoencoder('cnn'),
  transformer: autoencoder('transformer'),
  'k-shape': shapes,
  'dtw-k-means': barycentres,
} as const satisfies Record<string, Workload>;

export function isAutoencoder(name: string): name is AutoencoderKind {
  return name in UPDATES;
}

export function isWorkload(name: string): name is keyof typeof WORKLOADS {
  return name in WORKLOADS;
}
