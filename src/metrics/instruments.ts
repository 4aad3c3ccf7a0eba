import { createRequire } from 'node:module';
import type * as PromClient from 'prom-client';
import type { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { SegtideError } from '../errors.js';
import type { MetricDefinition } from './metric-definition.js';

/** A table of metrics. */
export type Definitions = Readonly<Record<string, MetricDefinition>>;

/** The metrics of a table, in a registry. */
export type Instruments<T extends Definitions> = {
  readonly [K in keyof T]: T[K]['type'] extends 'counter'
    ? Counter<LabelsOf<T[K]>>
    : T[K]['type'] extends 'gauge'
      ? Gauge<LabelsOf<T[K]>>
      : Histogram<LabelsOf<T[K]>>;
};

/** What is read only when somebody scrapes: sets the values of its metric. */
export type Collectors<T extends Definitions> = {
  readonly [K in keyof T]?: (metric: Instruments<T>[K]) => void;
};

type LabelsOf<D extends MetricDefinition> = D extends { readonly labels: readonly (infer L extends string)[] }
  ? L
  : never;

/** @throws SegtideError `config` where the registry has one of them already */
export function createInstruments<T extends Definitions>(
  registry: Registry,
  definitions: T,
  collectors: Collectors<T> = {},
): Instruments<T> {
  for (const { name } of Object.values(definitions)) {
    if (registry.getSingleMetric(name) === undefined) continue;
    throw new SegtideError(
      'config',
      `the registry has a metric ${name} already: it serves one stream at a time; give each stream a registry of its own`,
    );
  }
  const made = Object.entries(definitions).map(([key, definition]) => [
    key,
    create(registry, definition, collectors[key] as ((metric: unknown) => void) | undefined),
  ]);
  return Object.fromEntries(made);
}

/** Takes metrics out of the registry, with all their series. */
export function removeInstruments(registry: Registry, definitions: Definitions): void {
  for (const { name } of Object.values(definitions)) registry.removeSingleMetric(name);
}

function create(
  registry: Registry,
  { name, type, help, labels = [], buckets = [] }: MetricDefinition,
  collector: ((metric: unknown) => void) | undefined,
) {
  const settings = {
    name,
    help,
    labelNames: [...labels],
    registers: [registry],
    ...(collector && {
      collect(this: unknown) {
        collector(this);
      },
    }),
  };
  // Loaded by who measures: a program that does not is spared a tenth of a second at its start.
  const client = createRequire(import.meta.url)('prom-client') as typeof PromClient;
  if (type === 'counter') return new client.Counter(settings);
  if (type === 'gauge') return new client.Gauge(settings);
  return new client.Histogram({ ...settings, buckets: [...buckets] });
}
