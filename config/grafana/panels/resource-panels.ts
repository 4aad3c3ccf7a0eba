import { graph, OF, type Panel, quantile, RATE, rate } from '../panel.js';

/** What the processes take. */
export const RESOURCE_PANELS: readonly Panel[] = [
  graph('CPU', 'Cores at work.', 'short', [
    ['{{instance}}', `sum by (instance) (rate(process_cpu_seconds_total${OF}${RATE}))`],
  ]),
  graph(
    'Memory',
    'Resident memory of each process, without that of a training, which has a process of its own.',
    'bytes',
    [['{{instance}}', `sum by (instance) (process_resident_memory_bytes${OF})`]],
  ),
  graph(
    'Event loop',
    'Longest stalls, 99 of 100 are below. Above a second heartbeats may fail.',
    's',
    [['{{instance}}', `max by (instance) (nodejs_eventloop_lag_p99_seconds${OF})`]],
    { limit: 1 },
  ),
  graph('State', 'Memory of open windows, by partition.', 'bytes', [
    ['{{partition}}', `sum by (partition) (segtide_window_state_bytes${OF})`],
  ]),
  graph(
    'Customers and windows',
    'Customers of whom state is held, spans of time that are open, and customers given up in a second.',
    'short',
    [
      ['customers', `sum(segtide_window_customers${OF})`],
      ['open windows', `sum(segtide_window_open_windows${OF})`],
      ['given up: {{cause}}', rate('segtide_window_evicted_customers_total', 'cause')],
    ],
  ),
  graph('A restart has to redo', 'Commits since the last checkpoint, by partition.', 'short', [
    ['{{partition}}', `max by (partition) (segtide_worker_log_entries${OF})`],
  ]),
  graph('Page of windows', 'Time of one batch of windows through series, encoder, clusterer and publisher.', 's', [
    ['half of them', quantile(0.5, 'segtide_worker_page_duration_seconds')],
    ['99 of 100', quantile(0.99, 'segtide_worker_page_duration_seconds')],
  ]),
  graph('Encoder', 'Time from handing a batch of windows over until its embeddings are there.', 's', [
    ['99 of 100', quantile(0.99, 'segtide_encode_batch_duration_seconds')],
  ]),
  graph('Encoder’s queue', 'Batches at work or waiting for a thread, and windows encoded in a second.', 'short', [
    ['batches', `sum(segtide_encode_queue_batches${OF})`],
    ['windows per second', `sum(rate(segtide_encode_windows_total${OF}${RATE}))`],
  ]),
];
