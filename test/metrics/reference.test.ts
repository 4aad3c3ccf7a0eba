import { describe, expect, it } from 'vitest';
import type { MetricDefinition } from '../../src/metrics/metric-definition.js';
import { NOTIFY_METRICS } from '../../src/metrics/notify-definitions.js';
import { TRAINER_METRICS } from '../../src/metrics/trainer-definitions.js';
import { WORKER_METRICS } from '../../src/metrics/worker-definitions.js';
import { BUILD_INFO } from '../../src/service/http/serve-status.js';

const ALL: readonly MetricDefinition[] = [
  BUILD_INFO,
  ...Object.values(WORKER_METRICS),
  ...Object.values(TRAINER_METRICS),
  ...Object.values(NOTIFY_METRICS),
];

describe('the metrics', () => {
  it('are described in docs/metrics.md (else: npm run generate)', async () => {
    await expect(renderMetrics()).toMatchFileSnapshot('../../docs/metrics.md');
  });

  it('are named in one way, once', () => {
    for (const { name, type } of ALL) {
      expect(name).toMatch(/^segtide_[a-z]+(_[a-z]+)+$/);
      expect(name.endsWith('_total')).toBe(type === 'counter');
      expect(name).not.toMatch(/_(ms|milliseconds|minutes|kb|percent)(_|$)/);
    }
    expect(new Set(ALL.map(({ name }) => name)).size).toBe(ALL.length);
  });

  it('put names of segments into one metric, and a customer into none', () => {
    const labels = ALL.flatMap(({ name, labels = [] }) => labels.map((label) => `${name}/${label}`));
    expect(labels.filter((one) => one.endsWith('/name'))).toEqual(['segtide_segment_info/name']);
    expect(labels.filter((one) => /customer|key|offset|topic/.test(one.split('/')[1]!))).toEqual([]);
  });
});

function renderMetrics(): string {
  return `# Metrics

<!-- Generated from the definitions in src/metrics by \`npm run generate\`. -->

\`segtide worker\`, \`trainer\`, \`notify\` and \`run\` between Kafka and Kafka serve these at \`/metrics\` (\`http.host\`, \`http.port\`; see [configuration.md](configuration.md)), and \`segtide run\` on files does so where \`http.port\` is given. A program of your own hands a registry of prom-client to \`segment({ metrics: registry })\` or \`createSegmentation\`. What to do about them: [operations.md](operations.md).

Units are seconds, bytes and ratios. No label is ever a customer; labels come from closed sets: partitions, segments in force, channels and statistics of the config, and the words named below. A histogram is a series for each bucket, with \`_sum\` and \`_count\`.

## Of each worker

Counters are of the process, and add up over all workers. Gauges with \`partition\` are told by its owner alone, and end when the partition is revoked.

${table(Object.values(WORKER_METRICS))}

## Of the active trainer

Figures of the whole deployment. A trainer that stands by has none of them, so that nothing counts twice.

${table(Object.values(TRAINER_METRICS))}

## Of what sends alerts

\`segtide notify\`, and \`segtide run\` where \`alerts.notify\` names a receiver; \`receiver\` is webhook or alertmanager.

${table(Object.values(NOTIFY_METRICS))}

## Of the process

${table([BUILD_INFO])}

The command adds the default metrics of prom-client, among them \`process_cpu_seconds_total\`, \`process_resident_memory_bytes\`, \`nodejs_heap_size_used_bytes\`, \`nodejs_eventloop_lag_seconds\` with its quantiles, and \`nodejs_gc_duration_seconds\`.

## How many series there are

With P partitions of a worker, S segments, C channels and D dimensions of the embedding: a worker has at most 9 P + S + 2 of the above, 56 histogram series and 71 of closed sets; the active trainer has at most 2 S for segments, 20 C + 2 S + 2 D + 10 for drift, and 120 others; what sends alerts has 29 for each receiver. 50 segments on 100 partitions are some 1,100 series in one worker. Series of a segment end when it retires, those of a partition when it is revoked.
`;
}

function table(definitions: readonly MetricDefinition[]): string {
  const rows = definitions.map(({ name, type, labels = [], help }) => {
    const cells = [`\`${name}\``, type, labels.map((label) => `\`${label}\``).join(' '), help];
    return `| ${cells.join(' | ')} |`;
  });
  return ['| name | type | labels | meaning |', '| --- | --- | --- | --- |', ...rows].join('\n');
}
