// A worker on Kafka: usage events of a topic of 8 partitions to committed assignments, by the built command, beside
// kafkajs that reads the same topic and does nothing. Starts a broker of its own (Java 17, Maven). Build first: npm run build.
//
//   npx tsx bench/worker.ts --data FILE.ndjson [--rounds N] [--peer 'NAME=COMMAND with {broker} {topic} {records} {windows} {out}'] [--only 'NAME;NAME'] [--profile FOLDER]
//
// FILE is what bench/simulate.ts wrote. Each client runs in a process of its own, in turn with the others, and also on a
// topic with hardly a record: what that takes is start and end, and is taken off in the columns `net`. Peers, such as
// bench/reference/pipeline_confluent.py, run on the whole topic alone.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startBroker } from '../test/support/kafka/start.js';
import { fillTopic } from './measure/fill-topic.js';
import { runChild } from './measure/run-child.js';
import { median } from './measure/statistics.js';
import { trainModel } from './measure/train-model.js';
import { connect, deploy, runBare, runWorker, type Used } from './measure/worker-runs.js';

const { values: flags } = parseArgs({
  options: {
    data: { type: 'string' },
    rounds: { type: 'string', default: '3' },
    peer: { type: 'string', multiple: true, default: [] },
    profile: { type: 'string' },
    only: { type: 'string' },
  },
});
const { data } = flags;
if (data === undefined) throw new Error('usage: bench/worker.ts --data FILE.ndjson');

interface Client {
  readonly name: string;
  run(topic: Topic): Promise<Used>;
  readonly full: Used[];
  readonly empty: Used[];
}

interface Topic {
  readonly name: string;
  readonly records: number;
}

const peers = flags.peer.map(nameOf);
/** Of a client that is not run without records. */
const NOTHING: Used = { wall: 0, cpu: 0, residentMb: 0 };
const folder = mkdtempSync(join(tmpdir(), 'segtide-worker-'));
const broker = await startBroker();
try {
  const [address] = broker.brokers as [string];
  const kafka = connect(address);
  const admin = kafka.admin();
  await admin.connect();
  const topic: Topic = { name: 'usage', records: await fillTopic(kafka, 'usage', data) };
  const empty: Topic = { name: 'hardly-any', records: await fillTopic(kafka, 'hardly-any', data, 8) };
  const { windows } = JSON.parse(readFileSync(`${data}.json`, 'utf8'));

  const worker = (name: string, encoder: object, model: string, guarantee: string): Client => {
    const run = async ({ name: input }: Topic): Promise<Used> => {
      const to = { broker: address, topic: input, model: trainModel(folder, model, data, { encoder }) };
      const deployment = await deploy(folder, kafka, to, { encoder, delivery: { guarantee } });
      const options = flags.profile === undefined ? [] : ['--cpu-prof', '--cpu-prof-dir', join(flags.profile, name)];
      return runWorker(admin, deployment, input, options);
    };
    return { name, run, full: [], empty: [] };
  };
  const clients: Client[] = [
    {
      name: 'bare kafkajs',
      run: ({ name, records }: Topic) => runBare(address, name, records),
      full: [],
      empty: [],
    },
    worker('exactly-once, views: []', { views: [] }, 'latents', 'exactly-once'),
    worker('at-least-once, views: []', { views: [] }, 'latents', 'at-least-once'),
    worker('exactly-once', {}, 'default', 'exactly-once'),
    worker('at-least-once', {}, 'default', 'at-least-once'),
    ...flags.peer.map((peer) => toPeer(peer, address, windows)),
  ].filter(({ name }) => flags.only === undefined || flags.only.split(';').includes(name) || peers.includes(name));
  for (let round = 0; round < Number(flags.rounds); round++) {
    for (const { name, run, full, empty: nearly } of clients) {
      full.push(await run(topic));
      nearly.push(peers.includes(name) ? NOTHING : await run(empty));
    }
  }
  await admin.disconnect();
  console.log(`${topic.records} events, ${windows} windows; load ${loadavg()[0]!.toFixed(1)}`);
  const [bare] = clients;
  for (const { name, full, empty: nearly } of clients) {
    const net = (of: (used: Used) => number, runs: Used[], starts: Used[]) =>
      median(runs.map(of)) - median(starts.map(of));
    const ratio = (of: (used: Used) => number, whole: boolean) =>
      whole
        ? median(bare!.full.map(of)) / median(full.map(of))
        : net(of, bare!.full, bare!.empty) / net(of, full, nearly);
    const wall = ({ wall: seconds }: Used) => seconds;
    const cpu = ({ cpu: seconds }: Used) => seconds;
    const rate = (seconds: number) => `${Math.round(topic.records / seconds / 1000)} k/s`;
    console.log(
      `${name.padEnd(26)} wall ${median(full.map(wall)).toFixed(2)} s (net ${net(wall, full, nearly).toFixed(2)}, ${rate(net(wall, full, nearly))}), ` +
        `CPU ${median(full.map(cpu)).toFixed(2)} s (net ${net(cpu, full, nearly).toFixed(2)}), ` +
        `${Math.max(...full.map(({ residentMb }) => residentMb)).toFixed(0)} MB; of bare: wall ${ratio(wall, true).toFixed(2)} (net ${ratio(wall, false).toFixed(2)}), CPU ${ratio(cpu, true).toFixed(2)} (net ${ratio(cpu, false).toFixed(2)})`,
    );
  }
} finally {
  await broker.remove();
  rmSync(folder, { recursive: true });
}

function nameOf(peer: string): string {
  return peer.slice(0, peer.indexOf('='));
}

function toPeer(peer: string, address: string, windows: number): Client {
  const name = nameOf(peer);
  const command = peer.slice(name.length + 1);
  const run = async ({ name: topic, records }: Topic): Promise<Used> => {
    const values = {
      broker: address,
      topic,
      records: String(records),
      windows: String(windows),
      out: join(folder, 'peer.out'),
    };
    const words = command.split(' ').map((word) => word.replace(/\{(\w+)\}/g, (_, key) => values[key as 'topic']));
    const { wall, cpu } = runChild(words, { OMP_NUM_THREADS: '1', MKL_NUM_THREADS: '1' });
    return { wall, cpu, residentMb: Number.NaN };
  };
  return { name, run, full: [], empty: [] };
}
