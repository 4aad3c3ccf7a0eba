import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readConfig } from '../../../src/service/cli/read-config.js';
import { pluginModules } from '../../../src/service/config/plugin-modules.js';
import { printConfig } from '../../../src/service/config/print-config.js';
import { resolveStages } from '../../../src/service/config/resolve-stages.js';

const REST = `
input: { paths: [usage.csv] }
window: { step: hour, steps: 24 }
`;
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'segtide-plugins-'));
  writeFileSync(join(folder, 'own.mjs'), '');
  const installed = join(folder, 'node_modules/some-plugin');
  mkdirSync(installed, { recursive: true });
  writeFileSync(join(installed, 'package.json'), '{ "name": "some-plugin", "main": "main.js" }');
  writeFileSync(join(installed, 'main.js'), '');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function read(plugins: string, encoder = '{ kind: plugin, plugin: own }') {
  const path = join(folder, 'segtide.yaml');
  writeFileSync(path, `plugins: ${plugins}\nencoder: ${encoder}${REST}`);
  return readConfig(path, [], {});
}

describe('plug-ins of a config', () => {
  it('are found from the folder of the config file, or among its installed packages, and printed', () => {
    const config = read('[{ name: own, module: ./own.mjs, timeLimit: 5s }, { name: other, module: some-plugin }]');
    expect(pluginModules(config)).toEqual([
      { name: 'own', module: `file://${join(folder, 'own.mjs')}`, timeLimitMs: 5_000 },
      { name: 'other', module: `file://${join(folder, 'node_modules/some-plugin/main.js')}`, timeLimitMs: 60_000 },
    ]);
    expect(printConfig(config)).toContain(`module: ${join(folder, 'own.mjs')}`);
    const { encoder } = resolveStages(config);
    expect(encoder).toMatchObject({ kind: 'plugin', plugin: 'own', plugins: pluginModules(config) });
  });

  it.each([
    ['is not there', '[{ name: own, module: ./none.mjs }]', /plug-in own can't be used: there is no file .*none\.mjs/],
    ['is a folder', '[{ name: own, module: ./node_modules }]', /there is no file/],
    ['is no package', '[{ name: own, module: no-such }]', /no package no-such is installed for/],
    ['would be fetched', '[{ name: own, module: "https://example.org/own.mjs" }]', /segtide fetches no code/],
    [
      'has the name of another',
      '[{ name: own, module: ./own.mjs }, { name: own, module: some-plugin }]',
      /plug-in own can't be used: there are two of that name/,
    ],
    ['has a name of other letters', '[{ name: Own!, module: ./own.mjs }]', /plugins.*lower-case letters/],
  ])('are refused where one %s', (_, plugins, text) => {
    expect(() => read(plugins)).toThrow(text);
  });

  it.each([
    ['no plug-in', '{ kind: plugin }', /`plugin` must name one of the plug-ins \(own\) for kind plugin; got none/],
    ['another', '{ kind: plugin, plugin: owm }', /\(own\) for kind plugin; got owm/],
    ['one for another kind', '{ kind: raw, plugin: own }', /`plugin` is for kind plugin; leave it out for raw/],
    ['options of a VRAE', '{ kind: plugin, plugin: own, hidden: 8 }', /`hidden` of a VRAE says nothing to kind plugin/],
    ['a size', '{ kind: plugin, plugin: own, embeddingSize: 8 }', /a plug-in says itself/],
  ])('are not what an encoder takes that names %s', (_, encoder, text) => {
    expect(() => resolveStages(read('[{ name: own, module: ./own.mjs }]', encoder))).toThrow(text);
  });
});
