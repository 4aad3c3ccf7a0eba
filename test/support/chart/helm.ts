import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { inject } from 'vitest';
import { parseAllDocuments } from 'yaml';

const ROOT = join(import.meta.dirname, '../../..');
export const CHART = join(ROOT, 'helm/segtide');

/** Values files of the chart, one for each feature. */
export const VALUES = readdirSync(join(CHART, 'ci'));
export const MINIMAL = ['--values', valuesFile('minimal-values.yaml')];

/** A Kubernetes object, as a test looks at it. */
export interface KubernetesObject {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly labels: Readonly<Record<string, string>> };
  // biome-ignore lint/suspicious/noExplicitAny: of any kind, and wrong paths fail the test
  readonly [key: string]: any;
}

export function valuesFile(name: string): string {
  return join(CHART, 'ci', name);
}

/** Runs helm with the chart's folder as its last argument but those given here. */
export function helm(command: readonly string[], args: readonly string[] = []): SpawnSyncReturns<string> {
  return spawnSync(join(inject('chartTools'), 'bin/helm'), [...command, CHART, ...args], { encoding: 'utf8' });
}

/** What `helm template` makes of values, as text. */
export function template(...args: string[]): string {
  const { status, stdout, stderr } = helm(['template', 'seg'], ['--namespace', 'usage', ...args]);
  if (status !== 0) throw new Error(stderr);
  return stdout;
}

/** What `helm template` makes of values. */
export function render(...args: string[]): Rendered {
  const objects = parseAllDocuments(template(...args), { version: '1.1' })
    .map((document) => document.toJS() as KubernetesObject | null)
    .filter((object) => object !== null);
  return {
    objects,
    kinds: [...new Set(objects.map(({ kind }) => kind))].sort(),
    find: (kind, name = '') => {
      const found = objects.filter((object) => object.kind === kind && object.metadata.name.endsWith(name));
      if (found.length !== 1) throw new Error(`${found.length} of ${kind} …${name}`);
      return found[0]!;
    },
  };
}

export interface Rendered {
  readonly objects: readonly KubernetesObject[];
  readonly kinds: readonly string[];
  /** The only object of a kind whose name ends so. */
  find(kind: string, name?: string): KubernetesObject;
}

/** Why `helm template` refuses values. */
export function refusal(...args: string[]): string {
  const { status, stderr } = helm(['template', 'seg'], [...MINIMAL, ...args]);
  return status === 0 ? '' : stderr;
}
