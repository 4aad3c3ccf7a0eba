import { readFileSync } from 'node:fs';
import { SegtideError } from '../../errors.js';
import type { PluginKind } from '../../plugin/plugin-module.js';
import { PLUGIN_NAME } from '../config/sections/plugins.js';
import { EXIT_CODES } from './exit-code.js';
import { packagePath } from './package-path.js';
import { refuseExisting } from './refuse-existing.js';
import type { Terminal } from './terminal.js';
import { writeText } from './write-text.js';

export interface InitPluginFlags {
  readonly kind?: string;
  readonly force?: boolean;
  readonly quiet?: boolean;
  /** Must not be given. */
  readonly input?: string | undefined;
}

/** Writes a plug-in that works and a test that runs its contract, to go on from; returns the exit code. */
export async function initPlugin(name: string, flags: InitPluginFlags, terminal: Terminal): Promise<number> {
  const { kind = 'encoder', force = false, quiet = false, input } = flags;
  if (!PLUGIN_NAME.test(name)) {
    throw new SegtideError(
      'config',
      `--plugin must be lower-case letters, digits and -, a letter first; got '${name}'`,
    );
  }
  if (input !== undefined) throw new SegtideError('config', `--plugin writes no config; leave out '${input}'`);
  const files = [`${name}.mjs`, `${name}.test.mjs`];
  if (!force) for (const file of files) await refuseExisting(file, 'Name another plug-in, or write over it by --force');
  for (const [i, template] of [`${kind}.mjs`, `${kind}.test.mjs`].entries()) {
    const text = readFileSync(packagePath(`config/plugins/${template}`), 'utf8');
    writeText(files[i]!, text.replace(`./${kind}.mjs`, `./${name}.mjs`));
  }
  const told = `wrote ${files.join(' and ')}; try it: node --test ${files[1]}\nIn the config:\n${USES[kind as PluginKind](name)}`;
  if (!quiet) terminal.out.write(`${told}\n`);
  return EXIT_CODES.ok;
}

/** How a config names one. */
const USES: Readonly<Record<PluginKind, (name: string) => string>> = {
  encoder: (name) => `${named(name)}\n  encoder: { kind: plugin, plugin: ${name} }`,
  clusterer: (name) => `${named(name)}\n  cluster: { plugin: ${name} }`,
  'drift-statistic': (name) =>
    `${named(name)}\n  drift: { statistics: [{ plugin: ${name}, layer: embedding, threshold: 0.05 }] }`,
  'alert-rule': (name) => `${named(name)}\n  alerts: { rules: [${name}] }`,
  sink: (name) => `${named(name)}\n  output: { plugins: [{ name: ${name}, outputs: [alerts, transitions] }] }`,
};

function named(name: string): string {
  return `  plugins: [{ name: ${name}, module: ./${name}.mjs }]`;
}
