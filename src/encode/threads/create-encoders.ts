import type { SegtideError } from '../../errors.js';
import type { EncoderSettings } from '../encoder-options.js';
import { createPluginEncoders, type PluginEncoders } from '../plugin-encoders.js';
import { createEncodePool } from './encode-pool.js';

export interface EncodersOptions {
  /** Threads that encode; 0 encodes in the caller's. */
  readonly threads: number;
  /** Told of each window that a plug-in could not embed. */
  readonly onFailure?: ((error: SegtideError) => void) | undefined;
}

/** What encodes a stream: threads where they are asked for, and plug-ins, which have a thread each in any case. */
export function createEncoders(
  { plugins }: Pick<EncoderSettings, 'plugins'>,
  { threads, onFailure = () => undefined }: EncodersOptions,
): PluginEncoders {
  const pool = threads > 0 ? createEncodePool(threads) : undefined;
  const encoders = createPluginEncoders(plugins, { open: pool?.open, onFailure });
  return {
    open: encoders.open,
    close: async () => {
      await pool?.close();
      await encoders.close();
    },
  };
}
