import { SegtideError } from '../errors.js';
import type { PluginModule } from '../plugin/plugin-module.js';
import type { AutoencoderSettings } from './autoencoder/autoencoder-options.js';
import { type CnnOptions, type CnnSettings, resolveCnn } from './cnn/cnn-options.js';
import { type DaeOptions, type DaeSettings, resolveDae } from './dae/dae-options.js';
import { type EncoderFileOptions, type EncoderFileSettings, resolveEncoderFile } from './encoder-file.js';
import {
  AUTOENCODER_KINDS,
  type AutoencoderKind,
  ENCODER_KINDS,
  type EncoderKind,
  FEATURE_SETS,
  type FeatureSet,
  isAutoencoderKind,
  isProjectedKind,
  PROJECTED_VIEWS,
} from './encoder-kind.js';
import {
  resolveTransformer,
  type TransformerOptions,
  type TransformerSettings,
} from './transformer/transformer-options.js';
import { SHIFTS, type Shift } from './views/shift.js';
import { VIEW_KINDS, type ViewKind } from './views/view-kind.js';
import { resolveVrae, type VraeOptions, type VraeSettings } from './vrae/vrae-options.js';

/** What turns a series into a vector. All but `kind`, `embeddingSize`, `features`, `dae`, `cnn`, `transformer`, `shift`, `init`, `engine`, `threads`, `seed` and those of a file are of the VRAE. */
export interface EncoderOptions extends VraeOptions, EncoderFileOptions {
  /**
   * A VRAE with views of the window beside it; or the latents of a denoising autoencoder of dense layers (`dae`), of a
   * convolutional autoencoder (`cnn`) or of a transformer autoencoder (`transformer`), or what it gives back; or,
   * without latents and reconstructions, the principal components of the prepared window
   * (`raw`), of its features (`features`), of features of random kernels (`rocket`), or of its distances to
   * chosen windows under dynamic time warping (`dtw`); or the embedding that
   * records carry, an element a channel, in windows of one step (`precomputed`); or what an ONNX file (`onnx`)
   * or a TensorFlow model (`tfjs`) makes of the prepared window; or what a module of the user's own gives (`plugin`, docs/plugins.md).
   * @default 'vrae'
   */
  readonly kind?: EncoderKind;
  /** Name of the plug-in, for that kind: one of `plugins`. */
  readonly plugin?: string | undefined;
  /** Plug-ins that are encoders of models: the one that is asked for, and those of models that are still about. @default none */
  readonly plugins?: readonly PluginModule[];
  /**
   * Numbers of an embedding at most, 1 to 256, of `raw`, `features`, `rocket` and `dtw`; fewer where components have next to no variance.
   * @default 32
   */
  readonly embeddingSize?: number | undefined;
  /**
   * Which features, for `kind: features`: the 22 of catch22, of each channel scaled by itself; or a compact set of
   * tsfresh's, of the window as it is prepared, level and size among them (docs/features.md).
   * @default 'catch22'
   */
  readonly features?: FeatureSet;
  /** Of the denoising autoencoder; they wait for `kind: dae`. */
  readonly dae?: DaeOptions | undefined;
  /** Of the convolutional autoencoder; they wait for `kind: cnn`. */
  readonly cnn?: CnnOptions | undefined;
  /** Of the transformer autoencoder; they wait for `kind: transformer`. */
  readonly transformer?: TransformerOptions | undefined;
  /**
   * Ways to look at a window whose common neighbourhoods the embedding keeps; with none, the embedding is the VRAE's
   * latents.
   * @default the kernels of shape and of usage, the profile and the level; none with `preset: published`
   */
  readonly views?: readonly ViewKind[];
  /**
   * Whether customers who do the same at another time in the window behave otherwise (`aligned`: morning and evening are
   * two segments) or alike (`invariant`: one segment, which a customer keeps while the window slides over a daily or
   * weekly rhythm). `invariant` turns each window, the last step followed by the first, so that its crest lies in the
   * middle; a VRAE needs views for it, and none of latents.
   * @default 'aligned'
   */
  readonly shift?: Shift;
  /**
   * Where a training begins that has no champion to go on from: at the weights that ship with the package, and with a
   * provisional model as soon as there are a few windows (docs/models.md); or at new weights. Of kinds without weights it
   * says only whether there is a provisional model.
   * @default 'pretrained'; 'fresh' with `preset: published`
   */
  readonly init?: EncoderInit;
}

