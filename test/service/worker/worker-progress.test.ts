import { describe, expect, it } from 'vitest';
import type { DeadLetter, DeadLetterReason } from '../../../src/ingest/dead-letter.js';
import { loadConfig } from '../../../src/service/config/load-config.js';
import type { Progress } from '../../../src/service/run-summary.js';
import { renderRole } from '../../../src/service/summary/render-role.js';
import { createWorkerProgress } from '../../../src/service/worker/worker-progress.js';
import type { AssignedPartition } from '../../../src/transport/kafka/assigned-partition.js';
import { NO_FATES } from '../../../src/window/fates.js';
import type { Fates, WindowBatch } from '../../../src/window/window-batch.js';

const CONFIG = loadConfig({
  file: {
    path: 'worker.yaml',
    text: JSON.stringify({
      input: {
        kind: 'kafka',
        kafka: { brokers: ['broker:9092'], topics: ['usage'], groupId: 'group' },
        fields: { customer: 'meter', time: 'at' },
        channels: [{ name: 'kwh', field: 'value' }],
      },
      output: { kind: 'kafka', kafka: { brokers: ['broker:9092'] }, topicPrefix: 'mine.' },
    }),
  },
});

describe('createWorkerProgress', () => {
  it('shows and sums up how many events were late and how many became dead letters, of all partitions', () => {
    const { first, second, shown, summary } = create();
    first({ accepted: 5, late: 2, deadLettered: 1 }, ['invalid']);
    second({ late: 3, quarantined: 2, duplicate: 1 }, ['invalid'], ['future']);
    expect(shown.at(-1)).toMatchObject({ events: 14, late: 5, deadLettered: 3 });
    expect(summary()).toMatchObject({
      events: 14,
      fates: { in: 14, accepted: 5, late: 5, duplicate: 1, deadLettered: 1, quarantined: 2, skipped: 0 },
      deadLetterReasons: { invalid: 2, future: 1 },
    });
    expect(renderRole(summary())).toContain(
      'worker: 14 events (1/s), of them 5 late, 3 dead-lettered, 1 duplicate, 0 windows in 10.0 s;',
    );
  });

  it('warns once when none of the first thousand events was accepted, of the main reason and where they are', () => {
    const { first, second, warnings } = create();
    first({ late: 400, deadLettered: 99 }, new Array<DeadLetterReason>(99).fill('invalid'));
    second({ deadLettered: 500 }, new Array<DeadLetterReason>(500).fill('incomplete'));
    expect(warnings).toEqual([]);
    first({ late: 1 });
    expect(warnings).toEqual([
      "none of 1,000 events was accepted (599 dead-lettered, 401 late), most of them as incomplete (500): a field is missing or null. Check the fields in use, customer: 'meter', time: 'at', channel kwh: 'value', and input.time.unit; mine.late holds the late events; mine.dead-letters holds the reasons and the records",
    ]);
    first({ late: 5000 });
    expect(warnings).toHaveLength(1);
  });

  it('warns of late events after a minute where they come slowly, twenty at least', () => {
    const { first, warnings, pass } = create();
    pass(3_600_000);
    first({ late: 19 });
    pass(60_000);
    first({});
    expect(warnings).toEqual([]);
    first({ late: 1 });
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toMatch(
      /^none of 20 events was accepted \(20 late\), most of them as late \(20\): all windows that they belong to had closed\. Check .*; mine\.late holds the late events$/,
    );
  });

  it('gives events their minute from the first of them on', () => {
    const { first, warnings, pass } = create();
    pass(3_600_000);
    first({ late: 30 });
    pass(59_999);
    first({});
    expect(warnings).toEqual([]);
    pass(1);
    first({});
    expect(warnings).toHaveLength(1);
  });

  it('says nothing from the first accepted event on', () => {
    const { first, second, warnings, pass } = create();
    first({ late: 900, accepted: 1 });
    pass(60_000);
    second({ late: 5000 });
    expect(warnings).toEqual([]);
  });
});

function create() {
  let time = 0;
  const shown: Progress[] = [];
  const warnings: string[] = [];
  const ignore = (): void => {};
  const log = { debug: ignore, info: ignore, error: ignore, warn: (text: string) => void warnings.push(text) };
  const deps = { log, clock: { now: () => time }, progress: (progress: Progress) => void shown.push(progress) };
  const progress = createWorkerProgress(CONFIG, deps, () => []);
  const assign = (partition: number) => {
    const tell = progress.assign({ partition, signal: new AbortController().signal } as AssignedPartition);
    return (fates: Partial<Fates>, letters: DeadLetterReason[] = [], quarantined: DeadLetterReason[] = []) => {
      const total = Object.values(fates).reduce((sum, count) => sum + count, 0);
      const windows = { length: 0, watermark: 0, quarantined: quarantined.map(toLetter) };
      tell(
        { windows: windows as unknown as WindowBatch, deadLetters: letters.map(toLetter) },
        { ...NO_FATES, ...fates, in: total },
      );
    };
  };
  return {
    ...{ shown, warnings, first: assign(0), second: assign(1) },
    summary: () => progress.summary(10),
    pass: (ms: number) => {
      time += ms;
    },
  };
}

const toLetter = (reason: DeadLetterReason) => ({ reason }) as DeadLetter;
