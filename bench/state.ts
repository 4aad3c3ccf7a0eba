// How long a checkpoint takes to commit and to restore, and what small commits cost: each with 100 outputs, an offset
// and a log entry in one transaction. Starts a broker of its own (Java 17, Maven).
//
//   npx tsx bench/state.ts [MB]
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { pattern } from '../test/contract/pattern.js';
import { startBroker } from '../test/support/kafka/start.js';
import { createStatePlace } from '../test/support/kafka/state-place.js';

const megabytes = Number(process.argv[2] ?? 150);
const broker = await startBroker();
try {
  const place = await createStatePlace(broker.brokers);
  const checkpoint = pattern(megabytes * 1_000_000);
  const first = place.store({ maxLogEntries: 4096 });
  await first.open();
  await first.commit({ outputs: new Map(), offsets: new Map(), checkpoint: checkpoint.subarray(0, 5_000_000) });
  const delay = monitorEventLoopDelay({ resolution: 5 });
  delay.enable();
  let cpu = process.cpuUsage();
  const timed = async <T>(name: string, act: () => Promise<T>): Promise<T> => {
    delay.reset();
    cpu = process.cpuUsage();
    const begun = performance.now();
    const result = await act();
    const seconds = (performance.now() - begun) / 1000;
    const { user, system } = process.cpuUsage(cpu);
    const stall = delay.max / 1e6;
    process.stdout.write(
      `${name}: ${seconds.toFixed(2)} s, CPU ${((user + system) / 1e6).toFixed(2)} s, longest stall ${stall.toFixed(0)} ms, resident ${(process.memoryUsage().rss / 1e6).toFixed(0)} MB\n`,
    );
    return result;
  };
  await timed('commit', () => first.commit({ outputs: new Map(), offsets: new Map(), checkpoint }));
  const log = pattern(1000);
  const outputs = new Map([['out', Array.from({ length: 100 }, (_, i) => ({ key: `${i}`, value: 'x'.repeat(200) }))]]);
  await timed('200 small commits', async () => {
    for (let i = 0; i < 200; i++) await first.commit({ outputs, offsets: new Map([['in', BigInt(i)]]), log });
  });
  await first.close();
  const second = place.store();
  const restored = await timed('restore', () => second.open());
  if (Buffer.compare(restored.checkpoint!, checkpoint) !== 0) throw new Error('the checkpoint came back different');
  await second.close();
  await place.close();
} finally {
  await broker.remove();
}