export interface EncoderSettings extends VraeSettings, EncoderFileSettings, AutoencoderSections {
  readonly kind: EncoderKind;
  readonly plugin: string | undefined;
  readonly plugins: readonly PluginModule[];
  /** Undefined where it was not set, and of the VRAE. */
  readonly embeddingSize: number | undefined;
  /** Of `features` alone. */
  readonly features: FeatureSet;
  readonly views: readonly ViewKind[];
  readonly shift: Shift;
  readonly init: EncoderInit;
}

/** Each is undefined of other kinds. */
type AutoencoderSections = { readonly [Kind in AutoencoderKind]: SettingsOf[Kind] | undefined };

interface SettingsOf {
  readonly dae: DaeSettings;
  readonly cnn: CnnSettings;
  readonly transformer: TransformerSettings;
}

/** The settings of an autoencoder without views; undefined of other kinds. */
export function autoencoderOf(settings: EncoderSettings): AutoencoderSettings | undefined {
  const { kind } = settings;
  return isAutoencoderKind(kind) ? settings[kind] : undefined;
}

export const ENCODER_INITS = ['pretrained', 'fresh'] as const;

export type EncoderInit = (typeof ENCODER_INITS)[number];

/** Of all kinds those that segments gain by (docs/quality.md). */
export const DEFAULT_VIEWS: readonly ViewKind[] = ['log-shape-kernels', 'log-usage-kernels', 'profile', 'level'];

/** @throws SegtideError `config` when an option is out of range. */
export function resolveEncoder(options: EncoderOptions = {}): EncoderSettings {
  const {
    kind = 'vrae',
    plugin,
    plugins = [],
    embeddingSize,
    features = 'catch22',
    dae,
    cnn,
    transformer,
    views,
    shift = 'aligned',
    init,
    ...others
  } = options;
  const { file, inputName, outputName, layer, layout, ...vrae } = others;
  checkKind(kind, options);
  const fromFile = resolveEncoderFile(kind, { file, inputName, outputName, layer, layout });
  const settings = resolveVrae(vrae);
  const isPublished = settings.preset === 'published';
  const settled = {
    ...settings,
    kind,
    plugin,
    plugins,
    embeddingSize,
    features,
    dae: kind === 'dae' ? resolveDae(dae) : undefined,
    cnn: kind === 'cnn' ? resolveCnn(cnn) : undefined,
    transformer: kind === 'transformer' ? resolveTransformer(transformer) : undefined,
    ...fromFile,
    views: views === undefined ? (isPublished ? [] : DEFAULT_VIEWS) : views,
    shift,
    init: init === undefined ? (isPublished ? 'fresh' : 'pretrained') : init,
  } satisfies EncoderSettings;
  checkViews(settled.views);
  if (!SHIFTS.includes(shift)) refuse(`\`shift\` must be one of ${SHIFTS.join(', ')}; got ${shift}`);
  if (kind === 'vrae' && shift === 'invariant' && (settled.views.length === 0 || settled.views.includes('latents'))) {
    refuse(
      '`shift: invariant` needs `views` other than latents, since the VRAE tells when things happen in a ' +
        `window; got ${settled.views.length === 0 ? 'none' : 'latents'}`,
    );
  }
  if (!ENCODER_INITS.includes(settled.init)) {
    refuse(`\`init\` must be ${ENCODER_INITS.join(' or ')}; got ${settled.init}`);
  }
  return settled;
}

