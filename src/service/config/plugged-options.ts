import type { DriftOptions } from '../../drift/drift-settings.js';
import type { EncoderOptions } from '../../encode/encoder-options.js';
import type { ClusterOptions } from '../../stage-options.js';
import { pluginModules } from './plugin-modules.js';
import type { Config } from './schema.js';

/** What a config says of encoders, with the plug-ins that it names. */
export function encoderOptionsOf({ encoder, plugins }: Pick<Config, 'encoder' | 'plugins'>): EncoderOptions {
  return { ...encoder, plugins: pluginModules({ plugins }) };
}

/** What a config says of segments, with the plug-in that places them, if one does. */
export function clusterOptionsOf({ cluster, plugins }: Pick<Config, 'cluster' | 'plugins'>): ClusterOptions {
  const { plugin, ...options } = cluster;
  const module = pluginModules({ plugins }).find(({ name }) => name === plugin);
  return { ...options, ...(module && { plugin: module }) };
}

/** The statistics of the user's own that a config names. */
export function driftStatisticsOf({
  drift,
  plugins,
}: Pick<Config, 'drift' | 'plugins'>): NonNullable<DriftOptions['statistics']> {
  const modules = pluginModules({ plugins });
  return (drift.statistics ?? []).flatMap(({ plugin: named, ...statistic }) => {
    const plugin = modules.find(({ name }) => name === named);
    return plugin === undefined ? [] : [{ ...statistic, plugin }];
  });
}
