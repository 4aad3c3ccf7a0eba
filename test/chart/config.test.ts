import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { loadConfig } from '../../src/service/config/load-config.js';
import { resolveStages } from '../../src/service/config/resolve-stages.js';
import { CHART, helm, MINIMAL, refusal, render, VALUES, valuesFile } from '../support/chart/helm.js';

const DOCUMENTED = [
  ...readFileSync(join(CHART, '../../docs/kubernetes.md'), 'utf8').matchAll(/^```yaml\n([^`]+)^```/gm),
]
  .map(([, text]) => text!)
  // The settings of another program.
  .filter((text) => !text.startsWith('rules:'));

describe('docs/kubernetes.md', () => {
  it.each(DOCUMENTED)('has values that the chart takes, in its example %#', (text) => {
    const folder = mkdtempSync(join(tmpdir(), 'segtide-values-'));
    writeFileSync(join(folder, 'values.yaml'), text);
    const all = render(...MINIMAL, '--values', join(folder, 'values.yaml'));
    rmSync(folder, { recursive: true });
    expect(all.kinds).toContain('Deployment');
  });
});

describe('the config in the chart’s values', () => {
  it.each(VALUES)('comes to each pod of %s as what `segtide config check` takes', (name) => {
    const all = render('--values', valuesFile(name));
    const text: string = all.find('ConfigMap', 'segtide').data['segtide.yaml'];
    for (const { kind, metadata, spec } of all.objects) {
      if (kind !== 'Deployment') continue;
      const given: { name: string; value?: string }[] = spec.template.spec.containers[0].env;
      // What comes from elsewhere is brokers here.
      const env = Object.fromEntries(given.map(({ name: key, value = 'kafka:9092' }) => [key, value]));
      const config = loadConfig({ file: { path: metadata.name, text }, env, readFile: () => 'a secret' });
      expect(() => resolveStages(config)).not.toThrow();
      expect(config.input.kafka!.brokers.length).toBeGreaterThan(0);
      const { password } = (config.input.kafka!.sasl ?? {}) as { password?: string };
      expect(password === 'a secret').toBe('SEGTIDE_INPUT__KAFKA__SASL__PASSWORD_FILE' in env);
    }
  });

  it('keeps large numbers and dates as they were written', () => {
    const all = render('--values', valuesFile('production-values.yaml'));
    const config = parse(all.find('ConfigMap', 'segtide').data['segtide.yaml']);
    expect(config.window).toMatchObject({ maxCustomers: 2_000_000, origin: '2024-01-01' });
    expect(config.input.time).toEqual({ unit: 'ms', min: '2000-01-01' });
    expect(config.run.seed).toBe(4_294_967_295);
  });
});

describe('values that are wrong', () => {
  it.each([
    ['worker.replcas=3', 'replcas'],
    ['config.windo.step=hour', 'windo'],
    ['config.window.steps=none', 'config.window.steps'],
    ['worker.replicas=two', 'worker.replicas'],
    ['image.digest=latest', 'image.digest'],
    ['secrets.PASSWORD.name=a', 'PASSWORD'],
  ])('are refused by the schema: %s', (value, told) => {
    const text = refusal('--set', value);
    expect(text).toContain("values don't meet the specifications of the schema");
    expect(text).toContain(told);
  });

  it.each([
    'config.input.kafka.sasl.password',
    'config.output.registry.token',
    'config.view.token',
    'config.view.customerKey',
    'config.view.port',
    'config.http.host',
  ])('such as %s, which would be a secret in a ConfigMap or is the chart’s to say, are refused', (path) => {
    expect(refusal('--set-string', `${path}=1`)).toContain(
      `Additional property ${path.split('.').at(-1)} is not allowed`,
    );
  });

  it('are refused in words where they do not go together', () => {
    const scaled = ['--set', 'worker.partitions=4'];
    expect(refusal(...scaled, '--set', 'autoscaling.hpa.enabled=true,autoscaling.keda.enabled=true')).toContain(
      'exclude each other',
    );
    expect(refusal('--set', 'autoscaling.keda.enabled=true')).toContain('worker.partitions is missing');
    expect(refusal('--set', 'worker.partitions=4,worker.replicas=5')).toContain('the rest would have nothing to do');
    expect(helm(['template', 'seg']).stderr).toContain('config.input.kafka.brokers is missing');
    expect(refusal('--set', 'config.output.kind=directory')).toContain('must be kafka');
    expect(refusal('--set', 'view.ingress.enabled=true')).toContain('view.ingress.hosts is empty');
    const ingress = ['--set', 'view.ingress.enabled=true,view.ingress.hosts[0].host=a.example.com'];
    expect(refusal(...ingress)).toContain('networkPolicy.viewFrom is empty');
    expect(refusal(...ingress, '--set', 'networkPolicy.enabled=false')).toBe('');
    const pattern = 'autoscaling.keda.enabled=true,config.input.kafka.topics=/^usage-.*/';
    expect(refusal(...scaled, '--set', pattern)).toContain('autoscaling.keda.triggers');
    expect(
      refusal(...scaled, '--set', 'autoscaling.hpa.enabled=true,autoscaling.hpa.targetCPUUtilizationPercentage=0'),
    ).toContain('nothing to scale by');
  });

  it('are told apart from what another chart hands over', () => {
    expect(refusal('--set', 'global.registry=a,enabled=true')).toBe('');
  });
});
