import { autoencoderOf, type EncoderSettings } from './encode/encoder-options.js';
import { SegtideError } from './errors.js';
import type { SeriesSettings } from './series/series-settings.js';

/**
 * Checks that an encoder can do with series as they are made ready for it.
 *
 * @throws SegtideError `config` when it can not.
 */
export function checkEncoderSeries(encoder: EncoderSettings, series: SeriesSettings): void {
  const { kind, output } = encoder;
  if (kind === 'precomputed') checkEmbeddings(series);
  const { scale } = series;
  // What never gives a negative value can not give back series that have some.
  const negative = scale === 'zscore' || scale === 'robust';
  if (autoencoderOf(encoder)?.output === 'relu' && negative) {
    throw refuse(neverNegative(`${kind}.output`, 'relu', scale));
  }
  if (output === 'softplus' && negative) throw refuse(neverNegative('output', 'softplus', scale));
}

function neverNegative(key: string, output: string, scale: string): string {
  return `\`${key}: ${output}\` never gives a negative value, and \`series.scale: ${scale}\` makes negative ones; set series.scale to max, minmax or none, or ${key} to linear`;
}

/** An embedding that records carry is to be clustered as it is. */
function checkEmbeddings({ steps, transform, scale }: SeriesSettings): void {
  if (steps !== 1) {
    throw refuse(
      `\`kind: precomputed\` takes windows of one step, of which each channel is an element of the embedding; set window.steps to 1, not ${steps}`,
    );
  }
  if (transform === 'none' && scale === 'none') return;
  throw refuse(
    `\`kind: precomputed\` takes embeddings as they are; set series.transform and series.scale to none, not ${transform} and ${scale}`,
  );
}

function refuse(text: string): SegtideError {
  return new SegtideError('config', text);
}
