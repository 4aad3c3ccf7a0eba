import { formatDate, formatNumber } from '../../summary/format.js';
import { type Html, html, plain } from '../html.js';
import type { ReportFacts } from '../report-facts.js';
import { type Section, tableOf } from './section-parts.js';

/** Trainings and changes by hand that are told, the newest. */
const MOST = 30;

/** Each model with what its gate compared. */
export function modelSection({ models }: ReportFacts): Section {
  const columns = [
    { head: 'model' },
    { head: 'what became of it' },
    { head: 'when' },
    { head: 'why it was trained' },
    { head: 'what the gate said' },
    { head: 'own silhouette', number: true },
    { head: 'before', number: true },
    { head: 'reconstruction error', number: true },
    { head: 'before', number: true },
    { head: 'moved', number: true },
  ];
  const rows = models
    .slice(0, MOST)
    .map((model) => [
      model.modelVersion,
      model.event,
      formatDate(model.eventTime),
      list(model.reasons),
      list(model.why),
      figure(model.challengerSilhouette),
      figure(model.championSilhouette),
      figure(model.challengerReconstructionError),
      figure(model.championReconstructionError),
      figure(model.churn),
    ]);
  return {
    id: 'models',
    title: 'Models and their gates',
    note: 'Each challenger is compared with the model in force on windows that neither was trained on, newest first. Moved: the share of those windows that the new model puts into another segment. Own silhouette: each model’s among its own embeddings; a common silhouette, where the gate speaks of one, takes the segments of both among the views of the new model.',
    body: rows.length === 0 ? html`<p>No model was trained yet.</p>` : tableOf('Models', columns, rows),
  };
}

function list(lines: readonly string[]): Html {
  return html`${lines.map((line, at) => html`${at > 0 ? html`<br>` : ''}${plain(line, 200)}`)}`;
}

function figure(value: unknown): string {
  return typeof value === 'number' ? formatNumber(value) : '–';
}
