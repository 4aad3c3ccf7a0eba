import { statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { isAbsolute, join, resolve } from 'node:path';
import { SegtideError } from '../../errors.js';
import type { Config } from './schema.js';

type Plugins = Config['plugins'];

/**
 * Finds the files of plug-ins: nothing is fetched, and nothing run.
 *
 * @param folder of the config file
 * @returns the same with absolute paths
 * @throws SegtideError `config` where one is not there, or two have one name
 */
export function locatePlugins(plugins: Plugins, folder: string): Plugins {
  const twice = plugins.find(({ name }, i) => plugins.findIndex((other) => other.name === name) !== i);
  if (twice !== undefined) throw refused(twice, 'there are two of that name');
  return plugins.map((plugin) => ({ ...plugin, module: locate(plugin, resolve(folder)) }));
}

function locate(plugin: Plugins[number], folder: string): string {
  const { module } = plugin;
  if (/^[a-z][a-z\d+.-]+:/i.test(module) && !isAbsolute(module)) {
    throw refused(plugin, `${module} is no path and no installed package; segtide fetches no code`);
  }
  if (isAbsolute(module) || /^\.\.?[/\\]/.test(module)) {
    const path = resolve(folder, module);
    if (statSync(path, { throwIfNoEntry: false })?.isFile() === true) return path;
    throw refused(plugin, `there is no file ${path}`);
  }
  try {
    return createRequire(join(folder, 'segtide.yaml')).resolve(module);
  } catch (cause) {
    throw refused(
      plugin,
      `no package ${module} is installed for ${folder}, or it has no entry that is not for \`import\` alone; install it, or name its file (./node_modules/${module}/…)`,
      cause,
    );
  }
}

function refused({ name }: Plugins[number], why: string, cause?: unknown): SegtideError {
  return new SegtideError('config', `the plug-in ${name} can't be used: ${why}`, { cause });
}
