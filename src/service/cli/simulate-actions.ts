import { setTimeout as sleep } from 'node:timers/promises';
import { SegtideError } from '../../errors.js';
import { createKafkaProducer } from '../../transport/kafka/kafka-producer.js';
import { EXIT_CODES } from './exit-code.js';
import { sendSimulation } from './send-simulation.js';
import type { SimulateFlags } from './simulate-command.js';
import { listenForStop } from './stop-signals.js';
import type { Terminal } from './terminal.js';
import { writeSimulation } from './write-simulation.js';

/** @throws SegtideError `config` or `output`, where the folder can't be written */
export async function simulateToFolder(
  folder = 'simulated',
  flags: SimulateFlags,
  { out }: Pick<Terminal, 'out'>,
): Promise<void> {
  const stray = (['topic', 'rate'] as const).find((name) => flags[name] !== undefined);
  if (stray !== undefined) throw new SegtideError('config', `--${stray} goes with --kafka; name its brokers too`);
  const written = await writeSimulation(folder, flags);
  if (flags.json) out.write(`${JSON.stringify(written)}\n`);
  else out.write(`${Object.values(written).join('\n')}\n\nNext: segtide run --config ${written.config}\n`);
}

/**
 * Sends the events until they end or the process is told to stop.
 *
 * @param brokers `host:port`, with commas between them
 * @returns the exit code: 0 also after an orderly stop
 * @throws SegtideError `config` or `transport`
 */
export async function simulateToKafka(
  brokers: string,
  folder: string | undefined,
  flags: SimulateFlags,
  { out, err, now }: Terminal,
): Promise<number> {
  if (folder !== undefined) {
    throw new SegtideError('config', `the stream goes to a folder or to Kafka; leave '${folder}' or --kafka out`);
  }
  const display = { above: (text: string) => err.write(text), clear: () => {} };
  const stop = listenForStop(display, now, undefined);
  const producer = await createKafkaProducer({ brokers: brokers.split(','), clientId: 'segtide-simulator' });
  try {
    const sent = await sendSimulation(flags, {
      producer,
      clock: { now },
      sleep: (ms, signal) => sleep(ms, undefined, { signal }).catch(() => undefined), // it rejects when it is stopped
      signal: stop.signal,
    });
    out.write(flags.json ? `${JSON.stringify(sent)}\n` : `${sent.records} records sent to ${sent.topic}\n`);
    return EXIT_CODES.ok;
  } finally {
    await producer.close();
    stop.close();
  }
}
