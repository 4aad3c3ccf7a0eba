import * as z from 'zod';
import { configShape, type Shape } from '../src/service/config/config-shape.js';

/** The JSON Schema (draft 7, which every Helm reads) of the chart's values; that of `config` is the config's own. */
export function valuesSchema(): Record<string, unknown> {
  const shape = z.toJSONSchema(values, { target: 'draft-7', io: 'input' }) as Record<string, unknown>;
  const config = withoutKeys(configShape(), []) as Record<string, unknown>;
  delete config.$schema;
  return { ...shape, properties: { ...(shape.properties as object), config } };
}

/** Set by the chart, because Services, probes and volumes rest on them. */
const CHARTS = ['http.enabled', 'http.host', 'http.port', 'view.enabled', 'view.host', 'view.port', 'view.database'];

/** Without what a ConfigMap must not hold, and what the chart sets. Brokers may also come by a variable. */
function withoutKeys(shape: Shape, path: readonly string[]): Shape {
  const { properties = {}, required } = shape;
  const kept = Object.entries(properties).filter(
    ([key, { secret }]) => secret !== true && !CHARTS.includes([...path, key].join('.')),
  );
  return {
    ...shape,
    ...(shape.properties && {
      properties: Object.fromEntries(kept.map(([key, child]) => [key, withoutKeys(child, [...path, key])])),
    }),
    ...(required && {
      required: required.filter(
        (key) => key !== 'brokers' && (properties[key] === undefined || kept.some(([name]) => name === key)),
      ),
    }),
    ...(shape.items && { items: withoutKeys(shape.items, path) }),
    ...(shape.anyOf && { anyOf: shape.anyOf.map((one) => withoutKeys(one, path)) }),
  };
}

const texts = z.record(z.string(), z.string());
const count = z.int().min(0);
/** Of Kubernetes' own, which checks it. */
const object = z.record(z.string(), z.unknown());
const objects = z.array(object);
const port = z.int().min(1).max(65_535);

const secrets = z.record(
  z.string().regex(/^SEGTIDE_[A-Z0-9_]+$/),
  z.strictObject({ name: z.string().min(1), key: z.string().min(1) }),
);
const extraEnv = z.array(z.looseObject({ name: z.string().min(1) }));
const podDisruptionBudget = z.strictObject({
  enabled: z.boolean(),
  maxUnavailable: z.union([z.int().min(0), z.string().regex(/^\d+%$/)]),
});

const component = {
  resources: object,
  terminationGracePeriodSeconds: z.int().min(10),
  secrets,
  extraEnv,
  podAnnotations: texts,
  podLabels: texts,
  nodeSelector: texts,
  tolerations: objects,
  affinity: object,
  topologySpreadConstraints: objects,
  priorityClassName: z.string(),
};

const ingress = z.strictObject({
  enabled: z.boolean(),
  className: z.string(),
  annotations: texts,
  hosts: z.array(z.strictObject({ host: z.string().min(1), path: z.string().startsWith('/').optional() })),
  tls: objects,
});

const view = z.strictObject({
  enabled: z.boolean(),
  persistence: z.strictObject({
    enabled: z.boolean(),
    existingClaim: z.string(),
    storageClass: z.string(),
    accessModes: z.array(z.string()).min(1),
    size: z.string().min(1),
    annotations: texts,
  }),
  service: z.strictObject({
    type: z.enum(['ClusterIP', 'NodePort', 'LoadBalancer']),
    port,
    annotations: texts,
  }),
  ingress,
  ...component,
});

const autoscaling = z.strictObject({
  minReplicas: z.int().min(1),
  maxReplicas: count,
  behavior: object,
  hpa: z.strictObject({
    enabled: z.boolean(),
    targetCPUUtilizationPercentage: count,
    metrics: objects,
  }),
  keda: z.strictObject({
    enabled: z.boolean(),
    lagThreshold: z.int().min(1),
    pollingInterval: z.int().min(1),
    cooldownPeriod: count,
    authenticationRef: z.string(),
    triggers: objects,
  }),
});

const values = z.strictObject({
  image: z.strictObject({
    repository: z.string().min(1),
    tag: z.string(),
    digest: z.string().regex(/^(sha256:[0-9a-f]{64})?$/),
    pullPolicy: z.enum(['Always', 'IfNotPresent', 'Never']),
  }),
  imagePullSecrets: z.array(z.strictObject({ name: z.string().min(1) })),
  nameOverride: z.string(),
  fullnameOverride: z.string(),
  commonLabels: texts,
  config: object,
  secrets,
  extraEnv,
  extraVolumes: objects,
  extraVolumeMounts: objects,
  serviceAccount: z.strictObject({ create: z.boolean(), name: z.string(), annotations: texts }),
  podSecurityContext: object,
  securityContext: object,
  worker: z.strictObject({
    replicas: count,
    partitions: count,
    podDisruptionBudget,
    ...component,
  }),
  autoscaling,
  trainer: z.strictObject({
    enabled: z.boolean(),
    replicas: count,
    image: z.strictObject({ tag: z.string() }),
    podDisruptionBudget,
    ...component,
  }),
  notifier: z.strictObject({ enabled: z.boolean(), replicas: count, ...component }),
  view,
  networkPolicy: z.strictObject({
    enabled: z.boolean(),
    metricsFrom: objects,
    viewFrom: objects,
    egress: objects,
  }),
  metrics: z.strictObject({
    serviceMonitor: z.strictObject({ enabled: z.boolean(), labels: texts, interval: z.string().min(1) }),
    prometheusRule: z.strictObject({ enabled: z.boolean(), labels: texts }),
    dashboard: z.strictObject({ enabled: z.boolean(), labels: texts, annotations: texts }),
  }),
  // Helm hands these to a chart that another one depends on.
  global: object.optional(),
  enabled: z.boolean().optional(),
});
