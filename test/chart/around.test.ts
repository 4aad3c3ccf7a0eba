import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { valuesSchema } from '../../helm/values-schema.js';
import { CHART, MINIMAL, render, valuesFile } from '../support/chart/helm.js';

const ROOT = join(CHART, '../..');
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
const minimal = render(...MINIMAL);
const production = render('--values', valuesFile('production-values.yaml'));
const keda = render('--values', valuesFile('keda-values.yaml'));
const hpa = render('--values', valuesFile('hpa-values.yaml'));

describe('what the chart takes from elsewhere', () => {
  it('is up to date (else: npm run generate)', () => {
    expect(read('helm/segtide/values.schema.json')).toBe(`${JSON.stringify(valuesSchema(), null, 2)}\n`);
    expect(read('helm/segtide/files/rules.yml')).toBe(read('config/prometheus/rules/segtide.yml'));
    expect(read('helm/segtide/files/dashboard.json')).toBe(read('config/grafana/dashboards/segtide.json'));
    expect(parse(read('helm/segtide/Chart.yaml')).appVersion).toBe(JSON.parse(read('package.json')).version);
  });

  it('comes to the cluster unchanged', () => {
    expect(production.find('PrometheusRule').spec).toEqual(parse(read('config/prometheus/rules/segtide.yml')));
    const dashboard = production.find('ConfigMap', 'dashboard');
    expect(JSON.parse(dashboard.data['segtide.json'])).toEqual(
      JSON.parse(read('config/grafana/dashboards/segtide.json')),
    );
    expect(dashboard.metadata.labels.grafana_dashboard).toBe('1');
  });
});

describe('what stands around the pods', () => {
  it('is the least without being asked for more', () => {
    expect(minimal.kinds).toEqual([
      'ConfigMap',
      'Deployment',
      'NetworkPolicy',
      'Pod',
      'PodDisruptionBudget',
      'Service',
      'ServiceAccount',
    ]);
  });

  it('lets Prometheus find all but the view, as one job', () => {
    const service = production.find('Service', 'metrics');
    const { spec } = production.find('ServiceMonitor');
    expect(spec.jobLabel).toBe('app.kubernetes.io/instance');
    expect(service.metadata.labels).toMatchObject(spec.selector.matchLabels);
    expect(spec.endpoints).toEqual([{ port: service.spec.ports[0].name, path: '/metrics', interval: '15s' }]);
    const scraped = production.objects
      .filter(({ kind }) => kind === 'Deployment')
      .filter(({ spec: { template } }) =>
        Object.entries(service.spec.selector).every(([key, value]) => template.metadata.labels[key] === value),
      );
    expect(scraped.map(({ metadata }) => metadata.name).sort()).toEqual([
      'seg-segtide-notifier',
      'seg-segtide-trainer',
      'seg-segtide-worker',
    ]);
    expect(service.spec).toMatchObject({ clusterIP: 'None', publishNotReadyAddresses: true });
  });

  it('lets nobody reach the page who is not named', () => {
    const ports = (policy: typeof minimal) =>
      policy.find('NetworkPolicy').spec.ingress.map(({ ports: [first] }: { ports: { port: string }[] }) => first?.port);
    expect(ports(minimal)).toEqual(['http']);
    expect(minimal.find('NetworkPolicy').spec.policyTypes).toEqual(['Ingress']);
    expect(ports(production)).toEqual(['http', 'page']);
    const { egress, policyTypes } = production.find('NetworkPolicy').spec;
    expect(policyTypes).toEqual(['Ingress', 'Egress']);
    expect(egress.map(({ ports: all }: { ports: { port: number }[] }) => all[0]!.port)).toEqual([53, 9093]);
  });

  it('keeps all but one worker and one trainer while nodes are drained', () => {
    for (const role of ['worker', 'trainer']) {
      const { spec } = minimal.find('PodDisruptionBudget', role);
      expect(spec.maxUnavailable).toBe(1);
      expect(spec.selector).toEqual(minimal.find('Deployment', role).spec.selector);
    }
  });

  it('leads an ingress to the page', () => {
    const [rule] = production.find('Ingress').spec.rules;
    const { service } = rule.http.paths[0].backend;
    expect(service.name).toBe(production.find('Service', 'view').metadata.name);
    expect(service.port.name).toBe(production.find('Service', 'view').spec.ports[0].name);
  });
});

describe('workers that scale by themselves', () => {
  it('are never more than partitions, and their number is nobody else’s to say', () => {
    expect(hpa.find('HorizontalPodAutoscaler').spec).toMatchObject({ minReplicas: 2, maxReplicas: 6 });
    expect(keda.find('ScaledObject').spec).toMatchObject({ minReplicaCount: 2, maxReplicaCount: 8 });
    expect(
      render('--values', valuesFile('hpa-values.yaml'), '--set', 'worker.partitions=1').find('HorizontalPodAutoscaler')
        .spec,
    ).toMatchObject({ minReplicas: 1, maxReplicas: 1 });
    for (const all of [hpa, keda]) expect(all.find('Deployment', 'worker').spec).not.toHaveProperty('replicas');
    expect(hpa.kinds).not.toContain('ScaledObject');
    expect(keda.kinds).not.toContain('HorizontalPodAutoscaler');
  });

  it('scale by CPU and what else is named, or by the lag of their group on each topic', () => {
    const kinds = hpa.find('HorizontalPodAutoscaler').spec.metrics.map(({ type }: { type: string }) => type);
    expect(kinds).toEqual(['Resource', 'External']);
    const triggers = keda.find('ScaledObject').spec.triggers.map(({ metadata }: { metadata: object }) => metadata);
    const lag = { bootstrapServers: 'kafka-0:9093,kafka-1:9093', consumerGroup: 'usage', lagThreshold: '50000' };
    expect(triggers).toEqual([
      { ...lag, topic: 'usage-eu', offsetResetPolicy: 'earliest' },
      { ...lag, topic: 'usage-us', offsetResetPolicy: 'earliest' },
    ]);
    const copied = ['--set', 'config.input.keyed=repartition,config.output.topicPrefix=own.'];
    const [inner] = render('--values', valuesFile('keda-values.yaml'), ...copied).find('ScaledObject').spec.triggers;
    expect(inner.metadata.topic).toBe('own.repartitioned');
  });

  it('look at the group that workers of segtide are in', () => {
    const given = render(...MINIMAL).find('ConfigMap', 'segtide').data['segtide.yaml'];
    const autoscaled = ['--set', 'worker.partitions=4,autoscaling.keda.enabled=true'];
    const [{ metadata }] = render(...MINIMAL, ...autoscaled).find('ScaledObject').spec.triggers;
    expect(metadata.consumerGroup).toBe(parse(given).input.kafka.groupId);
    expect(metadata.topic).toBe('usage-events');
  });
});
