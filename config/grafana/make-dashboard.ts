// Writes dashboards/segtide.json, which docker-compose.yml and the chart give to Grafana: `npm run generate`.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Panel } from './panel.js';
import { PANELS } from './panels.js';

/** Columns of Grafana's grid. */
const WIDTH = 24;
const HEIGHT = { stat: 4, timeseries: 8, table: 8 } as const;
const DATASOURCE = { type: 'prometheus', uid: '$datasource' };

const dashboard = {
  uid: 'segtide',
  title: 'segtide',
  description: 'Is it alive and keeping up, what are the segments, what drifts, what alerts. See docs/operations.md.',
  tags: ['segtide'],
  schemaVersion: 39,
  editable: true,
  graphTooltip: 1,
  refresh: '30s',
  time: { from: 'now-6h', to: 'now' },
  timezone: 'browser',
  templating: {
    list: [
      { name: 'datasource', label: 'Prometheus', type: 'datasource', query: 'prometheus' },
      toVariable('job', 'Deployment', 'label_values(segtide_build_info, job)'),
      toVariable('instance', 'Process', 'label_values(segtide_build_info{job=~"$job"}, instance)'),
    ],
  },
  annotations: { list: [toAnnotation()] },
  panels: place(),
};

const folder = join(import.meta.dirname, 'dashboards');
mkdirSync(folder, { recursive: true });
writeFileSync(join(folder, 'segtide.json'), `${JSON.stringify(dashboard, null, 2)}\n`);

function toVariable(name: string, label: string, query: string) {
  const choice = { multi: true, includeAll: true, allValue: '.*', current: { text: 'All', value: '$__all' } };
  return {
    name,
    label,
    type: 'query',
    datasource: DATASOURCE,
    definition: query,
    query,
    refresh: 2,
    sort: 1,
    ...choice,
  };
}

/** A line in every graph where another model takes over. */
function toAnnotation() {
  const expr = 'changes(segtide_model_trained_timestamp_seconds{job=~"$job"}[$__interval]) > 0';
  return { name: 'New model', datasource: DATASOURCE, enable: true, iconColor: 'purple', expr, step: '60s' };
}

/** Rows one below the other, and their panels from left to right. */
function place() {
  const placed: object[] = [];
  let y = 0;
  for (const [row, panels] of Object.entries(PANELS)) {
    placed.push({
      id: placed.length + 1,
      type: 'row',
      title: row,
      collapsed: false,
      gridPos: { x: 0, y, w: WIDTH, h: 1 },
    });
    y += 1;
    let x = 0;
    let height = 0;
    for (const panel of panels) {
      if (x + panel.width > WIDTH) {
        y += height;
        x = 0;
        height = 0;
      }
      const h = HEIGHT[panel.type];
      placed.push({ id: placed.length + 1, gridPos: { x, y, w: panel.width, h }, ...toPanel(panel) });
      x += panel.width;
      height = Math.max(height, h);
    }
    y += height;
  }
  return placed;
}

function toPanel({ type, title, description, unit, queries, stacked = false, max, limit, named = false }: Panel) {
  const custom = {
    fillOpacity: stacked ? 40 : 8,
    showPoints: 'never',
    stacking: { mode: stacked ? 'normal' : 'none' },
  };
  const steps = [{ color: 'green', value: null }, ...(limit === undefined ? [] : [{ color: 'red', value: limit }])];
  const line = limit === undefined ? {} : { thresholdsStyle: { mode: 'line' } };
  return {
    type,
    title,
    description,
    datasource: DATASOURCE,
    fieldConfig: {
      defaults: {
        unit,
        ...(unit === 'percentunit' || stacked ? { min: 0 } : {}),
        ...(max === undefined ? {} : { max }),
        thresholds: { mode: 'absolute', steps },
        ...(type === 'timeseries' ? { custom: { ...custom, ...line } } : {}),
      },
      overrides: [],
    },
    ...optionsOf(type, named),
    targets: queries.map(([legendFormat, expr], i) => ({
      refId: String.fromCharCode(65 + i),
      datasource: DATASOURCE,
      expr,
      legendFormat,
      ...(type === 'timeseries' ? { range: true } : { instant: true, range: false }),
      ...(type === 'table' ? { format: 'table' } : {}),
    })),
  };
}

function optionsOf(type: Panel['type'], named: boolean): object {
  if (type === 'timeseries') {
    const legend = { displayMode: 'list', placement: 'bottom' };
    return { options: { legend, tooltip: { mode: 'multi', sort: 'desc' } } };
  }
  if (type === 'stat') {
    const reduceOptions = { calcs: ['lastNotNull'], values: false };
    return { options: { reduceOptions, textMode: named ? 'name' : 'auto', colorMode: 'value', graphMode: 'none' } };
  }
  const excludeByName = { Time: true, job: true };
  return {
    options: { showHeader: true, cellHeight: 'sm' },
    transformations: [{ id: 'organize', options: { excludeByName } }],
  };
}
