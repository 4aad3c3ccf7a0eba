import { readFileSync } from 'node:fs';
import { join } from 'node:path';

interface Dashboard {
  readonly templating: { readonly list: readonly { readonly type: string; readonly query: string }[] };
  readonly annotations: { readonly list: readonly { readonly expr: string }[] };
  readonly panels: readonly {
    readonly title: string;
    readonly type: string;
    readonly targets?: readonly { readonly expr: string; readonly legendFormat: string }[];
  }[];
}

const ROOT = join(import.meta.dirname, '../../..');
export const DASHBOARD = JSON.parse(
  readFileSync(join(ROOT, 'config/grafana/dashboards/segtide.json'), 'utf8'),
) as Dashboard;

/** All expressions of the dashboard's panels, with the labels that their legends name. */
export const QUERIES = DASHBOARD.panels.flatMap(({ title, targets = [] }) =>
  targets.map(({ expr, legendFormat }) => ({
    panel: title,
    expression: expr,
    labels: [...legendFormat.matchAll(/{{(\w+)}}/g)].map(([, label]) => label!),
  })),
);

/** An expression as Grafana sends it where everything is chosen; minutes of a real deployment are seconds here. */
export function asSent(expression: string): string {
  return expression.replaceAll(/\$__(rate_)?interval/g, '20s').replaceAll(/\$(job|instance)/g, '.*');
}

/** Names of segtide's metrics in an expression, those of a histogram's series by that of the histogram. */
export function metricsIn(expression: string): string[] {
  return [...expression.matchAll(/\bsegtide_\w+/g)].map(([name]) => name.replace(/_(bucket|sum|count)$/, ''));
}
