import { SegtideError } from '../errors.js';
import { SHIFTS, type Shift } from './views/shift.js';
import { VIEW_KINDS, type ViewKind } from './views/view-kind.js';
import { resolveVrae, type VraeOptions, type VraeSettings } from './vrae/vrae-options.js';

/** What turns a series into a vector: a VRAE, and views of the window beside it. */
export interface EncoderOptions extends VraeOptions {
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
   * middle; it needs views, and none of latents.
   * @default 'aligned'
   */
  readonly shift?: Shift;
  /**
   * Where a training begins that has no champion to go on from: at the weights that ship with the package, and with a
   * provisional model as soon as there are a few windows (docs/models.md); or at new weights.
   * @default 'pretrained'; 'fresh' with `preset: published`
   */
  readonly init?: EncoderInit;
}

export interface EncoderSettings extends VraeSettings {
  readonly views: readonly ViewKind[];
  readonly shift: Shift;
  readonly init: EncoderInit;
}

export const ENCODER_INITS = ['pretrained', 'fresh'] as const;

export type EncoderInit = (typeof ENCODER_INITS)[number];

/** Of all kinds those that segments gain by (docs/quality.md). */
export const DEFAULT_VIEWS: readonly ViewKind[] = ['log-shape-kernels', 'log-usage-kernels', 'profile', 'level'];

/** @throws SegtideError `config` when an option is out of range. */
export function resolveEncoder({ views, shift = 'aligned', init, ...vrae }: EncoderOptions = {}): EncoderSettings {
  const settings = resolveVrae(vrae);
  const kinds = views ?? (settings.preset === 'published' ? [] : DEFAULT_VIEWS);
  const unknown = kinds.find((kind) => !VIEW_KINDS.includes(kind));
  if (unknown !== undefined) {
    throw new SegtideError('config', `encoder: \`views\` must be of ${VIEW_KINDS.join(', ')}; got ${unknown}`);
  }
  const twice = kinds.find((kind, i) => kinds.indexOf(kind) !== i);
  if (twice !== undefined) throw new SegtideError('config', `encoder: \`views\` has ${twice} twice`);
  if (!SHIFTS.includes(shift)) {
    throw new SegtideError('config', `encoder: \`shift\` must be one of ${SHIFTS.join(', ')}; got ${shift}`);
  }
  if (shift === 'invariant' && (kinds.length === 0 || kinds.includes('latents'))) {
    throw new SegtideError(
      'config',
      'encoder: `shift: invariant` needs `views` other than latents, since the VRAE tells when things happen in a ' +
        `window; got ${kinds.length === 0 ? 'none' : 'latents'}`,
    );
  }
  const begins = init ?? (settings.preset === 'published' ? 'fresh' : 'pretrained');
  if (!ENCODER_INITS.includes(begins)) {
    throw new SegtideError('config', `encoder: \`init\` must be ${ENCODER_INITS.join(' or ')}; got ${begins}`);
  }
  return { ...settings, views: kinds, shift, init: begins };
}
