import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, inject, it } from 'vitest';
import { helm, template, VALUES, valuesFile } from '../support/chart/helm.js';
import { toStrictSchemas } from '../support/chart/strict-schemas.js';

const tools = inject('chartTools');
const versions = readdirSync(join(tools, 'schemas')).map((name) => /^v([\d.]+)-/.exec(name)![1]!);
const folder = mkdtempSync(join(tmpdir(), 'segtide-chart-'));
for (const definition of readdirSync(join(tools, 'definitions')).filter((name) => name.endsWith('.yaml'))) {
  const text = readFileSync(join(tools, 'definitions', definition), 'utf8');
  for (const [name, schema] of toStrictSchemas(text)) writeFileSync(join(folder, name), JSON.stringify(schema));
}

function kubeconform(version: string, text: string): { readonly text: string; readonly status: number | null } {
  const builtin = '{{.NormalizedKubernetesVersion}}-local{{.StrictSuffix}}/{{.ResourceKind}}{{.KindSuffix}}.json';
  const args = ['-strict', '-summary', '-kubernetes-version', version];
  args.push('-schema-location', join(tools, 'schemas', builtin));
  args.push('-schema-location', join(folder, '{{.ResourceKind}}{{.KindSuffix}}.json'));
  const { stdout, stderr, status } = spawnSync(join(tools, 'bin/kubeconform'), args, { input: text, encoding: 'utf8' });
  return { text: stdout + stderr, status };
}

describe('the chart', () => {
  afterAll(() => rmSync(folder, { recursive: true }));
  const rendered = VALUES.map((name) => template('--values', valuesFile(name)));

  it.each(VALUES)('passes helm lint with %s', (name) => {
    const { stdout, stderr, status } = helm(['lint', '--strict'], ['--values', valuesFile(name)]);
    expect(status, stdout + stderr).toBe(0);
  });

  it('passes helm lint with its own values', () => {
    expect(helm(['lint', '--strict']).status).toBe(0);
  });

  it('is looked at against each Kubernetes from 1.29 to 1.37', () => {
    const minors = versions.map((version) => Number(version.split('.')[1])).sort((a, b) => a - b);
    expect(minors).toEqual([29, 30, 31, 32, 33, 34, 35, 36, 37]);
  });

  it.each(versions)('makes what Kubernetes %s takes, of all values files', (version) => {
    const { text, status } = kubeconform(version, rendered.join('\n---\n'));
    expect(text).toMatch(/Invalid: 0, Errors: 0, Skipped: 0/);
    expect(status).toBe(0);
  });

  it.each([
    ['a Deployment', 'terminationGracePeriodSeconds', 'terminationGraceSeconds'],
    ['a ServiceMonitor', 'jobLabel', 'jobLable'],
    ['a PrometheusRule', 'record: segtide:events', 'recrod: segtide:events'],
    ['a ScaledObject', 'maxReplicaCount', 'maxReplicasCount'],
  ])('would be found out with a wrong key in %s', (_, right, wrong) => {
    const objects = rendered.join('\n---\n').split('\n---\n');
    const broken = objects.find((text) => text.includes(right))!.replace(right, wrong);
    expect(kubeconform('1.29.0', broken).text).toContain(wrong.split(':')[0]);
  });
});
