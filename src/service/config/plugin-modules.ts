import { pathToFileURL } from 'node:url';
import type { PluginModule } from '../../plugin/plugin-module.js';
import type { Config } from './schema.js';

/** The plug-ins that a config names, as threads are told of them. */
export function pluginModules({ plugins }: Pick<Config, 'plugins'>): readonly PluginModule[] {
  return plugins.map(({ name, module, timeLimit }) => ({
    name,
    module: pathToFileURL(module).href,
    timeLimitMs: timeLimit,
  }));
}
