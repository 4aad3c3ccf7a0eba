import * as z from 'zod';
import { FILE_LAYOUTS } from '../../../encode/encoder-file.js';
import { ENCODER_KINDS, FEATURE_SETS } from '../../../encode/encoder-kind.js';
import { DEFAULT_VIEWS, ENCODER_INITS } from '../../../encode/encoder-options.js';
import { SHIFTS } from '../../../encode/views/shift.js';
import { VIEW_KINDS } from '../../../encode/views/view-kind.js';
import { VRAE_CHOICES, type VraeSettings } from '../../../encode/vrae/vrae-options.js';
import { PRESETS } from '../../../encode/vrae/vrae-presets.js';
import { real, share, text, whole } from '../kinds.js';
import { cnnSection, daeSection, transformerSection } from './autoencoders.js';

/** `encoder`: what turns a series into a vector. Defaults are filled in by its preset, and shown here of `default`. */
export const encoderSection = z
  .strictObject({
    kind: z
      .enum(ENCODER_KINDS)
      .default('vrae')
      .describe(
        "What makes the embedding (docs/encoders.md): `vrae`, a variational recurrent autoencoder with views of the window beside it; or the latents of an autoencoder of dense layers (`dae`), of convolutions (`cnn`) or of attention (`transformer`); or the principal components of the prepared window (`raw`), of its features (`features`), of random-kernel features (`rocket`) or of distances to chosen windows under dynamic time warping (`dtw`); or the embedding that records carry, an element a channel (`precomputed`); or what a local ONNX file (`onnx`) or TensorFlow model (`tfjs`) makes of the prepared window; or a module of one's own (`plugin`). Of the keys below the other kinds take `embeddingSize`, `dae`, `cnn` or `transformer`, `features` its own, `shift`, `init`, `engine` and `threads`, and `onnx` and `tfjs` those of a file.",
      ),
    plugin: text().exactOptional().describe('For `kind: plugin`: the name of one of `plugins`.'),
    embeddingSize: whole('numbers', { min: 1, max: 256 })
      .exactOptional()
      .describe(
        'Numbers of the embedding at most, of `raw`, `features`, `rocket` and `dtw`; fewer where components have next to no variance. Default: 32.',
      ),
    features: z
      .enum(FEATURE_SETS)
      .exactOptional()
      .describe(
        'Which features (docs/features.md), of `features`: `catch22`, of each channel scaled by itself; or `compact`, 55 of tsfresh, of the window as it is prepared, level and size among them. Default: catch22.',
      ),
    dae: daeSection
      .exactOptional()
      .describe('The denoising autoencoder of `kind: dae`, which has no other keys; it waits for that kind.'),
    cnn: cnnSection
      .exactOptional()
      .describe('The convolutional autoencoder of `kind: cnn`, which has no other keys; it waits for that kind.'),
    transformer: transformerSection
      .exactOptional()
      .describe('The transformer autoencoder of `kind: transformer`, which has no other keys; it waits for that kind.'),
    file: z
      .string()
      .min(1)
      .exactOptional()
      .describe(
        'ONNX file of `kind: onnx`, which needs onnxruntime-node or onnxruntime-web, or of `kind: tfjs` model.json or the folder of a SavedModel, which needs @tensorflow/tfjs-node, or but for a SavedModel @tensorflow/tfjs. The trainer reads it at each training; workers get it with the model.',
      ),
    inputName: z
      .string()
      .min(1)
      .exactOptional()
      .describe('Input of the ONNX file that takes windows. Default: the only one.'),
    outputName: z
      .string()
      .min(1)
      .exactOptional()
      .describe('Output of the ONNX file that is the embedding. Default: the only one.'),
    layer: z
      .string()
      .min(1)
      .exactOptional()
      .describe(
        'Layer of the TensorFlow model whose output is the embedding; of a graph the node, of a SavedModel the output. Default: the only output.',
      ),
    layout: z
      .enum(FILE_LAYOUTS)
      .exactOptional()
      .describe(
        'What the file takes: `btc` is (batch, steps, channels), `bct` (batch, channels, steps). Default: told by the shape that the file states; `btc` where a TensorFlow model takes both.',
      ),
    preset: z
      .enum(VRAE_CHOICES.preset)
      .default('default')
      .describe(
        'Where the defaults of this section come from; `published` are the settings of the VRAE as usually published.',
      ),
    views: z
      .array(z.enum(VIEW_KINDS))
      .exactOptional()
      .describe(
        'Ways to look at a window whose common neighbourhoods the embedding keeps (docs/embedding.md); each counts as far as it agrees with the others. `[]`: the embedding is the latents of the VRAE. Default: none with `preset: published`, else those shown.',
      )
      .meta({ default: DEFAULT_VIEWS }),
    shift: z
      .enum(SHIFTS)
      .default('aligned')
      .describe(
        '`aligned`: the same behaviour at another time in the window is another segment; `invariant`: it is the same, which suits `window.hop` below a period of usage. `invariant` needs `views`, without `latents`.',
      ),
    init: z
      .enum(ENCODER_INITS)
      .exactOptional()
      .describe(
        'Where a training begins that goes on from no other: `pretrained` at weights that ship with segtide, and the first windows are assigned provisionally; `fresh` at new ones. Default: `fresh` with `preset: published`.',
      )
      .meta({ default: 'pretrained' }),
    engine: option('engine', z.enum(VRAE_CHOICES.engine)).describe(
      'What computes: `auto` takes the first that runs of `native`, `wasm` and `js`; `tfjs` needs @tensorflow/tfjs-node. Results differ in the sixth digit.',
    ),
    threads: option('threads', whole('threads', { min: 1, max: 64 })).describe(
      'Threads of one training with `native`; results do not depend on it.',
    ),
    cell: option('cell', z.enum(VRAE_CHOICES.cell)).describe('Recurrent cell.'),
    depth: option('depth', whole('layers', { min: 1, max: 3 })).describe(
      'Recurrent layers in the encoder, and as many in the decoder.',
    ),
    bidirectional: option('bidirectional', z.boolean()).describe(
      'Whether the encoder reads series backwards as well; doubles its time.',
    ),
    hidden: option('hidden', whole('units', { min: 1, max: 1024 })).describe(
      'Units of each recurrent layer; time grows with the square.',
    ),
    latent: option('latent', whole('dimensions', { min: 1, max: 256 })).describe(
      'Latents of the VRAE: the size of the embedding where it has no views; by views it has 8 numbers.',
    ),
    decoder: option('decoder', z.enum(VRAE_CHOICES.decoder)).describe(
      'What the decoder reads: nothing, or the step before, which leaves less to the latents.',
    ),
    output: option('output', z.enum(VRAE_CHOICES.output)).describe(
      '`softplus` for prepared values that are never negative: with `series.scale` max, minmax or none.',
    ),
    initialState: option('initialState', z.enum(VRAE_CHOICES.initialState)).describe(
      "What makes the decoder's initial states of the latents' sums.",
    ),
    initialization: option('initialization', z.enum(VRAE_CHOICES.initialization)).describe(
      "How weights start: by Glorot and Bengio with open forget gates, or uniform as PyTorch's layers do.",
    ),
    loss: option('loss', z.enum(VRAE_CHOICES.loss)).describe(
      'Reconstruction loss of observed cells; `smooth-l1` is quadratic up to errors of 1.',
    ),
    beta: option('beta', real('weight', { min: 0, max: 1e6 })).describe(
      'Weight of the divergence against reconstruction.',
    ),
    betaWarmUp: option('betaWarmUp', share()).describe('Part of the updates over which beta grows from 0.'),
    freeBits: option('freeBits', real('nats', { min: 0, max: 100 })).describe(
      'Divergence that each latent of a window has for free.',
    ),
    dropout: option('dropout', real('share', { min: 0, max: 0.9 })).describe(
      'Part of the states dropped between recurrent layers and after the encoder, in training only.',
    ),
    batch: option('batch', whole('windows', { min: 1, max: 65_536 })).describe('Windows in one update.'),
    updates: option('updates', whole('updates', { min: 1, max: 10_000_000 })).describe(
      'Most updates of a training that begins anew; one that begins at pretrained weights (`init`), as a first one does by default, or at those of the model before does `model.retrain.warmUpdates`.',
    ),
    optimizer: option('optimizer', z.enum(VRAE_CHOICES.optimizer)).describe(
      'What moves the weights; `adamw` decays them apart from the gradient, `sgd` has momentum.',
    ),
    learningRate: option('learningRate', real('per update', { min: Number.MIN_VALUE, max: 1 })).describe(
      'Learning rate at its highest.',
    ),
    schedule: option('schedule', z.enum(VRAE_CHOICES.schedule)).describe(
      'Course of the learning rate; `cosine` falls to a tenth.',
    ),
    rateWarmUp: option('rateWarmUp', share()).describe(
      'Part of the updates over which the learning rate first grows from 0.',
    ),
    momentum: option('momentum', real('share', { min: 0, max: 0.9999 })).describe(
      'Part of the last step that `sgd` keeps.',
    ),
    weightDecay: option('weightDecay', real('weight', { min: 0, max: 1 })).describe('Pull of all weights towards 0.'),
    gradientClip: option('gradientClip', real('norm', { min: Number.MIN_VALUE })).describe(
      'Largest norm of a gradient.',
    ),
    heldOut: option('heldOut', real('share', { min: 0, max: 0.5 })).describe(
      'Part of the training windows that the best weights are chosen by.',
    ),
    patience: option('patience', whole('evaluations', { min: 1, max: 1000 })).describe(
      'Evaluations (of 20) without a gain after which a training stops early.',
    ),
  })
  .prefault({});

/** A key that is left out unless written, so that the preset has its say; its default is for whoever reads the schema. */
function option<T extends z.ZodType>(name: keyof VraeSettings, kind: T) {
  return kind.exactOptional().meta({ ...kind.meta(), default: PRESETS.default[name] });
}
