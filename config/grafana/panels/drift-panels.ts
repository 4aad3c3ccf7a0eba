import { graph, JOB, type Panel, RATE } from '../panel.js';

/** What has moved, and how far. */
export const DRIFT_PANELS: readonly Panel[] = [
  graph(
    'Statistics against their thresholds',
    'The farthest subject of each statistic, as a multiple of the threshold: from 1 on it has drifted.',
    'short',
    [
      [
        '{{layer}} {{statistic}}',
        `max by (job, layer, statistic) (segtide_drift_statistic${JOB}) / on (job, layer, statistic) max by (job, layer, statistic) (segtide_drift_threshold${JOB})`,
      ],
    ],
    { limit: 1, width: 12 },
  ),
  graph(
    'Drifted subjects',
    'Subjects beyond their threshold in the last round, by layer.',
    'short',
    [['{{layer}}', `max by (layer) (segtide_drift_drifted_subjects${JOB})`]],
    { width: 6 },
  ),
  graph(
    'Reports',
    "Statistics reported, by whether they had drifted, and rounds that one of one's own was left out of.",
    'cps',
    [
      ['drifted: {{drifted}}', `sum by (drifted) (rate(segtide_drift_reports_total${JOB}${RATE}))`],
      ['left out', `sum(rate(segtide_drift_statistic_failures_total${JOB}${RATE})) or vector(0)`],
    ],
    { width: 6 },
  ),
  {
    type: 'table',
    title: 'What has moved farthest',
    description: 'Ten subjects, as multiples of their thresholds.',
    unit: 'short',
    width: 24,
    limit: 1,
    queries: [
      [
        '',
        `topk(10, max by (job, layer, subject, statistic) (segtide_drift_statistic${JOB}) / on (job, layer, statistic) group_left () max by (job, layer, statistic) (segtide_drift_threshold${JOB}))`,
      ],
    ],
  },
];