function checkKind(kind: EncoderKind, options: EncoderOptions): void {
  if (!ENCODER_KINDS.includes(kind)) refuse(`\`kind\` must be one of ${ENCODER_KINDS.join(', ')}; got ${kind}`);
  const { embeddingSize: size, plugin, plugins = [] } = options;
  if (kind === 'plugin' && !plugins.some(({ name }) => name === plugin)) {
    const known = plugins.map(({ name }) => name).join(', ') || 'none';
    refuse(`\`plugin\` must name one of the plug-ins (${known}) for kind plugin; got ${plugin ?? 'none'}`);
  }
  if (kind !== 'plugin' && plugin !== undefined) refuse(`\`plugin\` is for kind plugin; leave it out for ${kind}`);
  if (size !== undefined && !(Number.isInteger(size) && size >= 1 && size <= 256)) {
    refuse(`\`embeddingSize\` must be a whole number from 1 to 256; got ${size}`);
  }
  if (size !== undefined && !isProjectedKind(kind)) {
    refuse(
      `\`embeddingSize\` is for ${Object.keys(PROJECTED_VIEWS).join(', ')}: a VRAE's embedding has \`latent\` numbers, ` +
        'and 8 by views; that of another autoencoder has its `latent`, as in `dae.latent`, or one a cell; a precomputed one has as many as there are channels, one of a file as the file gives, and a plug-in says itself',
    );
  }
  checkFeatures(kind, options.features);
  if (kind === 'plugin' && options.shift === 'invariant') {
    refuse('`shift: invariant` is no affair of a plug-in: it sees windows as they are; leave it out');
  }
  if (kind === 'precomputed' && options.shift === 'invariant') {
    refuse('`shift: invariant` is for windows of several steps; an embedding that is precomputed has one');
  }
  if (isAutoencoderKind(kind) && options.shift === 'invariant') {
    refuse(`\`shift: invariant\` is not for kind ${kind}, which gives windows back as they lie in time`);
  }
  if ((kind === 'onnx' || kind === 'tfjs') && options.shift === 'invariant') {
    refuse('`shift: invariant` is for views of a window; a file takes windows as they are');
  }
  // A config always names a preset.
  const { preset = 'default', ...named } = options;
  const given = { ...named, ...(preset !== 'default' && { preset }) };
  const idle = Object.entries(given).filter(([name, value]) => value !== undefined && !OF_ALL_KINDS.has(name));
  if (kind !== 'vrae' && idle.length > 0) {
    const advice = isAutoencoderKind(kind) ? `its own options are in \`${kind}\`` : 'leave it out';
    refuse(`${idle.map(([name]) => `\`${name}\``).join(', ')} of a VRAE says nothing to kind ${kind}; ${advice}`);
  }
}

function checkFeatures(kind: EncoderKind, features: FeatureSet | undefined): void {
  if (features === undefined) return;
  if (kind !== 'features') refuse(`\`features\` is for kind features; leave it out for ${kind}`);
  if (!FEATURE_SETS.includes(features)) refuse(`\`features\` must be ${FEATURE_SETS.join(' or ')}; got ${features}`);
}

/** Options that are not of a VRAE alone. */
const OF_ALL_KINDS: ReadonlySet<string> = new Set<keyof EncoderOptions>([
  'kind',
  'plugin',
  'plugins',
  'embeddingSize',
  'features',
  ...AUTOENCODER_KINDS,
  'shift',
  'init',
  'engine',
  'threads',
  'seed',
  'file',
  'inputName',
  'outputName',
  'layer',
  'layout',
]);

function checkViews(views: readonly ViewKind[]): void {
  if (!Array.isArray(views)) {
    refuse(`\`views\` must be a list of ${VIEW_KINDS.join(', ')}; got ${JSON.stringify(views)}`);
  }
  const unknown = views.filter((kind) => !VIEW_KINDS.includes(kind));
  if (unknown.length > 0) refuse(`\`views\` must be of ${VIEW_KINDS.join(', ')}; got ${unknown.join(', ')}`);
  const twice = views.find((kind, i) => views.indexOf(kind) !== i);
  if (twice !== undefined) refuse(`\`views\` has ${twice} twice`);
}

function refuse(text: string): never {
  throw new SegtideError('config', `encoder: ${text}`);
}
