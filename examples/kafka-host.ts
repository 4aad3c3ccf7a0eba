// A service with a Kafka consumer and metrics of its own, in which segtide is one operator among others.
// `BROKERS=localhost:9092 TOPIC=usage-events npx tsx examples/kafka-host.ts`
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Kafka, logLevel } from 'kafkajs';
import { Counter, Gauge, Registry } from 'prom-client';
import { lastValueFrom, Subject, tap } from 'rxjs';
import { segment, type UsageEvent } from 'segtide';

const { BROKERS = 'localhost:9092', TOPIC = 'usage-events', PORT = '9464', FIRST_FIT = '2000' } = process.env;

const registry = new Registry();
const registers = [registry];
const assignments = new Counter({
  name: 'host_assignments_total',
  help: 'Windows by their segment.',
  labelNames: ['segment'],
  registers,
});
const transitions = new Counter({ name: 'host_transitions_total', help: 'Customers that changed segment.', registers });
const refused = new Counter({
  name: 'host_refused_events_total',
  help: 'Events that were late or unreadable.',
  labelNames: ['why'],
  registers,
});
const shares = new Gauge({
  name: 'host_segment_share',
  help: 'Share of windows in each segment of the newest model.',
  labelNames: ['segment'],
  registers,
});

const kafka = new Kafka({
  brokers: BROKERS.split(','),
  clientId: 'host',
  logLevel: logLevel.ERROR,
  logCreator:
    () =>
    ({ log }) =>
      console.error(`kafka: ${log.message}`),
});
const consumer = kafka.consumer({ groupId: 'host' });
const events$ = new Subject<UsageEvent>();

const done = lastValueFrom(
  events$.pipe(
    segment({
      // Partitions are read in turns: the disorder to wait for includes how far they run apart.
      window: { step: 'hour', steps: 24, outOfOrderness: '10m' },
      encoder: { hidden: 16, latent: 4, updates: 300 },
      cluster: { k: 3 },
      model: { firstFit: Number(FIRST_FIT) },
      clock: { now: () => Date.now() },
      buffer: {
        maxBuffered: 200_000,
        // Kafka can wait, so events are held back long before the buffer is full.
        onPressure: (hold) => (hold ? consumer.pause([{ topic: TOPIC }]) : consumer.resume([{ topic: TOPIC }])),
      },
      outputs: {
        transitions: () => transitions.inc(),
        segments: ({ segmentId, share }) => shares.set({ segment: segmentId }, share),
        late: () => refused.inc({ why: 'late' }),
        deadLetters: ({ reason }) => refused.inc({ why: reason }),
      },
    }),
    tap(({ segmentId }) => assignments.inc({ segment: segmentId ?? 'warming' })),
  ),
  { defaultValue: undefined },
);
done.catch((error: unknown) => stop(error));

try {
  await consumer.connect();
  await consumer.subscribe({ topics: [TOPIC], fromBeginning: true });
  await consumer.run({
    eachMessage: async ({ message }) => {
      try {
        events$.next(JSON.parse(message.value?.toString() ?? '') as UsageEvent);
      } catch {
        refused.inc({ why: 'unreadable' });
      }
    },
  });
} catch (error) {
  console.error(`can't read ${TOPIC} from ${BROKERS}: ${(error as Error).message}`);
  process.exit(1);
}

const server = createServer(async (_, response) => {
  response.setHeader('content-type', registry.contentType).end(await registry.metrics());
});
server.listen(Number(PORT), '127.0.0.1', () => {
  console.log(`metrics on http://127.0.0.1:${(server.address() as AddressInfo).port}/metrics`);
});

let isStopping = false;
/** One path out: stop pulling, let the last windows close, and go. Signals and exit codes are the host's own. */
async function stop(error?: unknown): Promise<void> {
  if (isStopping) return;
  isStopping = true;
  if (error !== undefined) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
  await consumer.disconnect();
  events$.complete();
  await done.catch(() => undefined);
  server.close();
}
process.once('SIGTERM', () => void stop());
process.once('SIGINT', () => void stop());
