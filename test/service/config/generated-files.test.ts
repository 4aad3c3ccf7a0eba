import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { configShape, type Shape } from '../../../src/service/config/config-shape.js';
import { loadConfig } from '../../../src/service/config/load-config.js';
import { renderReference } from '../../../src/service/config/render-reference.js';
import { resolveStages } from '../../../src/service/config/resolve-stages.js';

describe('what is generated from the schema', () => {
  it('config/schema.json is up to date (else: npm run generate)', () => {
    expect(JSON.parse(read('config/schema.json'))).toEqual(JSON.parse(JSON.stringify(configShape())));
  });

  it('docs/configuration.md is up to date (else: npm run generate)', () => {
    expect(read('docs/configuration.md')).toBe(renderReference(configShape()));
  });

  it('describes every key', () => {
    const undescribed: string[] = [];
    const walk = (shape: Shape, path: string): void => {
      if (path !== '' && !path.endsWith('[]') && !shape.description) undescribed.push(path);
      for (const [key, child] of Object.entries(shape.properties ?? {})) walk(child, `${path}.${key}`);
      if (shape.items?.properties) walk(shape.items, `${path}[]`);
    };
    walk(configShape(), '');
    expect(undescribed).toEqual([]);
  });

  it('says the default of every value that has one, and nothing of sections', () => {
    expect(configShape().properties?.window?.properties?.outOfOrderness).toMatchObject({
      default: '5m',
      unit: 'duration',
    });
    expect(configShape().properties?.window).not.toHaveProperty('default');
  });
});

describe('the config files that ship', () => {
  it.each(['segtide', 'flights', 'simulated'])('config/%s.yaml is valid', (name) => {
    const path = `config/${name}.yaml`;
    expect(() => resolveStages(loadConfig({ file: { path, text: read(path) } }))).not.toThrow();
  });

  it('every commented key of the example is one of the schema', () => {
    // Uncommented, the example must still hold only known keys; values that a person fills in are given here.
    const text = read('config/segtide.yaml')
      .replace(/^# (?=[a-z]+:$)/gm, '')
      .replace(/^(#? *)# (?=[a-zA-Z]+:)/gm, '$1')
      .replace(/^#( +[a-zA-Z]+:)/gm, '$1')
      .replace('password: ""', 'password: x')
      .replace('cumulative: true', 'cumulative: false');
    expect(text).toMatch(/^model:$/m);
    expect(() => loadConfig({ file: { path: 'example', text } })).not.toThrow();
  });
});

function read(path: string): string {
  return readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');
}
