import { describe, expect, it } from 'vitest';
import {
  type KubernetesObject,
  MINIMAL,
  type Rendered,
  refusal,
  render,
  VALUES,
  valuesFile,
} from '../support/chart/helm.js';

const minimal = render(...MINIMAL);
const production = render('--values', valuesFile('production-values.yaml'));

const podOf = (object: KubernetesObject) => object.spec.template.spec;
const deployments = ({ objects }: Rendered): KubernetesObject[] => objects.filter(({ kind }) => kind === 'Deployment');
const envOf = (object: KubernetesObject): Record<string, string> =>
  Object.fromEntries(
    podOf(object).containers[0].env.map(({ name, value }: { name: string; value: string }) => [name, value]),
  );

describe('the pods of the chart', () => {
  it.each(VALUES)('are not root, can write nowhere and gain no rights, with %s', (name) => {
    const all = render('--values', valuesFile(name));
    const pods = [
      ...deployments(all).map(podOf),
      ...all.objects.filter(({ kind }) => kind === 'Pod').map(({ spec }) => spec),
    ];
    expect(pods.length).toBeGreaterThan(1);
    for (const pod of pods) {
      expect(pod).toMatchObject({
        automountServiceAccountToken: false,
        enableServiceLinks: false,
        securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
      });
      expect(pod.containers).toHaveLength(1);
      for (const { securityContext } of pod.containers) {
        expect(securityContext).toEqual({
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ['ALL'] },
        });
      }
      expect(pod.containers[0].resources).toMatchObject({ requests: { cpu: expect.anything() }, limits: {} });
      expect(pod.containers[0].resources.limits).not.toHaveProperty('cpu');
    }
  });

  it('have a place for every path that is mounted, and mount every volume', () => {
    for (const object of deployments(production)) {
      const { volumes, containers } = podOf(object);
      const names = (of: { name: string }[]) => of.map(({ name }) => name).sort();
      expect(names(containers[0].volumeMounts)).toEqual(names(volumes));
    }
  });

  it('are of three kinds: workers, a trainer with its standby, one view', () => {
    const replicas = deployments(minimal).map(({ metadata, spec }) => [metadata.name, spec.replicas]);
    expect(Object.fromEntries(replicas)).toEqual({
      'seg-segtide-worker': 2,
      'seg-segtide-trainer': 2,
      'seg-segtide-view': 1,
    });
    for (const object of deployments(minimal)) {
      const role = object.metadata.labels['app.kubernetes.io/component']!;
      expect(podOf(object).containers[0].args).toEqual([role]);
      expect(object.spec.template.metadata.labels).toMatchObject(object.spec.selector.matchLabels);
      expect(object.spec.selector.matchLabels['app.kubernetes.io/component']).toBe(role);
    }
  });

  it('are asked for health where segtide serves it, and have longer to stop than they take', () => {
    for (const role of ['worker', 'trainer']) {
      const pod = podOf(minimal.find('Deployment', role));
      const [container] = pod.containers;
      expect(container.startupProbe.httpGet).toEqual({ path: '/healthz', port: 'http' });
      expect(container.livenessProbe.httpGet).toEqual({ path: '/healthz', port: 'http' });
      expect(container.readinessProbe.httpGet).toEqual({ path: '/readyz', port: 'http' });
      expect(container.ports).toEqual([{ name: 'http', containerPort: 9464 }]);
      expect(envOf(minimal.find('Deployment', role))).toMatchObject({
        SEGTIDE_HTTP__ENABLED: 'true',
        SEGTIDE_HTTP__HOST: '0.0.0.0',
        SEGTIDE_HTTP__PORT: '9464',
      });
      expect(pod.terminationGracePeriodSeconds).toBeGreaterThan(8);
    }
    const [view] = podOf(minimal.find('Deployment', 'view')).containers;
    expect(view.readinessProbe.httpGet).toEqual({ path: '/readyz', port: 'page', scheme: 'HTTP' });
    const [overTls] = podOf(render('--values', valuesFile('tokens-values.yaml')).find('Deployment', 'view')).containers;
    expect(overTls.readinessProbe.httpGet.scheme).toBe('HTTPS');
  });

  it('never have less at work while they are replaced, but for the view, whose volume is one pod’s', () => {
    for (const role of ['worker', 'trainer']) {
      const { strategy } = minimal.find('Deployment', role).spec;
      expect(strategy.rollingUpdate).toEqual({ maxSurge: 1, maxUnavailable: 0 });
    }
    expect(minimal.find('Deployment', 'view').spec.strategy).toEqual({ type: 'Recreate' });
  });

  it('begin anew when the config changes, and only then', () => {
    const sum = (...args: string[]) =>
      render(...MINIMAL, ...args).find('Deployment', 'worker').spec.template.metadata.annotations['checksum/config'];
    expect(sum('--set', 'config.cluster.k=9')).not.toBe(sum('--set', 'config.cluster.k=8'));
    expect(sum('--set', 'worker.replicas=3')).toBe(sum());
  });

  it('get secrets as files, each only what is its own', () => {
    const password = {
      SEGTIDE_INPUT__KAFKA__SASL__PASSWORD_FILE: '/run/secrets/segtide/SEGTIDE_INPUT__KAFKA__SASL__PASSWORD',
    };
    const token = { SEGTIDE_VIEW__TOKEN_FILE: '/run/secrets/segtide/SEGTIDE_VIEW__TOKEN' };
    expect(envOf(production.find('Deployment', 'worker'))).toMatchObject(password);
    expect(envOf(production.find('Deployment', 'worker'))).not.toHaveProperty('SEGTIDE_VIEW__TOKEN_FILE');
    expect(envOf(production.find('Deployment', 'view'))).toMatchObject({ ...password, ...token });
    const { projected } = podOf(production.find('Deployment', 'worker')).volumes.find(
      ({ name }: { name: string }) => name === 'secrets',
    );
    expect(projected).toEqual({
      defaultMode: 0o440,
      sources: [
        {
          secret: { name: 'segtide-kafka', items: [{ key: 'password', path: 'SEGTIDE_INPUT__KAFKA__SASL__PASSWORD' }] },
        },
      ],
    });
    expect(JSON.stringify(production.objects)).not.toContain('"kind":"Secret"');
  });

  it('take the image by tag, digest or the chart’s version, and the trainer a tag of its own', () => {
    const image = (role: string, ...args: string[]) =>
      podOf(render(...MINIMAL, ...args).find('Deployment', role)).containers[0].image;
    const digest = `sha256:${'0'.repeat(64)}`;
    expect(image('worker')).toMatch(/^segtide:\d+\.\d+\.\d+$/);
    expect(image('worker', '--set', `image.digest=${digest}`)).toBe(`segtide@${digest}`);
    expect(image('trainer', '--set', 'image.tag=2.0.0,trainer.image.tag=1.9.0')).toBe('segtide:1.9.0');
    expect(image('worker', '--set', 'image.tag=2.0.0,trainer.image.tag=1.9.0')).toBe('segtide:2.0.0');
  });

  it('of the notifier are there on request, with what receivers are reached by in a file', () => {
    const secret = 'SEGTIDE_ALERTS__NOTIFY__WEBHOOK__URL';
    const flags = [
      'notifier.enabled=true',
      `notifier.secrets.${secret}.name=hook`,
      `notifier.secrets.${secret}.key=url`,
    ];
    const notifier = render(...MINIMAL, ...flags.flatMap((flag) => ['--set', flag])).find('Deployment', 'notifier');
    expect(podOf(notifier).containers[0]).toMatchObject({
      args: ['notify'],
      livenessProbe: { httpGet: { path: '/healthz', port: 'http' } },
      readinessProbe: { httpGet: { path: '/readyz', port: 'http' } },
    });
    expect(envOf(notifier)[`${secret}_FILE`]).toBe(`/run/secrets/segtide/${secret}`);
    expect(refusal('--set', 'config.alerts.notify.webhook.url=https://hooks.example.com')).toContain(
      'url is not allowed',
    );
    expect(refusal('--set', 'config.alerts.notify.webhook.timeout=5s')).toBe('');
  });

  it('of the view keep its database on a claim, or on a volume that ends with the pod', () => {
    const database = (all: Rendered) =>
      podOf(all.find('Deployment', 'view')).volumes.find(({ name }: { name: string }) => name === 'database');
    expect(database(minimal)).toEqual({ name: 'database', emptyDir: { sizeLimit: '5Gi' } });
    expect(database(production)).toEqual({
      name: 'database',
      persistentVolumeClaim: { claimName: production.find('PersistentVolumeClaim').metadata.name },
    });
    expect(envOf(minimal.find('Deployment', 'view')).SEGTIDE_VIEW__DATABASE).toBe('/var/lib/segtide/view.db');
  });
});
