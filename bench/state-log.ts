// What a worker's state costs: the built command on a topic of 8 partitions to committed assignments, exactly once, with its
// log of decisions and checkpoints, with the log alone, and with neither, in turn. Starts a broker of its own (Java 17,
// Maven). Build first: npm run build.
//
//   npx tsx bench/state-log.ts --data FILE.ndjson [--rounds N] [--checkpoint-records N]
//
// FILE is what bench/simulate.ts wrote. Each also runs on a topic with hardly a record: that is start and end, and is taken
// off. Checkpoints come after so many records of a partition, 50,000 by default: a worker's own default is a million, more
// than a partition has here. What one costs goes with the customers of a partition, of whom there are few here.
import { mkdtempSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startBroker } from '../test/support/kafka/start.js';
import { fillTopic } from './measure/fill-topic.js';
import { median } from './measure/statistics.js';
import { trainModel } from './measure/train-model.js';
import { connect, deploy, runWorker, type Used } from './measure/worker-runs.js';

const { values: flags } = parseArgs({
  options: {
    data: { type: 'string' },
    rounds: { type: 'string', default: '3' },
    'checkpoint-records': { type: 'string', default: '50000' },
  },
});
const { data } = flags;
if (data === undefined) throw new Error('usage: bench/state-log.ts --data FILE.ndjson');
const NEVER = { checkpointRecords: 1_000_000_000, checkpointEvery: '1d' };
const WITHOUT_LOG = ['--import', join(import.meta.dirname, 'measure/without-log.mjs')];

const variants = [
  { name: 'neither', delivery: NEVER, options: WITHOUT_LOG, full: [] as Used[], empty: [] as Used[] },
  { name: 'log', delivery: NEVER, options: [], full: [] as Used[], empty: [] as Used[] },
  {
    name: 'log, checkpoints',
    delivery: { checkpointRecords: Number(flags['checkpoint-records']) },
    options: [],
    full: [] as Used[],
    empty: [] as Used[],
  },
];
const folder = mkdtempSync(join(tmpdir(), 'segtide-state-log-'));
const broker = await startBroker();
try {
  const [address] = broker.brokers as [string];
  const kafka = connect(address);
  const admin = kafka.admin();
  await admin.connect();
  const encoder = { views: [] };
  const model = trainModel(folder, 'latents', data, { encoder });
  const records = await fillTopic(kafka, 'usage', data);
  await fillTopic(kafka, 'hardly-any', data, 8);
  for (let round = 0; round < Number(flags.rounds); round++) {
    for (const { delivery, options, full, empty } of variants) {
      for (const [topic, runs] of [['usage', full] as const, ['hardly-any', empty] as const]) {
        const deployment = await deploy(folder, kafka, { broker: address, topic, model }, { encoder, delivery });
        runs.push(await runWorker(admin, deployment, topic, options));
      }
    }
  }
  await admin.disconnect();
  console.log(`${records} events, ${flags.rounds} rounds; load ${loadavg()[0]!.toFixed(1)}`);
  for (const { name, full, empty } of variants) {
    const net = (of: keyof Used) => {
      const [own, least] = [full, empty].map((runs) => runs.map((run) => run[of]));
      const others = [variants[0]!.full, variants[0]!.empty].map((runs) => runs.map((run) => run[of]));
      const seconds = median(own!) - median(least!);
      const extra = seconds / (median(others[0]!) - median(others[1]!)) - 1;
      return `${seconds.toFixed(2)} s (${own!.map((one) => one.toFixed(2)).join(', ')} with start), ${(100 * extra).toFixed(1)} % more`;
    };
    console.log(`${name.padEnd(18)} CPU ${net('cpu')}; wall ${net('wall')}`);
  }
} finally {
  await broker.remove();
  rmSync(folder, { recursive: true });
}
