import { graph, JOB, NAMES, type Panel, RATE, rate } from '../panel.js';

/** How many are in which segment, and who moves. */
export const SEGMENT_PANELS: readonly Panel[] = [
  graph(
    'Shares',
    'Share of the windows that each centroid has learnt from, recent ones counting more.',
    'percentunit',
    [['{{segment}} {{name}}', `max by (job, segment) (segtide_segment_share_ratio${JOB}) * ${NAMES}`]],
    { stacked: true, max: 1, width: 12 },
  ),
  graph(
    'Windows by segment',
    'Windows assigned to each, in a second: its size now.',
    'cps',
    [
      [
        '{{segment}} {{name}}',
        `sum by (job, segment) (rate(segtide_cluster_assignments_total${JOB}${RATE})) * ${NAMES}`,
      ],
    ],
    { stacked: true, width: 12 },
  ),
  {
    type: 'table',
    title: 'Segments in force',
    description: 'Each with its name, and what its customers ask for: a forecasting model, a simple rule, or nothing.',
    unit: 'percentunit',
    width: 12,
    queries: [
      [
        '',
        `max by (segment, name, advice) (segtide_segment_info${JOB}) * on (segment) group_left () max by (segment) (segtide_segment_share_ratio${JOB})`,
      ],
    ],
  },
  graph(
    'Customers that move',
    'Changes of segment by their cause: behaviour, a new model, or both.',
    'cps',
    [['{{cause}}', rate('segtide_publish_transitions_total', 'cause')]],
    { width: 12 },
  ),
];
