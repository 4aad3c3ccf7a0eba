import {
  AUTOENCODER_KINDS,
  type AutoencoderKind,
  ENCODER_KINDS,
  type EncoderKind,
  isProjectedKind,
} from '../../encode/encoder-kind.js';
import { VIEW_KINDS } from '../../encode/views/view-kind.js';
import type { ClusteredBy } from '../cluster/window-rows.js';

/** A way to turn windows into points that `segtide compare` tries. */
export interface EncoderCandidate {
  /** As it is named by `--encoders` and in the ranking. */
  readonly name: string;
  readonly by: ClusteredBy;
  /** Config keys that make it, with their values. */
  readonly set: Readonly<Record<string, unknown>>;
  /** Candidate whose model has its points as latents: where that one is tried too, both share a training. */
  readonly latentsOf?: string;
}

const VRAE = { 'encoder.kind': 'vrae' };

/** How published work prepares series for each. */
const AUTOENCODER_SERIES: Readonly<Record<AutoencoderKind, EncoderCandidate['set']>> = {
  dae: { 'series.transform': 'none', 'series.scale': 'max', 'series.scope': 'own' },
  cnn: {},
  transformer: {},
};

/** All of them, in the order in which they are tried: every `encoder.kind`, and each view by itself. */
export const ENCODER_CANDIDATES: readonly EncoderCandidate[] = [
  { name: 'series', by: 'series', set: {} },
  { name: 'vrae', by: 'embedding', set: VRAE },
  { name: 'latents', by: 'embedding', set: { ...VRAE, 'encoder.views': [] }, latentsOf: 'vrae' },
  ...AUTOENCODER_KINDS.map(
    (kind): EncoderCandidate => ({
      name: kind,
      by: 'embedding',
      set: { ...AUTOENCODER_SERIES[kind], 'encoder.kind': kind },
    }),
  ),
  ...ENCODER_KINDS.filter(isProjectedKind).map(
    (kind): EncoderCandidate => ({
      name: kind,
      by: 'embedding',
      set: { 'encoder.kind': kind, ...(kind === 'features' && { 'encoder.features': 'catch22' }) },
    }),
  ),
  { name: 'compact', by: 'embedding', set: { 'encoder.kind': 'features', 'encoder.features': 'compact' } },
  ...VIEW_KINDS.filter((kind) => kind !== 'latents').map(
    (kind): EncoderCandidate => ({ name: kind, by: 'embedding', set: { ...VRAE, 'encoder.views': [kind] } }),
  ),
];

/** With that of a config whose kind none of them is: a plug-in, a file. */
export function candidatesWith(kind: EncoderKind): readonly EncoderCandidate[] {
  if (ENCODER_CANDIDATES.some(({ name }) => name === kind)) return ENCODER_CANDIDATES;
  return [...ENCODER_CANDIDATES, { name: kind, by: 'embedding', set: { 'encoder.kind': kind } }];
}
