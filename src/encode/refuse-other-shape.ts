import { SegtideError } from '../errors.js';
import type { SeriesBatch } from '../series/series-batch.js';
import type { EncoderShape } from './encoder-model.js';

/** @throws SegtideError `encoder` when series have another shape than the encoder takes. */
export function refuseOtherShape(
  { steps, channels }: Pick<EncoderShape, 'steps' | 'channels'>,
  batch: Pick<SeriesBatch, 'steps' | 'channels'>,
): void {
  if (batch.steps === steps && batch.channels === channels) return;
  throw new SegtideError(
    'encoder',
    `This encoder takes series of ${steps} steps and ${channels} channels, got ${batch.steps} steps and ` +
      `${batch.channels} channels. Use the settings that it was trained with, or train anew.`,
  );
}
