import { checkPlugin } from '../../plugin/open-plugin.js';
import type { PluginKind } from '../../plugin/plugin-module.js';
import { pluginModules } from '../config/plugin-modules.js';
import type { Config } from '../config/schema.js';

/**
 * Finds out whether the plug-ins that a config uses can be used, long before they are needed.
 *
 * @throws SegtideError `config` that says which can't, and why
 */
export async function checkPlugins(config: Config): Promise<void> {
  const used: readonly (readonly [PluginKind, string | undefined])[] = [
    ['encoder', config.encoder.plugin],
    ['clusterer', config.cluster.plugin],
    ...(config.drift.statistics ?? []).map(({ plugin }) => ['drift-statistic', plugin] as const),
    ...(config.alerts.rules ?? []).map((name) => ['alert-rule', name] as const),
    ...config.output.plugins.map(({ name }) => ['sink', name] as const),
  ];
  for (const plugin of pluginModules(config)) {
    for (const [kind, name] of used) if (plugin.name === name) await checkPlugin(plugin, kind);
  }
}
