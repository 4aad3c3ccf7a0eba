// Writes what the chart takes from elsewhere: the schema of its values, and the rules and the dashboard, for a chart can
// hold nothing from outside its folder. Run by `npm run generate`.
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { valuesSchema } from './values-schema.js';

const CHART = join(import.meta.dirname, 'segtide');
const CONFIG = join(import.meta.dirname, '../config');

writeFileSync(join(CHART, 'values.schema.json'), `${JSON.stringify(valuesSchema(), null, 2)}\n`);
mkdirSync(join(CHART, 'files'), { recursive: true });
copyFileSync(join(CONFIG, 'prometheus/rules/segtide.yml'), join(CHART, 'files/rules.yml'));
copyFileSync(join(CONFIG, 'grafana/dashboards/segtide.json'), join(CHART, 'files/dashboard.json'));
