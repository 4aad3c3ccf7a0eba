import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readConfig } from '../../../src/service/cli/read-config.js';
import { pluginModules } from '../../../src/service/config/plugin-modules.js';
import { printConfig } from '../../../src/service/config/print-config.js';
import { resolveStages } from '../../../src/service/config/resolve-stages.js';
import { checkPlugins } from '../../../src/service/run/check-plugins.js';

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

function read(plugins: string, encoder = '{ kind: plugin, plugin: own }', rest = '') {
  const path = join(folder, 'segtide.yaml');
  writeFileSync(path, `plugins: ${plugins}\nencoder: ${encoder}${REST}${rest}`);
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

  const statistics = (text: string) => () =>
    resolveStages(read('[{ name: own, module: ./own.mjs }]', '{ kind: raw }', `drift: { statistics: ${text} }\n`));

  it('are the statistics of drift that it names, with what it says to them', () => {
    const parameters = '{ weights: [1, 0.5], of: { channel: usage } }';
    const { drift } = statistics(`[{ plugin: own, layer: model, threshold: 0.5, parameters: ${parameters} }]`)();
    expect(drift.statistics).toEqual([
      {
        plugin: { name: 'own', module: `file://${join(folder, 'own.mjs')}`, timeLimitMs: 60_000 },
        ...{ layer: 'model', threshold: 0.5, parameters: { weights: [1, 0.5], of: { channel: 'usage' } } },
      },
    ]);
    expect(drift.thresholds.own).toBe(0.5);
    expect(drift.thresholds.psi).toBe(0.2);
  });

  it.each([
    ['another', '[{ plugin: owm, layer: model, threshold: 1 }]', /drift.statistics.* names of `plugins`/],
    ['one without a layer', '[{ plugin: own, threshold: 1 }]', /statistics.*layer/],
    ['one of another layer', '[{ plugin: own, layer: output, threshold: 1 }]', /statistics.*layer.*input/],
    ['one without a threshold', '[{ plugin: own, layer: model }]', /statistics.*threshold/],
    ['one that is always drift', '[{ plugin: own, layer: model, threshold: 0 }]', /statistics.*threshold.*above 0/],
    [
      'one twice',
      '[{ plugin: own, layer: model, threshold: 1 }, { plugin: own, layer: input, threshold: 1 }]',
      /drift.*own is named twice/,
    ],
    ['keys that are none', '[{ plugin: own, layer: model, treshold: 1 }]', /did you mean .*threshold/],
  ])('are not what drift takes that names %s', (_, text, problem) => {
    expect(statistics(text)).toThrow(problem);
  });

  it('are refused as statistics of drift where they are of another kind', async () => {
    writeFileSync(join(folder, 'rule.mjs'), "export default { kind: 'alert-rule', judge: () => [] };");
    const config = read(
      '[{ name: rule, module: ./rule.mjs }]',
      '{ kind: raw }',
      'drift: { statistics: [{ plugin: rule, layer: model, threshold: 1 }] }\n',
    );
    await expect(checkPlugins(config)).rejects.toThrow(
      "the plug-in rule can't be used: it must be of kind 'drift-statistic'; it is of \"alert-rule\"",
    );
  });
});
