import type { Message } from 'kafkajs';
import { createDeployment } from './deployment.js';
import type { RoleEnd } from './role-process.js';
import type { Stage } from './scenario.js';
import { isAssigned } from './worker-scenarios.js';

/** An input by which a customer's events would not all be in one partition. */
export interface Refusal {
  readonly name: string;
  /** Starts a worker on it and resolves with its end. */
  meet(stage: Stage): Promise<RoleEnd>;
  readonly code: number;
  /** A part of what it says. */
  readonly says: string;
}

export const REFUSALS: readonly Refusal[] = [
  {
    name: 'records without keys',
    meet: (stage) => meetRecords(stage, (record) => ({ value: record.value })),
    code: 3,
    says: 'has no key',
  },
  {
    name: 'records keyed by something else',
    meet: (stage) => meetRecords(stage, (record, i) => ({ key: `order-${i}`, value: record.value })),
    code: 3,
    says: 'has a key that is not the customer id',
  },
  {
    name: 'input topics of 8 and 12 partitions',
    async meet(stage) {
      const deployment = await open(stage, { partitions: 8, alsoReads: 12 });
      try {
        return await deployment.startWorker(true).ended;
      } finally {
        await deployment.close();
      }
    },
    code: 3,
    says: 'must have as many partitions as each other',
  },
  {
    name: 'a topic that goes from 8 to 16 partitions between two runs',
    async meet(stage) {
      const deployment = await open(stage, { partitions: 8 });
      try {
        const worker = deployment.startWorker();
        await deployment.feed.next(1000);
        await worker.said(isAssigned);
        await deployment.lag.caughtUp();
        await worker.end('SIGTERM');
        await deployment.addPartitions(16);
        return await deployment.startWorker(true).ended;
      } finally {
        await deployment.close();
      }
    },
    code: 4,
    says: 'state of its customers would not be found where they are now',
  },
];

async function meetRecords(stage: Stage, toRecord: (record: Message, i: number) => Message): Promise<RoleEnd> {
  const deployment = await open({ ...stage, records: stage.records.slice(0, 1000).map(toRecord) }, {});
  try {
    await deployment.feed.next(1000);
    return await deployment.startWorker(true).ended;
  } finally {
    await deployment.close();
  }
}

function open({ main, broker, records, partitions }: Stage, more: { partitions?: number; alsoReads?: number }) {
  return createDeployment({ main, brokers: broker.brokers, records, partitions, ...more });
}
