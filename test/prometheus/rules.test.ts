import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { DASHBOARD, metricsIn, QUERIES } from '../support/prometheus/dashboard.js';

const ROOT = join(import.meta.dirname, '../..');
const RULES = join(ROOT, 'config/prometheus/rules/segtide.yml');
const bin = execFileSync('bash', [join(ROOT, 'test/support/prometheus/install.sh')], { encoding: 'utf8' }).trim();

interface Rule {
  readonly alert?: string;
  readonly expr: string;
  readonly annotations?: { readonly summary: string; readonly runbook: string };
}
const rules = (parse(readFileSync(RULES, 'utf8')) as { groups: { rules: Rule[] }[] }).groups.flatMap(
  (group) => group.rules,
);
const alerts = rules.filter(({ alert }) => alert !== undefined);

const promtool = (...args: string[]): string =>
  execFileSync(join(bin, 'promtool'), args, { encoding: 'utf8', cwd: ROOT });

describe('the rules of Prometheus', () => {
  it('are well formed, and so is what docker-compose.yml gives it', () => {
    expect(promtool('check', 'rules', RULES)).toContain(`SUCCESS: ${rules.length} rules found`);
    expect(promtool('check', 'config', '--syntax-only', 'config/prometheus/prometheus.yml')).toContain('SUCCESS');
  });

  it('fire when they should, and are silent when they should', () => {
    expect(promtool('test', 'rules', 'test/prometheus/segtide.test.yml')).toContain('SUCCESS');
  });

  it('lead to a section of docs/operations.md each, and each alert is tested', () => {
    const headings = [...readFileSync(join(ROOT, 'docs/operations.md'), 'utf8').matchAll(/^### (\w+)$/gm)];
    expect(alerts.map(({ alert }) => alert)).toEqual(headings.map(([, heading]) => heading));
    const tested = readFileSync(join(ROOT, 'test/prometheus/segtide.test.yml'), 'utf8');
    for (const { alert, annotations } of alerts) {
      expect(annotations!.runbook).toBe(`docs/operations.md#${alert!.toLowerCase()}`);
      expect(tested).toContain(`alertname="${alert}"`);
    }
  });
});

describe('rules and dashboard', () => {
  it('ask for metrics that are in docs/metrics.md, and the dashboard for each of them', () => {
    const described = [...readFileSync(join(ROOT, 'docs/metrics.md'), 'utf8').matchAll(/^\| `(\w+)`/gm)].map(
      ([, name]) => name!,
    );
    const shown = new Set(QUERIES.flatMap(({ expression }) => metricsIn(expression)));
    const chosen = DASHBOARD.templating.list.flatMap(({ query }) => metricsIn(query));
    const asked = [...shown, ...chosen, ...rules.flatMap(({ expr }) => metricsIn(expr))];
    expect([...new Set(asked)].filter((name) => !described.includes(name))).toEqual([]);
    expect(described.filter((name) => !shown.has(name) && !chosen.includes(name))).toEqual([]);
  });
});
